/** Contract cases: caches of several processes on one store. */

import type { Cache } from "../cache.ts";
import { fail } from "./assertions.ts";
import type { DefineCacheCase, OpenedCache } from "./cache-contract.ts";
import { expectHit, expectMiss, fill, invalidatedLookup, TTL_MS } from "./cache-lookups.ts";
import { runSchedule } from "./cache-schedule.ts";
import { type ContractCase, forSeeds } from "./contract.ts";

export function cacheSharedCases(define: DefineCacheCase, visibleWithinMs: number): readonly ContractCase[] {
  return [
    define("what one cache sets, another one on the same store serves", async (cache, opened) => {
      await withAnother(opened, async (another) => {
        await fill(cache, "film", ["a"], "Heat");
        await expectHit(another, "film", ["a"], "Heat", "in the other cache");
      });
    }),

    define(
      "what one cache invalidates, another one on the same store no longer serves",
      async (cache, opened, clock) => {
        await withAnother(opened, async (another) => {
          await fill(cache, "film", ["a", "b"], "Heat");
          // Also by an answer that the other cache has come to hold itself, and on which it may want to rely.
          await expectHit(another, "film", ["a", "b"], "Heat", "in the other cache");
          await expectHit(another, "film", ["a", "b"], "Heat", "in the other cache, again");
          const { snapshot } = await invalidatedLookup(cache, "film", ["b"]);
          clock.nowMs += visibleWithinMs;
          await expectMiss(another, "film", ["a", "b"], "in the other cache, after the invalidation");
          await another.set("late", "old", snapshot, TTL_MS);
          await cache.invalidate(["b"]);
          clock.nowMs += visibleWithinMs;
          await expectMiss(another, "late", ["b"], "that the other cache set before a second invalidation");
        });
      },
    ),

    define("closing one cache leaves the others and what they share", async (cache, opened) => {
      await withAnother(opened, async (another) => {
        await fill(cache, "film", ["a"], "Heat");
        await cache.close();
        await expectHit(another, "film", ["a"], "Heat", "in the other cache, after the first was closed");
      });
    }),

    ...[11, 12, 13, 14].map((seed) =>
      define(
        `random schedules over two caches never serve an answer past the bound (seed ${seed})`,
        (cache, opened, clock) =>
          withAnother(opened, (another) =>
            forSeeds([seed], (random) => runSchedule([cache, another], random, { clock, visibleWithinMs })),
          ),
      ),
    ),
  ];
}

async function withAnother(
  { openAnother }: OpenedCache,
  body: (another: Cache) => Promise<void>,
): Promise<void> {
  const another =
    (await openAnother?.()) ?? fail("with the capability `shared`, open() has to give `openAnother`");
  try {
    await body(another);
  } finally {
    await another.close();
  }
}
