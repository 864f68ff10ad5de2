/** A cache in this process before one that processes share. */

import type { Cache, Lookup, Snapshot } from "./cache.ts";
import type { MemoryCache } from "./memory/cache.ts";

/** Tells a process what is invalidated in a shared cache, by any process, itself included. */
export interface InvalidationChannel {
  /** Begins to listen; once in the life of a channel. It is not live before the first `onLive`. */
  listen(listener: InvalidationListener): void;

  /** Tells no more. */
  close(): Promise<void>;
}

export interface InvalidationListener {
  /** These tags have new values. Said after they have them, or a reader could take the old ones in again. */
  onTags(tags: readonly string[]): void;
  /** From now on every invalidation is told. */
  onLive(): void;
  /** Messages may have been missed, from before now until the next `onLive`. */
  onGap(): void;
}

export interface LayeredCacheOptions {
  /** Of this cache alone: it is emptied when the channel has a gap. */
  readonly near: MemoryCache;
  readonly far: Cache;
  /** Of the far cache. */
  readonly channel: InvalidationChannel;
  /** Milliseconds. One that steps back lets near answers live longer by as much. Default: the time of day. */
  readonly clock?: () => number;
}

/**
 * The bound of a {@link LayeredCache}: within this time every process sees an invalidation, even when its channel is
 * silent without knowing it.
 */
export const MAX_NEAR_AGE_MS = 1_000;

/**
 * Answers come from the near cache while the channel is live, else from the far one, which decides what is current.
 *
 * The near cache holds only what the far cache has just confirmed, with the values that its own tags had before the
 * far cache was asked. An invalidation that the far cache did not know then is told afterwards, and takes the answer
 * out of the near cache, however late it comes in. If it is never told, age does: counted from before the far cache
 * was asked, so that no answer is served {@link MAX_NEAR_AGE_MS} after its invalidation.
 */
export class LayeredCache implements Cache {
  readonly shared = true;
  readonly #near: MemoryCache;
  readonly #far: Cache;
  readonly #channel: InvalidationChannel;
  readonly #clock: () => number;
  #isLive = false;

  constructor({ near, far, channel, clock = Date.now }: LayeredCacheOptions) {
    this.#near = near;
    this.#far = far;
    this.#channel = channel;
    this.#clock = clock;
    channel.listen({
      onTags: (tags) => void near.invalidate(tags),
      onLive: () => {
        this.#isLive = true;
      },
      onGap: () => {
        this.#isLive = false;
        near.clear();
      },
    });
  }

  async get(key: string, tags: readonly string[]): Promise<Lookup> {
    if (!this.#isLive) return this.#far.get(key, tags);
    const near = await this.#near.get(key, tags);
    if (near.hit) return near;
    const askedAtMs = this.#clock();
    const far = await this.#far.get(key, tags);
    if (far.hit) {
      const leftMs = askedAtMs + MAX_NEAR_AGE_MS - this.#clock();
      if (leftMs > 0) await this.#near.set(key, far.value, near.snapshot, leftMs);
    }
    return far;
  }

  getNear(key: string, tags: readonly string[]): string | undefined {
    return this.#isLive ? this.#near.getNear(key, tags) : undefined;
  }

  /** The near cache takes the answer in when it is asked for again. */
  async set(key: string, value: string, snapshot: Snapshot, ttlMs: number): Promise<void> {
    await this.#far.set(key, value, snapshot, ttlMs);
    this.#near.remove(key);
  }

  /** The far cache first: a reader in between would take what it still has in again, under the new near values. */
  async invalidate(tags: readonly string[]): Promise<boolean> {
    const isDone = await this.#far.invalidate(tags);
    await this.#near.invalidate(tags);
    return isDone;
  }

  /** Closes its parts as well. */
  async close(): Promise<void> {
    await this.#channel.close();
    await this.#near.close();
    await this.#far.close();
  }
}
