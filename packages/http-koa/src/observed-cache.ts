/** A cache that tells who had what was looked for. */

import type { Cache, Lookup, Snapshot } from "@movie-store/core";
import type { CacheMetrics } from "./metrics/cache-metrics.ts";

export class ObservedCache implements Cache {
  protected readonly cache: Cache;
  protected readonly metrics: CacheMetrics;

  constructor(cache: Cache, metrics: CacheMetrics) {
    this.cache = cache;
    this.metrics = metrics;
  }

  get shared(): boolean {
    return this.cache.shared;
  }

  async get(key: string, tags: readonly string[]): Promise<Lookup> {
    const lookup = await this.cache.get(key, tags);
    this.metrics.takeLookup(lookup.hit ? lookup.layer : "none");
    return lookup;
  }

  set(key: string, value: string, snapshot: Snapshot, ttlMs: number): Promise<void> {
    return this.cache.set(key, value, snapshot, ttlMs);
  }

  async invalidate(tags: readonly string[]): Promise<boolean> {
    const isDone = await this.cache.invalidate(tags);
    if (!isDone) this.metrics.takeFailedInvalidation();
    return isDone;
  }

  close(): Promise<void> {
    return this.cache.close();
  }
}

/** One that may be asked for what is near. */
export class ObservedNearCache extends ObservedCache {
  /** A lookup that ends here; what is not near is looked for with `get`. */
  getNear(key: string, tags: readonly string[]): string | undefined {
    const value = this.cache.getNear?.(key, tags);
    if (value !== undefined) this.metrics.takeLookup("l1");
    return value;
  }
}
