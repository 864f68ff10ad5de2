/** Contract cases: no schedule of reads, sets and invalidations makes a cache serve an answer that is out of date. */

import type { Cache } from "../cache.ts";
import { expectEqual, expectThat, fail } from "./assertions.ts";
import type { DefineCacheCase } from "./cache-contract.ts";
import { allDone, type ContractCase, forSeeds } from "./contract.ts";
import type { Random } from "./random.ts";

const TTL_MS = 60_000;

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
        forSeeds([seed], (random) => runSchedule(cache, random)),
      ),
    ),
  ];
}

/** Each entry depends on some tags; its right answer is the versions that a database has of them. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  "of a": ["a"],
  "of b": ["b"],
  "of a and b": ["a", "b"],
  "of all": ["c", "b", "a"],
};
const TAGS = ["a", "b", "c"] as const;
type Versions = Record<string, number>;

const WORKERS = 12;
const STEPS = 40;

/** Readers and writers in random turns over a simulated database. */
async function runSchedule(cache: Cache, random: Random): Promise<void> {
  const committed: Versions = { a: 1, b: 1, c: 1 };
  /** The versions whose invalidate has returned: nothing older may be served from then on. */
  const announced: Versions = { ...committed };

  const write = async () => {
    const changed = random.some(TAGS, 1 + random.integer(2));
    const versions = changed.map((tag) => {
      committed[tag] = (committed[tag] ?? 0) + 1;
      return [tag, committed[tag]] as const;
    });
    await turns(random);
    await cache.invalidate(changed);
    for (const [tag, version] of versions) announced[tag] = Math.max(announced[tag] ?? 0, version);
  };

  const read = async () => {
    const key = random.pick(Object.keys(ENTRIES));
    const tags = ENTRIES[key] as readonly string[];
    const oldest = { ...announced };
    const lookup = await cache.get(key, tags);
    if (lookup.hit) {
      const served = JSON.parse(lookup.value) as Versions;
      for (const tag of tags) {
        const [has, needs] = [served[tag] ?? 0, oldest[tag] ?? 0];
        expectThat(
          has >= needs,
          `the answer "${key}" was served with version ${has} of "${tag}", after invalidate of version ${needs} had returned`,
        );
      }
      return;
    }
    await turns(random);
    const answer = JSON.stringify(Object.fromEntries(tags.map((tag) => [tag, committed[tag]])));
    await turns(random);
    await cache.set(key, answer, lookup.snapshot, TTL_MS);
  };

  const work = async () => {
    for (let step = 0; step < STEPS; step++) {
      await (random.chance(12) ? write() : read());
      await turns(random);
    }
  };
  await allDone(Array.from({ length: WORKERS }, work));
  for (const [key, tags] of Object.entries(ENTRIES)) {
    const right = JSON.stringify(Object.fromEntries(tags.map((tag) => [tag, committed[tag]])));
    const lookup = await cache.get(key, tags);
    if (lookup.hit) {
      expectEqual(lookup.value, right, `the answer "${key}" when all is quiet`);
      continue;
    }
    await cache.set(key, right, lookup.snapshot, TTL_MS);
    const again = await cache.get(key, tags);
    expectThat(again.hit, `the answer "${key}" is not kept, although nobody writes any more`);
  }
}

/** Lets others have a few turns. */
async function turns(random: Random): Promise<void> {
  for (let left = random.integer(6); left > 0; left--) await undefined;
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
