/** The rule by which answers are cached, and by which changes take them out of the cache again. */

import { packAnswer, type TextAnswer, unpackAnswer } from "./answers.ts";
import type { Cache } from "./cache.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { EVERY_ANSWER, FEED_PAGE, SharedCacheFollower, tagsOfChanges } from "./shared-cache-follower.ts";

export interface CachedAnswersOptions {
  readonly repository: MovieRepository;
  readonly cache: Cache | undefined;
  readonly ttlMs: number;
}

/**
 * Reads through a cache. Entries are filled with the tag values from before the read, one read per entry at a time;
 * changes are followed through the gap-free feed, so those that other processes make are seen as well. For a cache of
 * its own a process follows from the version at its first read; for a shared one see {@link SharedCacheFollower}.
 */
export class CachedAnswers {
  readonly #repository: MovieRepository;
  readonly #cache: Cache | undefined;
  readonly #ttlMs: number;
  readonly #sharedFollower: SharedCacheFollower | undefined;
  /** Running reads by key and snapshot. */
  readonly #flights = new Map<string, Promise<TextAnswer>>();
  /** The number up to which the tags of all changes have been invalidated, once it is known. */
  #followed: Promise<number> | undefined;
  /** The place in the feed at which the following began. */
  #started: Promise<number> | undefined;

  constructor(options: CachedAnswersOptions) {
    this.#repository = options.repository;
    this.#cache = options.cache;
    this.#ttlMs = options.ttlMs;
    const { repository, cache } = options;
    this.#sharedFollower = cache?.shared === true ? new SharedCacheFollower(repository, cache) : undefined;
  }

  /** The answer under `key`, from the cache or from `read`. */
  async get(
    key: string,
    tags: readonly string[],
    read: () => Promise<Omit<TextAnswer, "layer">>,
  ): Promise<TextAnswer> {
    const cache = this.#cache;
    if (cache === undefined) return { ...(await read()), layer: "db" };
    // What is cached now must not be older than the place in the feed from which changes are followed.
    if (!cache.shared) await this.#start();
    const lookup = await cache.get(key, cache.shared ? [...tags, EVERY_ANSWER] : tags);
    if (lookup.hit) return unpackAnswer(lookup.value, lookup.layer);
    const flight = `${lookup.snapshot}\n${key}`;
    const running = this.#flights.get(flight);
    if (running !== undefined) return running;
    const filling = this.#fill(cache, key, lookup.snapshot, read).finally(() => this.#flights.delete(flight));
    this.#flights.set(flight, filling);
    return filling;
  }

  /** Invalidates what a write has changed that this process has just committed. */
  async afterWrite(): Promise<void> {
    await (this.#sharedFollower?.afterWrite() ?? this.catchUp());
  }

  /** Invalidates what other processes have changed. Call it every 200 ms or so. */
  async catchUp(): Promise<void> {
    if (this.#sharedFollower !== undefined) return this.#sharedFollower.relay();
    const before = this.#followed;
    // Before the first `get` nothing is cached, so there is nothing to follow: an ingest alone pays nothing for it.
    if (this.#cache === undefined || before === undefined) return;
    const after = before.then((number) => this.#follow(number));
    // After a failure the next call begins where this one did.
    this.#followed = after.catch(() => before);
    await after;
  }

  /** Whoever comes while the beginning is still being looked up waits for it as well. */
  #start(): Promise<number> {
    if (this.#started !== undefined) return this.#started;
    const started = this.#repository.version();
    this.#started = started;
    this.#followed = started;
    started.catch(() => {
      this.#started = undefined;
      this.#followed = undefined;
    });
    return started;
  }

  async #follow(from: number): Promise<number> {
    for (let after = from; ; ) {
      const changes = await this.#repository.changes({ after, limit: FEED_PAGE });
      if (changes.length === 0) return after;
      await this.#cache?.invalidate(tagsOfChanges(changes));
      after = changes.at(-1)?.number ?? after;
      if (changes.length < FEED_PAGE) return after;
    }
  }

  async #fill(
    cache: Cache,
    key: string,
    snapshot: string,
    read: () => Promise<Omit<TextAnswer, "layer">>,
  ): Promise<TextAnswer> {
    const answer = await read();
    await cache.set(key, packAnswer(answer), snapshot, this.#ttlMs);
    return { ...answer, layer: "db" };
  }
}
