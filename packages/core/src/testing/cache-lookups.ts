/** What the cases of the cache contract do over and over: fill, look up, expect. */

import type { Cache } from "../cache.ts";
import { expectEqual, fail } from "./assertions.ts";

/** Longer than any case waits. */
export const TTL_MS = 60_000;

/** Looks a key up, which has to miss, and sets it. @returns the snapshot. */
export async function fill(
  cache: Cache,
  key: string,
  tags: readonly string[],
  value: string,
  ttlMs: number = TTL_MS,
): Promise<string> {
  const lookup = await cache.get(key, tags);
  if (lookup.hit) return fail(`get of key ${JSON.stringify(key)} is a hit before it was set`);
  await cache.set(key, value, lookup.snapshot, ttlMs);
  return lookup.snapshot;
}

export async function invalidatedLookup(cache: Cache, key: string, tags: readonly string[]) {
  await cache.invalidate(tags);
  return expectMiss(cache, key, tags, "after its tags were invalidated");
}

export async function expectMiss(
  cache: Cache,
  key: string,
  tags: readonly string[],
  when: string,
): Promise<{ readonly snapshot: string }> {
  const lookup = await cache.get(key, tags);
  if (lookup.hit) return fail(`get is a hit (${JSON.stringify(lookup.value)}), but has to miss ${when}`);
  return lookup;
}

export async function expectHit(
  cache: Cache,
  key: string,
  tags: readonly string[],
  value: string,
  when: string,
): Promise<void> {
  const lookup = await cache.get(key, tags);
  if (lookup.hit) expectEqual(lookup.value, value, `the answer ${when}`);
  else fail(`get is a miss, but has to be a hit ${when}`);
}
