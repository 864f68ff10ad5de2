/** What processes share, within one process: for tests of what stands on a shared cache. */

import type { Cache, Lookup, Snapshot } from "../cache.ts";
import type { InvalidationChannel, InvalidationListener } from "../layered-cache.ts";
import { MemoryCache, type MemoryCacheOptions } from "../memory/cache.ts";

/**
 * Stands for a cache server: each `open()` is the client of another process.
 *
 * @example
 * ```ts
 * import { LayeredCache, MemoryCache } from "@movie-store/core";
 * import { SharedMemory } from "@movie-store/core/testing";
 *
 * const server = new SharedMemory();
 * const pods = [1, 2].map(
 *   () => new LayeredCache({ near: new MemoryCache(), far: server.open(), channel: server.openChannel() }),
 * );
 * console.log(await pods[0]?.invalidate(["all"])); // true, and the other pod has been told
 * ```
 */
export class SharedMemory {
  readonly #store: MemoryCache;
  readonly #channels = new Set<SharedMemoryChannel>();
  /** How a message goes to a process: at once, unless a test holds it back or loses it. */
  tell: (deliver: () => void) => void = (deliver) => deliver();
  /** Whether clients can reach the store. */
  isUp = true;

  constructor(options: MemoryCacheOptions = {}) {
    this.#store = new MemoryCache(options);
  }

  open(): Cache {
    return new SharedMemoryClient(this, this.#store);
  }

  /** Live from the beginning. */
  openChannel(): SharedMemoryChannel {
    const channel = new SharedMemoryChannel(() => this.#channels.delete(channel));
    this.#channels.add(channel);
    return channel;
  }

  /** Tells every process. */
  publish(tags: readonly string[]): void {
    for (const channel of this.#channels) this.tell(() => channel.listener?.onTags(tags));
  }
}

class SharedMemoryClient implements Cache {
  readonly shared = true;
  readonly #server: SharedMemory;
  readonly #store: MemoryCache;
  #isClosed = false;
  /** Invalidations that did not reach the store. */
  #kept: string[] = [];
  #lastLookup = 0;

  constructor(server: SharedMemory, store: MemoryCache) {
    this.#server = server;
    this.#store = store;
  }

  async get(key: string, tags: readonly string[]): Promise<Lookup> {
    if (this.#isClosed || !this.#server.isUp) return { hit: false, snapshot: `none ${++this.#lastLookup}` };
    if (this.#kept.length > 0) await this.invalidate([]);
    const lookup = await this.#store.get(key, tags);
    return lookup.hit ? { ...lookup, layer: "l2" } : lookup;
  }

  async set(key: string, value: string, snapshot: Snapshot, ttlMs: number): Promise<void> {
    if (!this.#isClosed && this.#server.isUp) await this.#store.set(key, value, snapshot, ttlMs);
  }

  async invalidate(tags: readonly string[]): Promise<boolean> {
    if (this.#isClosed) return false;
    const all = [...this.#kept, ...tags];
    if (!this.#server.isUp) {
      this.#kept = all;
      return false;
    }
    this.#kept = [];
    await this.#store.invalidate(all);
    this.#server.publish(all);
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}

export class SharedMemoryChannel implements InvalidationChannel {
  listener: InvalidationListener | undefined;
  readonly #onClose: () => void;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  listen(listener: InvalidationListener): void {
    this.listener = listener;
    listener.onLive();
  }

  async close(): Promise<void> {
    this.#onClose();
  }
}
