/** What the tags of an answer cost at a hit: in Redis and in the process. */

import { randomUUID } from "node:crypto";
import { RedisCache } from "@movie-store/adapters/redis";
import { MemoryCache } from "@movie-store/core";
import { Redis } from "ioredis";
import type { Figure } from "./report.ts";
import { percentile } from "./report.ts";

const ROUNDS = 5;
const KEYS = 1_000;
/** Of a first page of twenty films. */
const ANSWER = "x".repeat(5_000);
const REDIS_LOOKUPS = 20_000;
const IN_FLIGHT = 64;
const NEAR_LOOKUPS = 1_000_000;
const TTL_MS = 600_000;
/** What a search for a person has: the tag that all answers in Redis have, and one of its own. A range has many. */
const TAGS: Readonly<Record<string, readonly string[]>> = {
  "no tag": [],
  "2 tags": ["*", "c:keanu reeves"],
  "12 tags": ["*", ...Array.from({ length: 11 }, (_, at) => `y:${1990 + at}`)],
};

export async function measureNearTags(): Promise<readonly Figure[]> {
  const cache = new MemoryCache();
  const keyOf = (kind: string, at: number) => `${kind} ${at % KEYS}`;
  for (const [kind, tags] of Object.entries(TAGS)) {
    for (let at = 0; at < KEYS; at++) {
      const lookup = await cache.get(keyOf(kind, at), tags);
      if (!lookup.hit) await cache.set(keyOf(kind, at), ANSWER, lookup.snapshot, TTL_MS);
    }
  }
  const times = await inTurns(Object.keys(TAGS), async (kind) => {
    const tags = TAGS[kind] ?? [];
    const keys = Array.from({ length: KEYS }, (_, at) => keyOf(kind, at));
    const started = performance.now();
    for (let at = 0; at < NEAR_LOOKUPS; at++) {
      if (cache.getNear(keys[at % KEYS] as string, tags) === undefined) throw new Error("no hit");
    }
    return ((performance.now() - started) / NEAR_LOOKUPS) * 1e6;
  });
  return Object.keys(TAGS).map((kind) => ({
    name: `hit in the process, ${kind}`,
    value: `${Math.round(times(kind))} ns`,
  }));
}

export async function measureRedisTags(url: string): Promise<readonly Figure[]> {
  const prefix = `bench-${randomUUID()}`;
  const cache = RedisCache.open({ url, prefix, requestTimeoutMs: 1_000 });
  const plain = new Redis(url);
  const PLAIN = "one GET";
  try {
    await cache.connected();
    for (let at = 0; at < KEYS; at++) await plain.set(`${prefix}:${at}`, ANSWER, "PX", TTL_MS);
    for (const [kind, tags] of Object.entries(TAGS)) {
      for (let at = 0; at < KEYS; at++) {
        const lookup = await cache.get(`${kind} ${at}`, tags);
        if (!lookup.hit) await cache.set(`${kind} ${at}`, ANSWER, lookup.snapshot, TTL_MS);
      }
    }
    const lookUp = async (kind: string, at: number) => {
      if (kind === PLAIN) return (await plain.get(`${prefix}:${at}`)) !== null;
      return (await cache.get(`${kind} ${at}`, TAGS[kind] ?? [])).hit;
    };
    const kinds = [PLAIN, ...Object.keys(TAGS)];
    const rates = await inTurns(kinds, async (kind) => {
      let next = 0;
      const started = performance.now();
      const reader = async () => {
        for (let at = next++; at < REDIS_LOOKUPS; at = next++) {
          if (!(await lookUp(kind, at % KEYS))) throw new Error(`no hit: ${kind}`);
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, reader));
      return (REDIS_LOOKUPS / (performance.now() - started)) * 1000;
    });
    return kinds.map((kind) => ({
      name: `hit in Redis, ${kind}`,
      value: `${Math.round(rates(kind)).toLocaleString("en")} lookups/s, ${(rates(kind) / rates(PLAIN)).toFixed(2)} of ${PLAIN}`,
    }));
  } finally {
    plain.disconnect();
    await cache.close();
    await removeKeys(url, prefix);
  }
}

export async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url);
  const keys = await client.keys(`${prefix}*`);
  if (keys.length > 0) await client.del(...keys);
  client.disconnect();
}

/** Each kind in each round; the first round warms up. @returns the middle value of a kind. */
async function inTurns(
  kinds: readonly string[],
  measure: (kind: string) => Promise<number>,
): Promise<(kind: string) => number> {
  const values = new Map<string, number[]>(kinds.map((kind) => [kind, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const kind of kinds) {
      const value = await measure(kind);
      if (round > 0) values.get(kind)?.push(value);
    }
  }
  return (kind) => percentile(values.get(kind) ?? [], 0.5);
}
