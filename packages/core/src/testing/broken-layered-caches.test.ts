/** Two layers as they are often built, each of which serves answers that are out of date. */

import { describe, expect, test } from "vitest";
import type { Cache, Lookup } from "../cache.ts";
import { type LayeredCacheOptions, MAX_NEAR_AGE_MS } from "../layered-cache.ts";
import { MemoryCache } from "../memory/cache.ts";
import { cacheContract } from "./cache-contract.ts";
import { type ContractCase, runContract } from "./contract.ts";
import { layeredCacheCases } from "./layered-cache-cases.ts";
import { SharedMemory } from "./shared-memory.ts";

/** Keeps the contract: what the variants change one thing of. */
class Sound implements Cache {
  readonly shared = true;
  near: MemoryCache;
  readonly far: Cache;
  readonly clock: () => number;
  isLive = false;

  constructor({ near, far, channel, clock = Date.now }: LayeredCacheOptions) {
    this.near = near;
    this.far = far;
    this.clock = clock;
    channel.listen({
      onTags: (tags) => this.onTags(tags),
      onLive: () => {
        this.isLive = true;
      },
      onGap: () => this.onGap(),
    });
  }
  onTags(tags: readonly string[]) {
    void this.near.invalidate(tags);
  }
  onGap() {
    this.isLive = false;
    this.near.clear();
  }
  async get(key: string, tags: readonly string[]): Promise<Lookup> {
    if (!this.isLive) return this.far.get(key, tags);
    const near = await this.near.get(key, tags);
    if (near.hit) return near;
    const askedAtMs = this.clock();
    const far = await this.far.get(key, tags);
    if (far.hit) await this.keep(key, tags, far.value, near.snapshot, askedAtMs);
    return far;
  }
  async keep(key: string, _tags: readonly string[], value: string, snapshot: string, askedAtMs: number) {
    const leftMs = askedAtMs + MAX_NEAR_AGE_MS - this.clock();
    if (leftMs > 0) await this.near.set(key, value, snapshot, leftMs);
  }
  async set(key: string, value: string, snapshot: string, ttlMs: number) {
    await this.far.set(key, value, snapshot, ttlMs);
    this.near.remove(key);
  }
  async invalidate(tags: readonly string[]): Promise<boolean> {
    const isDone = await this.far.invalidate(tags);
    await this.near.invalidate(tags);
    return isDone;
  }
  async close() {
    await this.near.close();
    await this.far.close();
  }
}

/** Takes the near values of the tags when the far answer has come in. */
class TakesNearSnapshotsLate extends Sound {
  override async keep(
    key: string,
    tags: readonly string[],
    value: string,
    _snapshot: string,
    askedAtMs: number,
  ) {
    const now = await this.near.get(key, tags);
    if (!now.hit) await super.keep(key, tags, value, now.snapshot, askedAtMs);
  }
}

class KeepsNearInGaps extends Sound {
  override onGap() {
    this.isLive = false;
  }
}

class AnswersNearInGaps extends Sound {
  override onGap() {
    this.near.clear();
  }
}

/** A new near cache at each gap: the values of its tags begin anew, and so fit what is still on its way. */
class BeginsAnewAtGaps extends Sound {
  override onGap() {
    this.near = new MemoryCache({ clock: this.clock });
  }
}

class KeepsNearWithoutLimit extends Sound {
  override async keep(key: string, _tags: readonly string[], value: string, snapshot: string) {
    await this.near.set(key, value, snapshot, 60_000);
  }
}

/** Counts the age from when the far answer has come in. */
class CountsAgeLate extends Sound {
  override keep(key: string, tags: readonly string[], value: string, snapshot: string) {
    return super.keep(key, tags, value, snapshot, this.clock());
  }
}

class InvalidatesNearFirst extends Sound {
  override async invalidate(tags: readonly string[]) {
    await this.near.invalidate(tags);
    return this.far.invalidate(tags);
  }
}

class InvalidatesFarOnly extends Sound {
  override invalidate(tags: readonly string[]) {
    return this.far.invalidate(tags);
  }
}

class HidesFailures extends Sound {
  override async invalidate(tags: readonly string[]) {
    await super.invalidate(tags);
    return true;
  }
}

class KeepsNearWhatIsReplaced extends Sound {
  override set(key: string, value: string, snapshot: string, ttlMs: number) {
    return this.far.set(key, value, snapshot, ttlMs);
  }
}

type Layers = new (options: LayeredCacheOptions) => Cache;

const LATE = "an answer that comes behind the message of its invalidation is not kept near";
const VARIANTS: readonly (readonly [variant: Layers, failing: string, message: RegExp])[] = [
  [TakesNearSnapshotsLate, LATE, /that was invalidated before it came in/],
  [KeepsNearInGaps, "what was near before a gap is not served after it", /after a gap in which/],
  [AnswersNearInGaps, "the near cache answers only while the channel is live", /the layers in a gap/],
  [
    BeginsAnewAtGaps,
    "what comes from the far cache after a gap began is not kept near",
    /after a gap between the far cache and its answer/,
  ],
  [
    KeepsNearWithoutLimit,
    "without a message, age takes an answer out of the near cache",
    /a second after an invalidation that nobody told of/,
  ],
  [
    CountsAgeLate,
    "without a message, age takes an answer out of the near cache",
    /a second after an invalidation that nobody told of/,
  ],
  [
    CountsAgeLate,
    "an answer that comes too late is not kept near at all",
    /that the far cache gave more than a second ago/,
  ],
  [
    InvalidatesNearFirst,
    "its own invalidation leaves nothing near, also for readers in between",
    /after its own invalidation/,
  ],
  [
    HidesFailures,
    "an invalidation that did not reach the far cache is said, and serves nothing old",
    /got true, expected false/,
  ],
];

/** Of the contract of the port, where every message is lost. */
const CONTRACT_VARIANTS: typeof VARIANTS = [
  [
    KeepsNearWithoutLimit,
    "what one cache invalidates, another one on the same store no longer serves",
    /in the other cache, after the invalidation/,
  ],
  [
    KeepsNearWithoutLimit,
    "random schedules over two caches never serve an answer past the bound (seed 11)",
    /after invalidate of version/,
  ],
  [
    InvalidatesFarOnly,
    "an answer is a miss once one of its tags has been invalidated, whichever it is",
    /but has to miss with 1 tags/,
  ],
  [KeepsNearWhatIsReplaced, "set replaces the answer of the same key", /got "second", expected "third"/],
];

async function expectFailure(cases: readonly ContractCase[], failing: string, message: RegExp) {
  const failures = await runContract(cases.filter((each) => each.name === failing));
  expect(failures.map((failure) => failure.name)).toEqual([failing]);
  expect(failures[0]?.message).toMatch(message);
}

describe("the cases of two layers tell layers that", () => {
  for (const [Variant, failing, message] of VARIANTS) {
    test(`${Variant.name}, by the case "${failing}"`, () =>
      expectFailure(
        layeredCacheCases((options) => new Variant(options)),
        failing,
        message,
      ));
  }
});

describe("the cache contract tells layers that", () => {
  for (const [Variant, failing, message] of CONTRACT_VARIANTS) {
    test(`${Variant.name}, by the case "${failing}"`, () => {
      const open = async (clock: () => number) => {
        const server = new SharedMemory({ clock });
        server.tell = () => {};
        const layers = () =>
          new Variant({
            near: new MemoryCache({ clock }),
            far: server.open(),
            channel: server.openChannel(),
            clock,
          });
        return { cache: layers(), openAnother: async () => layers() };
      };
      const capabilities = { clock: true, shared: true, visibleWithinMs: MAX_NEAR_AGE_MS };
      return expectFailure(cacheContract(open, capabilities), failing, message);
    });
  }
});

test("the sound variant passes", async () => {
  expect(await runContract(layeredCacheCases((options) => new Sound(options)))).toEqual([]);
});
