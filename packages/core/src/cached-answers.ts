/** The rule by which answers are cached, and by which changes take them out of the cache again. */

import { packAnswer, type TextAnswer, unpackAnswer } from "./answers.ts";
import type { Cache } from "./cache.ts";
import { MovieStoreError } from "./errors.ts";
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

  /**
   * The answer under `key`, from the cache or from `read`.
   *
   * @param minVersion the answer has to reflect this change. An older one is right for everybody else, for none of its
   * tags has changed, but nobody can tell that from the answer: it is a miss for this caller, who reads it again and
   * leaves it in the cache with its new version.
   * @throws MovieStoreError `not-yet`: the store had not come to `minVersion` when it was read for this call.
   */
  async get(
    key: string,
    tags: readonly string[],
    read: () => Promise<Omit<TextAnswer, "layer">>,
    minVersion = 0,
  ): Promise<TextAnswer> {
    const cache = this.#cache;
    if (cache === undefined) return reaching(minVersion, { ...(await read()), layer: "db" });
    const near = this.getNear(key, tags, minVersion);
    if (near !== undefined) return near;
    // What is cached now must not be older than the place in the feed from which changes are followed.
    if (!cache.shared) await this.#start();
    const allTags = tagsIn(cache, tags);
    const lookup = await cache.get(key, allTags);
    if (!lookup.hit) {
      const { answer, isOwn } = await this.#readOnce(cache, key, lookup.snapshot, read);
      if (isOwn || answer.version >= minVersion) return reaching(minVersion, answer);
    } else {
      const answer = unpackAnswer(lookup.value, lookup.layer);
      if (answer.version >= minVersion) return answer;
    }
    return reaching(minVersion, await this.#readFresh(cache, key, allTags, read, minVersion));
  }

  /** What `get` would answer with at once, because this process has it; `undefined`: ask `get`. */
  getNear(key: string, tags: readonly string[], minVersion = 0): TextAnswer | undefined {
    const cache = this.#cache;
    const packed = cache?.getNear?.(key, tagsIn(cache, tags));
    if (packed === undefined) return undefined;
    const answer = unpackAnswer(packed, "l1");
    return answer.version >= minVersion ? answer : undefined;
  }

  /**
   * What the store says now, though the cache has an older answer. A read that is under way may have begun before this
   * call; when it has come to an end, the next one has not: either it has the same snapshot, then it began after that
   * end, or it has another, then it began after the tags had changed.
   */
  async #readFresh(
    cache: Cache,
    key: string,
    tags: readonly string[],
    read: () => Promise<Omit<TextAnswer, "layer">>,
    minVersion: number,
  ): Promise<TextAnswer> {
    for (let joined = 0; ; joined++) {
      // Nothing is ever set under this key, so that the values of the tags are told.
      const lookup = await cache.get(`fresh:${key}`, tags);
      if (lookup.hit) return { ...(await read()), layer: "db" };
      const { answer, isOwn } = await this.#readOnce(cache, key, lookup.snapshot, read);
      if (isOwn || joined === 1 || answer.version >= minVersion) return answer;
    }
  }

  /** Callers who come while a read with the same snapshot is under way wait for that one. */
  async #readOnce(
    cache: Cache,
    key: string,
    snapshot: string,
    read: () => Promise<Omit<TextAnswer, "layer">>,
  ): Promise<{ readonly answer: TextAnswer; readonly isOwn: boolean }> {
    const flight = `${snapshot}\n${key}`;
    const running = this.#flights.get(flight);
    if (running !== undefined) return { answer: await running, isOwn: false };
    const filling = this.#fill(cache, key, snapshot, read).finally(() => this.#flights.delete(flight));
    this.#flights.set(flight, filling);
    return { answer: await filling, isOwn: true };
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

  async emptySharedCache(): Promise<void> {
    if (this.#cache?.shared !== true || (await this.#cache.invalidate([EVERY_ANSWER]))) return;
    throw new MovieStoreError(
      "unavailable",
      "the shared cache can't be reached: some answers may be left in it",
    );
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

function tagsIn(cache: Cache, tags: readonly string[]): readonly string[] {
  return cache.shared ? [...tags, EVERY_ANSWER] : tags;
}

function reaching(minVersion: number, answer: TextAnswer): TextAnswer {
  reached(minVersion, answer.version);
  return answer;
}

/**
 * @returns `version`.
 * @throws MovieStoreError `not-yet` if it is less than `minVersion`.
 */
export function reached(minVersion: number, version: number): number {
  if (version >= minVersion) return version;
  const message = `the store has not come to change ${minVersion} yet: the last one is ${version}`;
  throw new MovieStoreError("not-yet", message, { field: "minVersion" });
}
