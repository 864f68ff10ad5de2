/** Takes changes out of a cache that processes share, each of them by whoever comes first. */

import type { Cache } from "./cache.ts";
import type { Change } from "./change.ts";
import { MovieStoreError } from "./errors.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { tagsOf } from "./terms.ts";

/** A tag of every answer in a shared cache. */
export const EVERY_ANSWER = "*";

export const FEED_PAGE = 1_000;
/** From here on it takes longer to read the changes than to read the answers again. */
const MAX_FOLLOWED_SINGLY = 10_000;

/**
 * The repository keeps the number up to which the changes have been followed; the changes behind it are pending. A
 * writer follows after its commit. What it leaves pending, because it died or could not reach the cache, the relay of
 * any process follows. Nobody locks anything: tags are given new values twice when two follow at once, and that costs
 * misses. The number is moved only after the tags have their new values, so none is ever left out.
 */
export class SharedCacheFollower {
  readonly #repository: MovieRepository;
  readonly #cache: Cache;
  #lastRound: Promise<void> = Promise.resolve();
  /** Not begun yet. */
  #nextRound: Promise<void> | undefined;
  /** The version at the last relay. */
  #seenVersion = 0;

  constructor(repository: MovieRepository, cache: Cache) {
    this.#repository = repository;
    this.#cache = cache;
  }

  /**
   * Follows everything that is pending. Never rejects: the write is committed, and what can't be followed now is left
   * to the relay. Calls that come while a round runs share the next one, which begins after their commits.
   */
  afterWrite(): Promise<void> {
    if (this.#nextRound === undefined) {
      this.#nextRound = this.#lastRound.then(() => {
        this.#nextRound = undefined;
        return this.#followAll().catch(() => {});
      });
      this.#lastRound = this.#nextRound;
    }
    return this.#nextRound;
  }

  async #followAll(): Promise<void> {
    const { followed, version } = await this.#repository.followed();
    await this.#follow(followed, version);
  }

  /**
   * Follows what was pending at the last call already, and so leaves writers that are alive the time to do their own.
   *
   * @throws MovieStoreError `unavailable`: the repository or the cache can't be reached. The next call tries again.
   * `corrupt`: the feed has a gap.
   */
  async relay(): Promise<void> {
    const { followed, version } = await this.#repository.followed();
    const due = this.#seenVersion;
    this.#seenVersion = version;
    if (followed < due) await this.#follow(followed, due);
  }

  async #follow(from: number, upTo: number): Promise<void> {
    if (upTo - from > MAX_FOLLOWED_SINGLY) {
      await this.#invalidate([EVERY_ANSWER], upTo);
      return;
    }
    for (let after = from; after < upTo; ) {
      const changes = await this.#repository.changes({ after, limit: FEED_PAGE });
      const last = changes.at(-1)?.number;
      if (last === undefined) throw new MovieStoreError("corrupt", `change ${after + 1} is missing`);
      await this.#invalidate(tagsOfChanges(changes), last);
      after = last;
    }
  }

  async #invalidate(tags: readonly string[], followed: number): Promise<void> {
    const isDone = await this.#cache.invalidate(tags);
    if (!isDone) throw new MovieStoreError("unavailable", "the shared cache could not be told of changes");
    await this.#repository.markFollowed(followed);
  }
}

/** The tags of the images before and after: an answer may have to lose a film as well as to gain one. */
export function tagsOfChanges(changes: readonly Change[]): readonly string[] {
  return [...new Set(changes.flatMap((change) => [...tagsOf(change.before), ...tagsOf(change.after)]))];
}
