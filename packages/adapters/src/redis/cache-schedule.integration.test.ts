import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { RedisCache } from "./index.ts";
import { OpenedCaches, type OpenedRedisCache } from "./testing/opened-caches.ts";
import { REDIS_PROGRAM, RedisProcess } from "./testing/redis-process.ts";
import { TcpProxy } from "./testing/tcp-proxy.ts";

const WAIT = { timeout: 10_000, interval: 10 };
const PATIENCE = { requestTimeoutMs: 100, invalidateTimeoutMs: 100 };
const TAGS = ["a", "b", "c"] as const;
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  a: ["a"],
  bc: ["b", "c"],
  abc: ["a", "b", "c"],
};
type Versions = Record<string, number>;

const processes = fc.constantFrom(0, 1);
const keys = fc.constantFrom(...Object.keys(ENTRIES));
const troubles = fc.constantFrom("cut", "lose requests", "lose replies");
const steps = fc.array(
  fc.oneof(
    { weight: 7, arbitrary: fc.record({ does: fc.constant("read"), process: processes, key: keys }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant("begin"), process: processes, key: keys }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant("finish"), process: processes }) },
    {
      weight: 3,
      arbitrary: fc.record({ does: fc.constant("write"), process: processes, tag: fc.constantFrom(...TAGS) }),
    },
    { weight: 1, arbitrary: fc.record({ does: troubles, process: processes }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("evict", "save", "crash", "mend", "mend") }) },
  ),
  { minLength: 20, maxLength: 60 },
);
type Step = { does: string; process?: number; key?: string; tag?: string };

/** Two processes, each behind a network of its own, over one database, which the versions of the tags stand for. */
class World {
  readonly #server: RedisProcess;
  readonly #proxies: readonly TcpProxy[];
  readonly #caches: readonly OpenedRedisCache[];
  readonly #committed: Versions = { a: 1, b: 1, c: 1 };
  /** What each process must not fall behind: all that was invalidated, and what it has tried to invalidate itself. */
  readonly #oldest: readonly Versions[] = [{}, {}];
  /** Answers that were read from the database and have not been set yet. */
  readonly #begun: { process: number; key: string; snapshot: string; value: string }[] = [];
  hits = 0;

  constructor(server: RedisProcess, proxies: readonly TcpProxy[], caches: readonly OpenedRedisCache[]) {
    this.#server = server;
    this.#proxies = proxies;
    this.#caches = caches;
  }

  async take({ does, process = 0, key = "a", tag = "a" }: Step): Promise<void> {
    const { cache } = this.#caches[process] as OpenedRedisCache;
    const proxy = this.#proxies[process] as TcpProxy;
    const { operator } = this.#server;
    if (does === "read" || does === "begin") await this.#read(cache, process, key, does === "begin");
    else if (does === "finish") {
      const answer = this.#begun.shift();
      if (answer !== undefined) await cache.set(answer.key, answer.value, answer.snapshot, 60_000);
    } else if (does === "write") await this.#write(cache, process, tag);
    else if (does === "cut") proxy.cut();
    else if (does === "lose requests") proxy.onRequest = (text) => !/publish/.test(text);
    else if (does === "lose replies") proxy.onReply = (text) => !/^:\d/.test(text);
    else if (does === "mend") await this.mend();
    else if (does === "evict") {
      const lost = await operator.randomkey();
      if (lost !== null) await operator.del(lost);
    } else if (does === "save") await operator.save();
    else {
      await this.#server.kill();
      await this.#server.restart();
    }
  }

  /** Waits until both processes use Redis again. */
  async mend(): Promise<void> {
    for (const proxy of this.#proxies) {
      proxy.onRequest = () => true;
      proxy.onReply = () => true;
    }
    for (const { events } of this.#caches)
      await vi.waitFor(() => expect(events.at(-1)?.isUp).toBe(true), WAIT);
  }

  async #read(cache: RedisCache, process: number, key: string, leavesItOpen: boolean): Promise<void> {
    const tags = ENTRIES[key] as readonly string[];
    const lookup = await cache.get(key, tags);
    if (!lookup.hit) {
      const value = JSON.stringify(this.#committed);
      if (leavesItOpen) this.#begun.push({ process, key, snapshot: lookup.snapshot, value });
      else await cache.set(key, value, lookup.snapshot, 60_000);
      return;
    }
    this.hits++;
    const served = JSON.parse(lookup.value) as Versions;
    for (const tag of tags) {
      const needs = this.#oldest[process]?.[tag] ?? 0;
      expect(served[tag], `"${tag}" of "${key}" in process ${process}`).toBeGreaterThanOrEqual(needs);
    }
  }

  async #write(cache: RedisCache, process: number, tag: string): Promise<void> {
    const version = (this.#committed[tag] ?? 0) + 1;
    this.#committed[tag] = version;
    const isDone = await cache.invalidate([tag]);
    for (const [each, oldest] of this.#oldest.entries())
      if (isDone || each === process) oldest[tag] = version;
  }
}

describe.skipIf(REDIS_PROGRAM === undefined)("with a server on PATH", () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start();
  });
  afterAll(() => server.remove());

  test("no answer is older than its last invalidation, whatever the network and the server do", async () => {
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (schedule) => {
        await server.operator.flushall();
        await server.operator.save();
        const opened = new OpenedCaches({ ...PATIENCE, heartbeatMs: 250 });
        const proxies = [await TcpProxy.start(server.port), await TcpProxy.start(server.port)];
        try {
          const caches: OpenedRedisCache[] = [];
          for (const { url } of proxies) caches.push(await opened.open(url));
          const world = new World(server, proxies, caches);
          for (const step of schedule) await world.take(step);
          await world.mend();
          for (const [process, { cache }] of caches.entries()) {
            await vi.waitFor(async () => {
              await world.take({ does: "read", process, key: "abc" });
              expect(await cache.get("abc", TAGS)).toMatchObject({ hit: true });
            }, WAIT);
          }
          hits += world.hits;
        } finally {
          await opened.close();
          for (const proxy of proxies) await proxy.close();
        }
      }),
      { numRuns: 25 },
    );
    expect(hits).toBeGreaterThan(50);
  }, 120_000);
});
