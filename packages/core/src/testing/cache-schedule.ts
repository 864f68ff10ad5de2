/** Readers and writers in random turns over a simulated database, for the cases of the cache contract. */

import type { Cache } from "../cache.ts";
import { expectEqual, expectThat } from "./assertions.ts";
import type { SteppedClock } from "./cache-contract.ts";
import { TTL_MS } from "./cache-lookups.ts";
import { allDone } from "./contract.ts";
import type { Random } from "./random.ts";

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

/** A version of a tag, from the moment on at which its invalidate had returned. */
interface Announcement {
  readonly tag: string;
  readonly version: number;
  readonly by: Cache;
  readonly atMs: number;
}

/**
 * @param caches of one store, as several processes have them.
 * @param options.visibleWithinMs how long after an invalidation by another cache an answer may still be out of date.
 */
export async function runSchedule(
  caches: readonly Cache[],
  random: Random,
  { clock = { nowMs: 0 }, visibleWithinMs = 0 }: { clock?: SteppedClock; visibleWithinMs?: number } = {},
): Promise<void> {
  const committed: Versions = { a: 1, b: 1, c: 1 };
  const announced: Announcement[] = [];

  const write = async (cache: Cache) => {
    const changed = random.some(TAGS, 1 + random.integer(2));
    const versions = changed.map((tag) => {
      const version = (committed[tag] ?? 0) + 1;
      committed[tag] = version;
      return { tag, version };
    });
    await turns(random);
    await cache.invalidate(changed);
    for (const each of versions) announced.push({ ...each, by: cache, atMs: clock.nowMs });
  };

  /** Nothing older may be served to a reader of `cache` that asks now. */
  const oldestOf = (cache: Cache): Versions => {
    const oldest: Versions = {};
    for (const { tag, version, by, atMs } of announced) {
      if (by !== cache && atMs + visibleWithinMs > clock.nowMs) continue;
      oldest[tag] = Math.max(oldest[tag] ?? 0, version);
    }
    return oldest;
  };

  const answerOf = (tags: readonly string[]) =>
    JSON.stringify(Object.fromEntries(tags.map((tag) => [tag, committed[tag]])));

  const read = async (cache: Cache) => {
    const key = random.pick(Object.keys(ENTRIES));
    const tags = ENTRIES[key] as readonly string[];
    const oldest = oldestOf(cache);
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
    const answer = answerOf(tags);
    await turns(random);
    await cache.set(key, answer, lookup.snapshot, TTL_MS);
  };

  const work = async () => {
    for (let step = 0; step < STEPS; step++) {
      const cache = random.pick(caches);
      await (random.chance(12) ? write(cache) : read(cache));
      clock.nowMs += random.integer(Math.ceil(visibleWithinMs / WORKERS) + 1);
      await turns(random);
    }
  };
  await allDone(Array.from({ length: WORKERS }, work));
  clock.nowMs += visibleWithinMs;
  for (const cache of caches) await expectRight(cache, answerOf);
}

async function expectRight(cache: Cache, answerOf: (tags: readonly string[]) => string): Promise<void> {
  for (const [key, tags] of Object.entries(ENTRIES)) {
    const right = answerOf(tags);
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
