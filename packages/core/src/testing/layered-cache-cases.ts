/** What a cache of two layers owes beyond the contract of the port: when the near one may answer. */

import type { Cache, Lookup } from "../cache.ts";
import { type LayeredCacheOptions, MAX_NEAR_AGE_MS } from "../layered-cache.ts";
import { MemoryCache } from "../memory/cache.ts";
import { expectEqual, expectThat } from "./assertions.ts";
import { expectHit, expectMiss, fill } from "./cache-lookups.ts";
import { type ContractCase, caseOf } from "./contract.ts";
import { SharedMemory, type SharedMemoryChannel } from "./shared-memory.ts";

/** One process before a shared cache, and the client of another process. */
interface Process {
  readonly cache: Cache;
  readonly channel: SharedMemoryChannel;
  readonly other: Cache;
  readonly server: SharedMemory;
  readonly clock: { nowMs: number };
  readonly far: InterruptedCache;
}

/** Lets something happen in the middle of the next command. */
class InterruptedCache implements Cache {
  readonly shared = true;
  readonly #inner: Cache;
  /** Once the next get has been carried out, before its answer comes in. */
  beforeAnswer: (() => Promise<void>) | undefined;
  /** Before the next invalidation is carried out. */
  beforeInvalidation: (() => Promise<void>) | undefined;

  constructor(inner: Cache) {
    this.#inner = inner;
  }
  async get(key: string, tags: readonly string[]): Promise<Lookup> {
    const lookup = await this.#inner.get(key, tags);
    const interruption = this.beforeAnswer;
    this.beforeAnswer = undefined;
    await interruption?.();
    return lookup;
  }
  set(key: string, value: string, snapshot: string, ttlMs: number): Promise<void> {
    return this.#inner.set(key, value, snapshot, ttlMs);
  }
  async invalidate(tags: readonly string[]): Promise<boolean> {
    const interruption = this.beforeInvalidation;
    this.beforeInvalidation = undefined;
    await interruption?.();
    return this.#inner.invalidate(tags);
  }
  close(): Promise<void> {
    return this.#inner.close();
  }
}

function openProcess(make: (options: LayeredCacheOptions) => Cache): Process {
  const clock = { nowMs: 0 };
  const options = { clock: () => clock.nowMs };
  const server = new SharedMemory(options);
  const far = new InterruptedCache(server.open());
  const channel = server.openChannel();
  const cache = make({ near: new MemoryCache(options), far, channel, ...options });
  return { cache, channel, other: server.open(), server, clock, far };
}

const KEY = ["film", ["a"]] as const;

export function layeredCacheCases(make: (options: LayeredCacheOptions) => Cache): readonly ContractCase[] {
  const define = (name: string, body: (process: Process) => Promise<void>) =>
    caseOf(
      name,
      async () => openProcess(make),
      async ({ cache }) => cache.close(),
      body,
    );

  return [
    define("the far cache answers first, then the near one", async ({ cache }) => {
      await fill(cache, ...KEY, "Heat");
      expectEqual([await layerOf(cache), await layerOf(cache)], ["l2", "l1"], "the layers of two hits");
    }),

    define("the near cache answers only while the channel is live", async ({ cache, channel }) => {
      await fill(cache, ...KEY, "Heat");
      await layerOf(cache);
      channel.listener?.onGap();
      expectEqual([await layerOf(cache), await layerOf(cache)], ["l2", "l2"], "the layers in a gap");
      channel.listener?.onLive();
      expectEqual([await layerOf(cache), await layerOf(cache)], ["l2", "l1"], "the layers after a gap");
    }),

    define("what was near before a gap is not served after it", async ({ cache, channel, other, server }) => {
      await fill(cache, ...KEY, "old");
      await layerOf(cache);
      server.tell = () => {};
      channel.listener?.onGap();
      await other.invalidate(["a"]);
      channel.listener?.onLive();
      await expectMiss(cache, ...KEY, "after a gap in which the far cache was told");
    }),

    define("what comes from the far cache after a gap began is not kept near", async (process) => {
      const { cache, channel, other, server } = process;
      await fill(cache, ...KEY, "old");
      server.tell = () => {};
      process.far.beforeAnswer = async () => {
        channel.listener?.onGap();
        await other.invalidate(["a"]);
        channel.listener?.onLive();
      };
      await cache.get(...KEY);
      await expectMiss(cache, ...KEY, "after a gap between the far cache and its answer");
    }),

    define(
      "an answer that comes behind the message of its invalidation is not kept near",
      async (process) => {
        const { cache, other } = process;
        await fill(cache, ...KEY, "old");
        process.far.beforeAnswer = async () => {
          await other.invalidate(["a"]);
        };
        await cache.get(...KEY);
        await expectMiss(cache, ...KEY, "that was invalidated before it came in");
      },
    ),

    define("its own invalidation leaves nothing near, also for readers in between", async (process) => {
      const { cache, server } = process;
      await fill(cache, ...KEY, "old");
      server.tell = () => {};
      process.far.beforeInvalidation = async () => {
        await cache.get(...KEY);
      };
      expectEqual(await cache.invalidate(["a"]), true, "what the invalidation says");
      await expectMiss(cache, ...KEY, "after its own invalidation");
    }),

    define("without a message, age takes an answer out of the near cache", async (process) => {
      const { cache, other, server, clock } = process;
      server.tell = () => {};
      await fill(cache, ...KEY, "old");
      process.far.beforeAnswer = async () => {
        await other.invalidate(["a"]);
        clock.nowMs += MAX_NEAR_AGE_MS - 1;
      };
      await cache.get(...KEY);
      clock.nowMs += 1;
      await expectMiss(cache, ...KEY, "a second after an invalidation that nobody told of");
    }),

    define("an answer that comes too late is not kept near at all", async (process) => {
      const { cache, other, server, clock } = process;
      server.tell = () => {};
      await fill(cache, ...KEY, "old");
      process.far.beforeAnswer = async () => {
        await other.invalidate(["a"]);
        clock.nowMs += MAX_NEAR_AGE_MS + 50;
      };
      await cache.get(...KEY);
      await expectMiss(cache, ...KEY, "that the far cache gave more than a second ago");
    }),

    define(
      "an invalidation that did not reach the far cache is said, and serves nothing old",
      async (process) => {
        const { cache, server } = process;
        await fill(cache, ...KEY, "old");
        await layerOf(cache);
        server.isUp = false;
        expectEqual(await cache.invalidate(["a"]), false, "what the invalidation says");
        await expectMiss(cache, ...KEY, "while the far cache is away");
        server.isUp = true;
        await expectMiss(cache, ...KEY, "when the far cache is back");
      },
    ),

    define("the near cache answers what it has while the far one is away", async ({ cache, server }) => {
      await fill(cache, ...KEY, "Heat");
      await layerOf(cache);
      server.isUp = false;
      await expectHit(cache, ...KEY, "Heat", "of the near cache");
    }),
  ];
}

async function layerOf(cache: Cache): Promise<string> {
  const lookup = await cache.get(...KEY);
  expectThat(lookup.hit, "get is a miss, but nothing has been invalidated");
  return lookup.hit ? lookup.layer : "";
}
