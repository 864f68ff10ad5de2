/** The contract of the Cache port. */

import type { Cache } from "../cache.ts";
import { expectEqual, expectThat } from "./assertions.ts";
import { expectHit, expectMiss, fill, invalidatedLookup, TTL_MS } from "./cache-lookups.ts";
import { askedNearFirst, cacheNearCases } from "./cache-near-cases.ts";
import { cacheRaceCases } from "./cache-race-cases.ts";
import { cacheSharedCases } from "./cache-shared-cases.ts";
import { type ContractCase, caseOf } from "./contract.ts";
import { GENERATED_START_MS } from "./generated-updates.ts";

/** An empty cache. */
export interface OpenedCache {
  readonly cache: Cache;
  /** With the capability `shared`: another cache on the same store, as another process would open it. */
  readonly openAnother?: () => Promise<Cache>;
  /** Called once when the case is over, whether or not it has closed the cache; default: closes it. */
  readonly close?: () => Promise<void>;
}

/** @param clock milliseconds since 1970; a cache with the capability `clock` asks nothing else for the time. */
export type CacheOpener = (clock: () => number) => Promise<OpenedCache>;

export interface CacheCapabilities {
  /** The cache takes the clock that it is opened with. Without it, expiry is not tried: that would take waiting. */
  readonly clock?: boolean;
  /** The cache has answers in this process, see {@link Cache.getNear}: every case is tried by asking there first as well. */
  readonly near?: boolean;
  /** Several caches can stand on one store and see each other's entries and invalidations. */
  readonly shared?: boolean;
  /**
   * The bound within which the other caches see an invalidation, and within which an answer goes whose time to live is
   * over. The cases step the clock by it, so it takes the capability `clock`. Default 0: at once.
   */
  readonly visibleWithinMs?: number;
}

/** Makes a case from a name and from what it does with an empty cache. */
export type DefineCacheCase = (
  name: string,
  body: (cache: Cache, opened: OpenedCache, clock: SteppedClock) => Promise<void>,
) => ContractCase;

export interface SteppedClock {
  nowMs: number;
}

/**
 * Every promise of {@link Cache}, as cases.
 *
 * @param open gives an empty cache of its own, at every call: its keys and tags must not meet those of another case.
 * @param capabilities what the cache can do; cases that need more are left out.
 *
 * @example
 * ```ts
 * import { test } from "vitest";
 * import { MemoryCache } from "@movie-store/core";
 * import { cacheContract } from "@movie-store/core/testing";
 *
 * const cases = cacheContract(async (clock) => ({ cache: new MemoryCache({ clock }) }), { clock: true });
 * for (const each of cases) test(each.name, () => each.run());
 * ```
 */
export function cacheContract(
  open: CacheOpener,
  capabilities: CacheCapabilities = {},
): readonly ContractCase[] {
  const cases = casesOf(definer(open), capabilities);
  if (capabilities.near !== true) return cases;
  const nearFirst = definer(async (clock) => askedNearFirst(await open(clock)));
  return [
    ...cases,
    ...cacheNearCases(definer(open)),
    ...casesOf((name, body) => nearFirst(`asked for what is near first, ${name}`, body), capabilities),
  ];
}

function definer(open: CacheOpener): DefineCacheCase {
  return (name, body) => {
    const clock = { nowMs: GENERATED_START_MS };
    return caseOf(
      name,
      () => open(() => clock.nowMs),
      async ({ cache, close }) => (close === undefined ? cache.close() : close()),
      (opened) => body(opened.cache, opened, clock),
    );
  };
}

function casesOf(define: DefineCacheCase, capabilities: CacheCapabilities): readonly ContractCase[] {
  const { visibleWithinMs = 0 } = capabilities;
  return [
    ...entryCases(define, capabilities),
    ...tagCases(define),
    ...cacheRaceCases(define),
    ...(capabilities.clock === true ? expiryCases(define, visibleWithinMs) : []),
    ...(capabilities.shared === true ? cacheSharedCases(define, visibleWithinMs) : []),
  ];
}

function entryCases(define: DefineCacheCase, capabilities: CacheCapabilities): readonly ContractCase[] {
  return [
    define("a cache says whether processes share it", async (cache) => {
      expectEqual(cache.shared, capabilities.shared === true, "`shared`");
    }),

    define("an answer is a hit once it has been set, again and again", async (cache) => {
      await expectMiss(cache, "film", ["a"], "in a new cache");
      await fill(cache, "film", ["a"], "Heat");
      for (let time = 1; time <= 3; time++) await expectHit(cache, "film", ["a"], "Heat", `at time ${time}`);
      const lookup = await cache.get("film", ["a"]);
      const layer = lookup.hit ? lookup.layer : undefined;
      expectThat(
        layer === "l1" || layer === "l2",
        `a hit has to say its layer, l1 or l2; this one says ${layer}`,
      );
    }),

    define("keys are independent of each other, also where one begins with the other", async (cache) => {
      for (const key of ["k", "k:", "k:1", "k:1 ", "K"]) await fill(cache, key, ["a"], `value of ${key}`);
      for (const key of ["k", "k:", "k:1", "k:1 ", "K"]) {
        await expectHit(cache, key, ["a"], `value of ${key}`, `for key ${JSON.stringify(key)}`);
      }
      await expectMiss(cache, "k:2", ["a"], "for a key that was never set");
    }),

    define("set replaces the answer of the same key", async (cache) => {
      await fill(cache, "film", ["a"], "a long first answer");
      const { snapshot } = await invalidatedLookup(cache, "film", ["a"]);
      await cache.set("film", "second", snapshot, TTL_MS);
      await expectHit(cache, "film", ["a"], "second", "after the second set");
      await cache.set("film", "third", snapshot, TTL_MS);
      await expectHit(cache, "film", ["a"], "third", "after a third set with the same snapshot");
    }),

    define("any text comes back as it was set", async (cache) => {
      const values = [
        "",
        " ",
        "\n",
        "first\r\nsecond\n\nlast\n",
        "\u0000\t",
        "🎬 東京物語 é e\u0301",
        '{"a":"\\u0000"}',
        "0",
      ];
      for (const [at, value] of values.entries()) await fill(cache, `key ${at}`, ["a"], value);
      for (const [at, value] of values.entries()) {
        await expectHit(cache, `key ${at}`, ["a"], value, `for the value ${JSON.stringify(value)}`);
      }
    }),

    define("a large answer comes back whole or not at all", async (cache) => {
      const value = "🎬 film, ".repeat(100_000);
      await fill(cache, "large", ["a"], value);
      const lookup = await cache.get("large", ["a"]);
      if (lookup.hit) expectEqual(lookup.value, value, "an answer of 900,000 characters");
    }),

    define("keys and tags may be any text", async (cache) => {
      const tags = ["c:ryan o'neal", "w:東京", "g:sci fi", "t:🎬\n", "{a}", "*", 'find:["a b",{"x":1}]'];
      for (const tag of tags) await fill(cache, tag, [tag], `value of ${tag}`);
      for (const tag of tags) {
        await expectHit(cache, tag, [tag], `value of ${tag}`, `for key and tag ${JSON.stringify(tag)}`);
        await cache.invalidate([tag]);
        await expectMiss(cache, tag, [tag], `after its tag ${JSON.stringify(tag)} was invalidated`);
      }
    }),

    define("after close every get is a miss, and nothing throws", async (cache) => {
      const snapshot = await fill(cache, "film", ["a"], "Heat");
      await cache.close();
      await expectMiss(cache, "film", ["a"], "after close");
      await cache.set("film", "Heat", snapshot, TTL_MS);
      await expectMiss(cache, "film", ["a"], "after close and a set after it");
      const lookup = await cache.get("other", ["a"]);
      if (!lookup.hit) await cache.set("other", "Ran", lookup.snapshot, TTL_MS);
      await expectMiss(cache, "other", ["a"], "after close and a set with a snapshot from after it");
      await cache.invalidate(["a"]);
      await cache.close();
    }),
  ];
}

function tagCases(define: DefineCacheCase): readonly ContractCase[] {
  return [
    define(
      "an answer is a miss once one of its tags has been invalidated, whichever it is",
      async (cache) => {
        const tags = Array.from({ length: 200 }, (_, at) => `tag ${at}`);
        for (const count of [1, 3, 200]) {
          const own = tags.slice(0, count);
          for (const tag of new Set([own[0], own[Math.floor(count / 2)], own.at(-1)] as string[])) {
            await fill(cache, `film ${count}`, own, "Heat");
            await expectHit(cache, `film ${count}`, own, "Heat", "before the invalidation");
            await cache.invalidate([tag]);
            await expectMiss(
              cache,
              `film ${count}`,
              own,
              `with ${count} tags, after "${tag}" was invalidated`,
            );
          }
        }
      },
    ),

    define("invalidating a tag leaves answers that do not have it", async (cache) => {
      await fill(cache, "both", ["a", "b"], "both");
      await fill(cache, "only b", ["b"], "only b");
      await fill(cache, "neither", ["ab", "a "], "neither");
      await expectHit(cache, "both", ["a", "b"], "both", "before the invalidation");
      await cache.invalidate(["a"]);
      await expectMiss(cache, "both", ["a", "b"], "with the tag that was invalidated");
      await expectHit(cache, "only b", ["b"], "only b", "without the tag that was invalidated");
      await expectHit(cache, "neither", ["ab", "a "], "neither", "whose tags only look like it");
    }),

    define("several tags are invalidated at once; unknown, repeated and no tags are fine", async (cache) => {
      for (const tag of ["a", "b", "c"]) await fill(cache, tag, [tag], tag);
      await cache.invalidate([]);
      await cache.invalidate(["never seen"]);
      const isDone = await cache.invalidate(["a", "never seen", "c", "a"]);
      expectEqual(isDone, true, "what an invalidation says that is done for every reader");
      await expectMiss(cache, "a", ["a"], "after its tag was invalidated among others");
      await expectHit(cache, "b", ["b"], "b", "whose tag was not among them");
      await expectMiss(cache, "c", ["c"], "after its tag was invalidated among others");
    }),

    define("an answer that is set again after an invalidation is a hit", async (cache) => {
      await fill(cache, "film", ["a"], "old");
      for (let time = 1; time <= 3; time++) {
        const { snapshot } = await invalidatedLookup(cache, "film", ["a"]);
        await cache.set("film", `new ${time}`, snapshot, TTL_MS);
        await expectHit(cache, "film", ["a"], `new ${time}`, `after invalidation ${time}`);
      }
    }),
  ];
}

function expiryCases(define: DefineCacheCase, visibleWithinMs: number): readonly ContractCase[] {
  return [
    define("an answer is a miss when its time to live is over", async (cache, _, clock) => {
      await fill(cache, "film", ["a"], "Heat", 1_000);
      await fill(cache, "longer", ["a"], "Ran", 5_000);
      clock.nowMs += 999;
      await expectHit(cache, "film", ["a"], "Heat", "1 ms before its end");
      clock.nowMs += 2 + visibleWithinMs;
      await expectMiss(cache, "film", ["a"], "1 ms after its end");
      await expectHit(cache, "longer", ["a"], "Ran", "of another answer that lives longer");
    }),

    define("set gives an answer a new time to live, a hit does not", async (cache, _, clock) => {
      const snapshot = await fill(cache, "film", ["a"], "Heat", 1_000);
      clock.nowMs += 900;
      await expectHit(cache, "film", ["a"], "Heat", "after 900 of 1,000 ms");
      await cache.set("film", "Heat", snapshot, 1_000);
      clock.nowMs += 900;
      await expectHit(cache, "film", ["a"], "Heat", "900 ms after it was set anew");
      clock.nowMs += 101 + visibleWithinMs;
      await expectMiss(cache, "film", ["a"], "1,001 ms after it was set anew, with a hit in between");
    }),
  ];
}
