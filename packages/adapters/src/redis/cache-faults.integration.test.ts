import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RedisCache, RedisEvent } from "./index.ts";
import { cached, fill, OpenedCaches, PATIENT } from "./testing/opened-caches.ts";
import { REDIS_PROGRAM, RedisProcess } from "./testing/redis-process.ts";
import { TcpProxy } from "./testing/tcp-proxy.ts";

const WAIT = { timeout: 10_000, interval: 10 };
/** What a reader in production waits. */
const PRODUCTION = { requestTimeoutMs: 20, invalidateTimeoutMs: 250 };
const HEARTBEAT_MS = 250;

describe.skipIf(REDIS_PROGRAM === undefined)("with a server on PATH that fails", { timeout: 30_000 }, () => {
  let server: RedisProcess;
  let proxy: TcpProxy;
  let opened: OpenedCaches;

  beforeEach(async () => {
    server = await RedisProcess.start();
    proxy = await TcpProxy.start(server.port);
    opened = new OpenedCaches({ heartbeatMs: HEARTBEAT_MS });
  });
  afterEach(async () => {
    await opened.close();
    await proxy.close();
    await server.remove();
  });

  const isUp = (events: readonly RedisEvent[], count: number) =>
    vi.waitFor(() => expect(events.filter((event) => event.isUp)).toHaveLength(count), WAIT);
  const isDown = (events: readonly RedisEvent[], count: number) =>
    vi.waitFor(() => expect(events.filter((event) => !event.isUp)).toHaveLength(count), WAIT);
  const servesAgain = (cache: RedisCache) =>
    vi.waitFor(async () => {
      await fill(cache, "again", ["again"], "served");
      expect(await cached(cache, "again", ["again"])).toBe("served");
    }, WAIT);

  describe("gone", () => {
    test("a cache that never reached it misses, says so once, and serves when it comes", async () => {
      await server.kill();
      const { cache, events } = await opened.open(server.url);
      expect(await cached(cache, "film", ["a"])).toBeUndefined();
      await fill(cache, "film", ["a"], "Heat");
      expect(await cache.invalidate(["a"])).toBe(false);
      expect(events).toMatchObject([
        { connection: "cache", isUp: false, reason: expect.stringContaining("ECONNREFUSED") },
      ]);
      const { events: ofAnother } = await opened.open(proxy.url);
      await vi.waitFor(() => expect(proxy.connections).toBeGreaterThanOrEqual(3), WAIT);
      expect(ofAnother).toHaveLength(1);
      await server.restart();
      await servesAgain(cache);
      expect(events).toHaveLength(2);
    });

    test("a miss from before a failed invalidation shares no snapshot with one from after it", async () => {
      await server.kill();
      const { cache } = await opened.open(server.url);
      const before = await cache.get("film", ["a"]);
      await cache.invalidate(["a"]);
      expect(await cache.get("film", ["a"])).not.toEqual(before);
    });

    test("killed and started again empty, it serves what is set anew", async () => {
      const { cache, events } = await opened.open(server.url);
      await fill(cache, "film", ["a"], "Heat");
      await server.kill();
      expect(await cached(cache, "film", ["a"])).toBeUndefined();
      await server.restart();
      await isUp(events, 2);
      expect(await cached(cache, "film", ["a"])).toBeUndefined();
      await servesAgain(cache);
    });

    test("what an older dump brings back is not served, by whomever", async () => {
      const { cache, events } = await opened.open(server.url);
      await fill(cache, "film", ["a"], "Heat");
      await fill(cache, "other", ["b"], "Ran");
      await server.operator.save();
      const kept = await server.operator.get(`${opened.prefix}:1:tag=a`);
      expect(await cache.invalidate(["a"])).toBe(true);
      await server.kill();
      await server.restart();
      await isUp(events, 2);
      const { cache: newcomer } = await opened.open(server.url);
      // The tag has the value again with which the answer was set: only the epoch tells.
      expect(await server.operator.get(`${opened.prefix}:1:tag=a`)).toBe(kept);
      for (const reader of [newcomer, cache]) {
        expect(await cached(reader, "film", ["a"])).toBeUndefined();
        expect(await cached(reader, "other", ["b"])).toBeUndefined();
      }
      await servesAgain(cache);
    });

    test("one connection that is lost and made again keeps the answers", async () => {
      const { cache, events } = await opened.open(proxy.url);
      await fill(cache, "film", ["a"], "Heat");
      proxy.cut();
      await isUp(events, 2);
      expect(await cached(cache, "film", ["a"])).toBe("Heat");
    });
  });

  describe("hanging", () => {
    test("after a few requests nothing is sent any more, until it answers again", async () => {
      let requests = 0;
      proxy.onRequest = (text) => {
        if (text.includes("mget")) requests++;
        return true;
      };
      const { cache, events } = await opened.open(proxy.url, PRODUCTION);
      await servesAgain(cache);
      requests = 0;
      server.hang();
      for (let time = 0; time < 5; time++) await cached(cache, "again", ["again"]);
      expect(requests).toBeGreaterThan(0);
      expect(requests).toBeLessThanOrEqual(3);
      await isDown(events, 1);
      const sent = requests;
      for (let time = 0; time < 100; time++) await cached(cache, "again", ["again"]);
      expect(await cache.invalidate(["b"])).toBe(false);
      expect(requests).toBe(sent);
      server.goOn();
      await isUp(events, 2);
      await servesAgain(cache);
    });

    test("short silences with answers in between do not count together, nor do requests lost in one", async () => {
      const { cache, events } = await opened.open(server.url, { ...PRODUCTION, heartbeatMs: 2_000 });
      for (let time = 0; time < 8; time++) {
        await servesAgain(cache);
        server.hang();
        const lookups = await Promise.all(Array.from({ length: 50 }, () => cache.get("again", ["again"])));
        server.goOn();
        expect(lookups.filter(({ hit }) => hit)).toEqual([]);
      }
      await servesAgain(cache);
      expect(events).toHaveLength(1);
    });

    test("one that hangs from the beginning holds up neither readers nor writers", async () => {
      server.hang();
      const { cache, events } = await opened.open(proxy.url, PRODUCTION);
      expect(events).toMatchObject([{ isUp: false }]);
      expect(await cached(cache, "film", ["a"])).toBeUndefined();
      expect(await cache.invalidate(["a"])).toBe(false);
      server.goOn();
      await servesAgain(cache);
    });

    test("an invalidation that is done after it was given up, and a late set, do no harm", async () => {
      const { cache, events } = await opened.open(proxy.url, PRODUCTION);
      const { cache: another } = await opened.open(server.url);
      await servesAgain(another);
      const early = await cache.get("film", ["a"]);
      if (early.hit) throw new Error("a hit in an empty cache");
      server.hang();
      const setting = cache.set("film", "old", early.snapshot, 60_000);
      expect(await cache.invalidate(["a"])).toBe(false);
      await setting;
      server.goOn();
      await vi.waitFor(async () => {
        expect(await server.operator.exists(`${opened.prefix}:1:entry=film`)).toBe(1);
      }, WAIT);
      await vi.waitFor(() => expect(events.at(-1)?.isUp).toBe(true), WAIT);
      expect(await cached(cache, "film", ["a"])).toBeUndefined();
      expect(await cached(another, "film", ["a"])).toBeUndefined();
    });
  });

  describe("out of memory", () => {
    test("hits go on, misses are not kept, and invalidations are done", async () => {
      const { cache } = await opened.open(server.url);
      await fill(cache, "film", ["a"], "Heat");
      await fill(cache, "other", ["b"], "Ran");
      await server.operator.config("SET", "maxmemory", "1");
      await fill(cache, "new", ["new"], "Ikiru");
      expect(await cached(cache, "new", ["new"])).toBeUndefined();
      expect(await cached(cache, "film", ["a"])).toBe("Heat");
      expect(await cache.invalidate(["a"])).toBe(true);
      expect(await cached(cache, "film", ["a"])).toBeUndefined();
      expect(await cached(cache, "other", ["b"])).toBe("Ran");
      await server.operator.config("SET", "maxmemory", "0");
      await servesAgain(cache);
    });

    test("it does not open the breaker", async () => {
      const { cache, events } = await opened.open(server.url, PATIENT);
      await fill(cache, "film", ["a"], "Heat");
      await server.operator.config("SET", "maxmemory", "1");
      for (let time = 0; time < 20; time++) await fill(cache, `new ${time}`, [`new ${time}`], "Ikiru");
      expect(await cached(cache, "film", ["a"])).toBe("Heat");
      expect(events).toHaveLength(1);
    });
  });

  describe("cut off in the middle of an invalidation", () => {
    for (const [name, loses] of [
      ["before Redis has it", true],
      ["before the answer is back", false],
    ] as const) {
      test(`${name}: the caller is told, and this cache repeats it before its next hit`, async () => {
        const { cache, events } = await opened.open(proxy.url);
        const { cache: another } = await opened.open(server.url);
        await fill(cache, "film", ["a"], "Heat");
        await fill(cache, "other", ["b"], "Ran");
        let isBroken = true;
        let isAsked = false;
        proxy.onRequest = (text) => {
          isAsked ||= text.includes("publish");
          return !(isBroken && loses && text.includes("publish"));
        };
        proxy.onReply = () => {
          if (isBroken && isAsked) proxy.cut();
          return !(isBroken && isAsked);
        };
        expect(await cache.invalidate(["a"])).toBe(false);
        isAsked = false;
        await isUp(events, 2);
        if (loses) expect(await cached(another, "film", ["a"])).toBe("Heat");
        // Every attempt to repeat it costs the connection again; what has other tags is served in between.
        expect(await cached(cache, "other", ["b"])).toBe("Ran");
        expect(await cached(cache, "film", ["a"])).toBeUndefined();
        isBroken = false;
        await vi.waitFor(() => expect(events.at(-1)?.isUp).toBe(true), WAIT);
        expect(await cached(cache, "film", ["a"])).toBeUndefined();
        expect(await cached(another, "film", ["a"])).toBeUndefined();
        await fill(cache, "film", ["a"], "Heat");
        expect(await cached(cache, "film", ["a"])).toBe("Heat");
      });
    }

    test("more tags than can be kept make every answer a miss, for every process", async () => {
      const { cache, events } = await opened.open(proxy.url);
      const { cache: another } = await opened.open(server.url);
      await fill(cache, "film", ["a"], "Heat");
      proxy.onRequest = (text) => !text.includes("publish");
      expect(await cache.invalidate(Array.from({ length: 10_001 }, (_, at) => `tag ${at}`))).toBe(false);
      await isUp(events, 2);
      expect(await cached(cache, "film", ["a"])).toBeUndefined();
      expect(await cached(another, "film", ["a"])).toBe("Heat");
      proxy.onRequest = () => true;
      await servesAgain(cache);
      expect(await cached(another, "film", ["a"])).toBeUndefined();
    });
  });
});
