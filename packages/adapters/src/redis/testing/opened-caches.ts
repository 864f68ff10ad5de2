/** The caches and channels of a test, closed with it. */

import { randomUUID } from "node:crypto";
import type { Cache } from "@movie-store/core";
import { Redis } from "ioredis";
import { RedisCache, type RedisCacheOptions, type RedisEvent } from "../index.ts";

/** Longer than production waits: a busy machine must not make a hit a miss here. */
export const PATIENT = { requestTimeoutMs: 2_000, invalidateTimeoutMs: 2_000, heartbeatMs: 2_000 };

export interface OpenedRedisCache {
  readonly cache: RedisCache;
  readonly events: readonly RedisEvent[];
}

export class OpenedCaches {
  readonly #prefix = `test-${randomUUID()}`;
  readonly #caches: RedisCache[] = [];
  readonly #defaults: Partial<RedisCacheOptions>;

  constructor(defaults: Partial<RedisCacheOptions> = {}) {
    this.#defaults = defaults;
  }

  get prefix(): string {
    return this.#prefix;
  }

  /** Waits for its first attempt to connect. */
  async open(url: string, options: Partial<RedisCacheOptions> = {}): Promise<OpenedRedisCache> {
    const events: RedisEvent[] = [];
    const cache = RedisCache.open({
      url,
      prefix: this.#prefix,
      ...PATIENT,
      ...this.#defaults,
      onEvent: (event) => events.push(event),
      ...options,
    });
    this.#caches.push(cache);
    await cache.connected();
    return { cache, events };
  }

  async close(): Promise<void> {
    for (const cache of this.#caches) await cache.close();
  }

  /** Closes them, and leaves nothing behind on a server that is not the test's own. */
  async closeAndRemove(url: string): Promise<void> {
    await this.close();
    const operator = new Redis(url);
    const keys = await operator.keys(`${this.#prefix}*`);
    if (keys.length > 0) await operator.del(...keys);
    operator.disconnect();
  }
}

/** The answer in the cache, or undefined. */
export async function cached(cache: Cache, key: string, tags: readonly string[]) {
  const lookup = await cache.get(key, tags);
  return lookup.hit ? lookup.value : undefined;
}

/** Puts an answer in, as a reader would that found none. */
export async function fill(cache: Cache, key: string, tags: readonly string[], value: string) {
  const lookup = await cache.get(key, tags);
  if (!lookup.hit) await cache.set(key, value, lookup.snapshot, 60_000);
}
