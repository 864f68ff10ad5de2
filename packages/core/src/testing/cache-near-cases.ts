/** What a cache owes that has answers in this process: at hand, they are those of `get`. */

import type { Cache, Lookup } from "../cache.ts";
import { expectEqual } from "./assertions.ts";
import type { DefineCacheCase, OpenedCache } from "./cache-contract.ts";
import { expectHit, fill } from "./cache-lookups.ts";
import type { ContractCase } from "./contract.ts";

export function cacheNearCases(define: DefineCacheCase): readonly ContractCase[] {
  return [
    define("an answer that this process has is near until it is out of date", async (cache) => {
      expectEqual(cache.getNear?.("film", ["a"]), undefined, "what is near in a new cache");
      await fill(cache, "film", ["a"], "Heat");
      await expectHit(cache, "film", ["a"], "Heat", "after it was set");
      for (let time = 1; time <= 2; time++)
        expectEqual(cache.getNear?.("film", ["a"]), "Heat", `what is near at time ${time}`);
      await cache.invalidate(["a"]);
      expectEqual(cache.getNear?.("film", ["a"]), undefined, "what is near after the invalidation");
    }),
  ];
}

/** The same caches, whose `get` answers with what is near if there is anything. */
export function askedNearFirst({ cache, openAnother, ...rest }: OpenedCache): OpenedCache {
  return {
    close: () => cache.close(),
    ...rest,
    cache: new NearFirst(cache),
    ...(openAnother === undefined ? {} : { openAnother: async () => new NearFirst(await openAnother()) }),
  };
}

class NearFirst implements Cache {
  readonly #cache: Cache;

  constructor(cache: Cache) {
    this.#cache = cache;
  }
  get shared(): boolean {
    return this.#cache.shared;
  }
  async get(key: string, tags: readonly string[]): Promise<Lookup> {
    const value = this.#cache.getNear?.(key, tags);
    return value === undefined ? this.#cache.get(key, tags) : { hit: true, value, layer: "l1" };
  }
  set(key: string, value: string, snapshot: string, ttlMs: number): Promise<void> {
    return this.#cache.set(key, value, snapshot, ttlMs);
  }
  invalidate(tags: readonly string[]): Promise<boolean> {
    return this.#cache.invalidate(tags);
  }
  close(): Promise<void> {
    return this.#cache.close();
  }
}
