/** Caches as they are often built, each of which serves answers that are out of date, or none at all. */

import { describe, expect, test } from "vitest";
import type { Cache, Lookup } from "../cache.ts";
import { MemoryCache } from "../memory/cache.ts";
import { cacheContract } from "./cache-contract.ts";
import { runContract } from "./contract.ts";

/** Keeps the contract: what the variants change one thing of. */
class Sound implements Cache {
  readonly shared: boolean = false;
  readonly inner: MemoryCache;

  constructor(clock: () => number) {
    this.inner = new MemoryCache({ clock });
  }
  get(key: string, tags: readonly string[]): Promise<Lookup> {
    return this.inner.get(key, tags);
  }
  set(key: string, value: string, snapshot: string, ttlMs: number): Promise<void> {
    return this.inner.set(key, value, snapshot, ttlMs);
  }
  invalidate(tags: readonly string[]): Promise<boolean> {
    return this.inner.invalidate(tags);
  }
  close(): Promise<void> {
    return this.inner.close();
  }
}

/** An invalidation deletes the entries that are there; one that is set a moment later stays. */
class DeletesOnWrite extends Sound {
  readonly #entries = new Map<string, string>();
  readonly #tagged = new Map<string, readonly string[]>();

  override async get(key: string, tags: readonly string[]): Promise<Lookup> {
    this.#tagged.set(key, tags);
    const value = this.#entries.get(key);
    return value === undefined ? { hit: false, snapshot: "" } : { hit: true, value, layer: "l1" };
  }
  override async set(key: string, value: string) {
    this.#entries.set(key, value);
  }
  override async invalidate(tags: readonly string[]) {
    for (const [key, own] of this.#tagged)
      if (own.some((tag) => tags.includes(tag))) this.#entries.delete(key);
    return true;
  }
}

/** Takes the values of the tags when the answer is set, which is after it was read. */
class TakesSnapshotsAtSet extends Sound {
  readonly #tagged = new Map<string, readonly string[]>();

  override get(key: string, tags: readonly string[]) {
    this.#tagged.set(key, tags);
    return this.inner.get(key, tags);
  }
  override async set(key: string, value: string, _snapshot: string, ttlMs: number) {
    const now = await this.inner.get(`tags of ${key}`, this.#tagged.get(key) ?? []);
    if (!now.hit) await this.inner.set(key, value, now.snapshot, ttlMs);
  }
}

class NeverInvalidates extends Sound {
  override async invalidate() {
    return true;
  }
}

/** Returns before the invalidation is done. */
class InvalidatesLater extends Sound {
  override async invalidate(tags: readonly string[]) {
    queueMicrotask(() => queueMicrotask(() => void this.inner.invalidate(tags)));
    return true;
  }
}

/** A generation that turns over: old values of a tag come back. */
class UsesTagValuesAgain extends Sound {
  readonly #generations = new Map<string, number>();
  readonly #entries = new Map<string, { readonly value: string; readonly snapshot: string }>();

  override async get(key: string, tags: readonly string[]): Promise<Lookup> {
    const snapshot = tags.map((tag) => this.#generations.get(tag) ?? 0).join(" ");
    const entry = this.#entries.get(key);
    return entry?.snapshot === snapshot
      ? { hit: true, value: entry.value, layer: "l1" }
      : { hit: false, snapshot };
  }
  override async set(key: string, value: string, snapshot: string) {
    this.#entries.set(key, { value, snapshot });
  }
  override async invalidate(tags: readonly string[]) {
    for (const tag of tags) this.#generations.set(tag, ((this.#generations.get(tag) ?? 0) + 1) % 8);
    return true;
  }
}

/** What is at hand is given out as it is. */
class KeepsNearForEver extends Sound {
  readonly #entries = new Map<string, string>();

  getNear(key: string): string | undefined {
    return this.#entries.get(key);
  }
  override async get(key: string, tags: readonly string[]) {
    const lookup = await super.get(key, tags);
    if (lookup.hit) this.#entries.set(key, lookup.value);
    return lookup;
  }
}

class HasNothingNear extends Sound {
  getNear(): undefined {}
}

class MindsTheFirstTagOnly extends Sound {
  override get(key: string, tags: readonly string[]) {
    return this.inner.get(key, tags.slice(0, 1));
  }
}

/** Drops everything at every invalidation. */
class ForgetsTooMuch extends Sound {
  override get(key: string, tags: readonly string[]) {
    return this.inner.get(key, [...tags, "everything"]);
  }
  override invalidate(tags: readonly string[]) {
    return this.inner.invalidate([...tags, "everything"]);
  }
}

class TakesEmptyForNothing extends Sound {
  override async set(key: string, value: string, snapshot: string, ttlMs: number) {
    if (value) await this.inner.set(key, value, snapshot, ttlMs);
  }
}

class NeverExpires extends Sound {
  override set(key: string, value: string, snapshot: string) {
    return this.inner.set(key, value, snapshot, Number.MAX_SAFE_INTEGER);
  }
}

/** Every hit makes an answer live on. */
class ExpiresWhenIdle extends Sound {
  readonly #ttls = new Map<string, readonly [snapshot: string, ttlMs: number]>();

  override async get(key: string, tags: readonly string[]) {
    const lookup = await this.inner.get(key, tags);
    const [snapshot, ttlMs] = this.#ttls.get(key) ?? ["", 0];
    if (lookup.hit) await this.inner.set(key, lookup.value, snapshot, ttlMs);
    return lookup;
  }
  override set(key: string, value: string, snapshot: string, ttlMs: number) {
    this.#ttls.set(key, [snapshot, ttlMs]);
    return this.inner.set(key, value, snapshot, ttlMs);
  }
}

class KeepsTheFirstAnswer extends Sound {
  override async set(key: string, value: string, snapshot: string, ttlMs: number) {
    const tags = ["a"];
    const lookup = await this.inner.get(key, tags);
    if (!lookup.hit) await this.inner.set(key, value, snapshot, ttlMs);
  }
}

/** Says "not done" of what is done, so that it is done over and over. */
class NeverSaysDone extends Sound {
  override async invalidate(tags: readonly string[]) {
    await this.inner.invalidate(tags);
    return false;
  }
}

class SaysItIsShared extends Sound {
  override readonly shared = true;
}

class ServesAfterClose extends Sound {
  override async close() {}
}

class KeepsNothing extends Sound {
  override async set() {}
}

const LATE_SET = "an answer that was read before an invalidation is a miss, however late its set comes";
const NEAR = "an answer that this process has is near until it is out of date";
const VARIANTS: readonly (readonly [
  variant: new (clock: () => number) => Cache,
  failing: string,
  message: RegExp,
])[] = [
  [DeletesOnWrite, LATE_SET, /set after an invalidation, with a snapshot from before it/],
  [
    DeletesOnWrite,
    "random schedules never serve an answer that is out of date (seed 1)",
    /seed 1: the answer .* after invalidate/,
  ],
  [TakesSnapshotsAtSet, LATE_SET, /set after an invalidation, with a snapshot from before it/],
  [
    TakesSnapshotsAtSet,
    "random schedules never serve an answer that is out of date (seed 2)",
    /seed 2: the answer .* after invalidate/,
  ],
  [
    NeverInvalidates,
    "an answer is a miss once one of its tags has been invalidated, whichever it is",
    /but has to miss with 1 tags/,
  ],
  [
    NeverInvalidates,
    "invalidating a tag leaves answers that do not have it",
    /with the tag that was invalidated/,
  ],
  [
    NeverInvalidates,
    "lookups before and after an invalidation have different snapshots",
    /its reader would wait for an old read/,
  ],
  [
    InvalidatesLater,
    "once invalidate has returned no reader gets the old answer",
    /of 10 readers got the old answer/,
  ],
  [
    UsesTagValuesAgain,
    "no tag value is ever used twice",
    /set with a snapshot from before the last \d+ invalidations/,
  ],
  [
    MindsTheFirstTagOnly,
    "an answer is a miss once one of its tags has been invalidated, whichever it is",
    /with 3 tags, after "tag 1"/,
  ],
  [
    ForgetsTooMuch,
    "invalidating a tag leaves answers that do not have it",
    /has to be a hit without the tag/,
  ],
  [TakesEmptyForNothing, "any text comes back as it was set", /has to be a hit for the value ""/],
  [NeverExpires, "an answer is a miss when its time to live is over", /1 ms after its end/],
  [ExpiresWhenIdle, "set gives an answer a new time to live, a hit does not", /with a hit in between/],
  [KeepsTheFirstAnswer, "set replaces the answer of the same key", /got "second", expected "third"/],
  [
    NeverSaysDone,
    "several tags are invalidated at once; unknown, repeated and no tags are fine",
    /got false, expected true/,
  ],
  [SaysItIsShared, "a cache says whether processes share it", /got true, expected false/],
  [ServesAfterClose, "after close every get is a miss, and nothing throws", /but has to miss after close/],
  [HasNothingNear, NEAR, /what is near at time 1/],
  [KeepsNearForEver, NEAR, /what is near after the invalidation/],
  [
    KeepsNearForEver,
    "asked for what is near first, an answer is a miss when its time to live is over",
    /1 ms after its end/,
  ],
  [KeepsNothing, "an answer is a hit once it has been set, again and again", /has to be a hit at time 1/],
];

describe("the cache contract tells a cache that", () => {
  for (const [Variant, failing, message] of VARIANTS) {
    test(`${Variant.name}, by the case "${failing}"`, async () => {
      const cases = cacheContract(async (clock) => ({ cache: new Variant(clock) }), {
        clock: true,
        near: true,
      });
      const failures = await runContract(cases.filter((each) => each.name === failing));
      expect(failures.map((failure) => failure.name)).toEqual([failing]);
      expect(failures[0]?.message).toMatch(message);
    });
  }
});
