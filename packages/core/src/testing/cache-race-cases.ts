/** Contract cases: no schedule of reads, sets and invalidations makes a cache serve an answer that is out of date. */

import type { Cache } from "../cache.ts";
import { expectEqual, expectThat, fail } from "./assertions.ts";
import type { DefineCacheCase } from "./cache-contract.ts";
import { TTL_MS } from "./cache-lookups.ts";
import { runSchedule } from "./cache-schedule.ts";
import { allDone, type ContractCase, forSeeds } from "./contract.ts";

export function cacheRaceCases(define: DefineCacheCase): readonly ContractCase[] {
  return [
    define(
      "an answer that was read before an invalidation is a miss, however late its set comes",
      async (cache) => {
        const early = await lookUp(cache, "film", ["a", "b"]);
        await cache.invalidate(["b"]);
        await cache.set("film", "read before the change", early, TTL_MS);
        await neverHit(
          cache,
          "film",
          ["a", "b"],
          "set after an invalidation, with a snapshot from before it",
        );
        await cache.invalidate(["a", "b"]);
        await cache.set("film", "read before the change", early, TTL_MS);
        await neverHit(
          cache,
          "film",
          ["a", "b"],
          "set after a second invalidation, with a snapshot from before both",
        );
      },
    ),

    define("a late set of an old answer does not bring it back over a newer one", async (cache) => {
      const early = await lookUp(cache, "film", ["a"]);
      await cache.invalidate(["a"]);
      const late = await lookUp(cache, "film", ["a"]);
      await cache.set("film", "new", late, TTL_MS);
      await cache.set("film", "old", early, TTL_MS);
      const lookup = await cache.get("film", ["a"]);
      if (lookup.hit) expectEqual(lookup.value, "new", "the answer after the old one was set last");
    }),

    define("lookups before and after an invalidation have different snapshots", async (cache) => {
      const before = await lookUp(cache, "film", ["a", "b"]);
      await cache.invalidate(["b"]);
      const after = await lookUp(cache, "film", ["a", "b"]);
      expectThat(
        before !== after,
        "a lookup after an invalidation has the snapshot of one before it: its reader would wait for an old read",
      );
    }),

    define("no tag value is ever used twice", async (cache) => {
      const snapshots: string[] = [];
      for (let time = 0; time < 20; time++) {
        snapshots.push(await lookUp(cache, "film", ["a"]));
        await cache.invalidate(["a"]);
      }
      for (const [time, snapshot] of snapshots.entries()) {
        await cache.set("film", "old", snapshot, TTL_MS);
        const age = snapshots.length - time;
        await neverHit(cache, "film", ["a"], `set with a snapshot from before the last ${age} invalidations`);
      }
    }),

    define("once invalidate has returned no reader gets the old answer", async (cache) => {
      for (let round = 0; round < 10; round++) {
        await cache.set("film", `answer ${round}`, await lookUp(cache, "film", ["a"]), TTL_MS);
        await cache.invalidate(["a"]);
        const lookups = await allDone(Array.from({ length: 10 }, () => cache.get("film", ["a"])));
        const hits = lookups.filter((lookup) => lookup.hit).length;
        expectThat(hits === 0, `${hits} of 10 readers got the old answer after invalidate had returned`);
      }
    }),

    ...[1, 2, 3, 4].map((seed) =>
      define(`random schedules never serve an answer that is out of date (seed ${seed})`, (cache) =>
        forSeeds([seed], (random) => runSchedule([cache], random)),
      ),
    ),
  ];
}

async function lookUp(cache: Cache, key: string, tags: readonly string[]): Promise<string> {
  const lookup = await cache.get(key, tags);
  return lookup.hit
    ? fail(`get is a hit (${JSON.stringify(lookup.value)}) where it has to miss`)
    : lookup.snapshot;
}

async function neverHit(cache: Cache, key: string, tags: readonly string[], what: string): Promise<void> {
  const lookup = await cache.get(key, tags);
  expectThat(!lookup.hit, `an answer is served that was ${what}: it may be out of date`);
}
