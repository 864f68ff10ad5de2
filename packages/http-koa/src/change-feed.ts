/** The end of the feed of changes, read once for all who wait there. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { isRetryable, type MovieStore, MovieStoreError } from "@movie-store/core";
import { type FeedPage, readFeedPage } from "./feed-page.ts";
import { SharedReads } from "./shared-reads.ts";
import { WaitLimit } from "./wait-limit.ts";

export interface ChangeFeedOptions {
  readonly store: Pick<MovieStore, "changes" | "version">;
  /** So many of the last events are at hand for those who are a little behind. Default 1,000: some 400 KB. */
  readonly kept?: number;
}

/** Events to hand on, and the number of the last one. */
export interface FeedPiece {
  readonly text: string;
  readonly last: number;
}

interface Waiter {
  readonly wake: () => void;
  readonly fail: (error: unknown) => void;
}

const KEPT = 1_000;
/** Events in a piece, some 40 KB: what is held for a reader that has stopped reading. */
const PIECE = 100;
/** Reads of those who are behind, at once: most connections to the store are for the searches. */
const READS_AT_ONCE = 4;
/** Waiters woken between two turns of the rest of the process; each of them writes to its client. */
const WOKEN_A_TURN = 50;

/**
 * Readers ask for what is behind the last number they have. So none misses a number or gets it twice, wherever its
 * events come from: the last ones are kept here, older ones are read from the store. Who has them all waits, and one
 * read serves all who wait. Nothing is read while nobody waits.
 *
 * It has no clock: what is new is found when `look` is called.
 */
export class ChangeFeed {
  readonly #store: ChangeFeedOptions["store"];
  readonly #kept: number;
  readonly #pages: SharedReads<FeedPage>;
  /** The events up to #head, without a gap. */
  #events: string[] = [];
  #head = -1;
  /** Those who have everything up to #head, or more. */
  readonly #waiting = new Set<Waiter>();
  /** Those whose own read of the store failed. */
  readonly #stalled = new Set<Waiter>();
  #lastLook: Promise<void> = Promise.resolve();
  /** Not begun yet. */
  #nextLook: Promise<void> | undefined;

  constructor({ store, kept = KEPT }: ChangeFeedOptions) {
    this.#store = store;
    this.#kept = kept;
    this.#pages = new SharedReads((after) => readFeedPage(store, after, PIECE), READS_AT_ONCE);
  }

  /** How many wait for `look` to find something. */
  get waiting(): number {
    return this.#waiting.size + this.#stalled.size;
  }

  // ---- for readers ----

  /**
   * The events that follow number `after`: at once where there are some, else as soon as there are. It waits for a
   * store that is unavailable, too.
   *
   * @param after 0 for the beginning of the feed; not beyond its end.
   * @returns `undefined` once `signal` is aborted, or when `withinMs` milliseconds are over.
   * @throws MovieStoreError `corrupt` or `closed`: waiting can't help.
   */
  async next(after: number, signal: AbortSignal, withinMs: number): Promise<FeedPiece | undefined> {
    const limit = new WaitLimit(signal, withinMs);
    try {
      while (!limit.isReached) {
        const piece = this.#keptBehind(after) ?? (await this.#readBehind(after, signal, limit));
        if (piece !== undefined) return piece;
      }
      return undefined;
    } finally {
      limit.clear();
    }
  }

  #keptBehind(after: number): FeedPiece | undefined {
    const at = this.#events.length - (this.#head - after);
    if (at < 0 || after >= this.#head) return undefined;
    return pieceOf(after, this.#events.slice(at, at + PIECE));
  }

  /** @returns `undefined` to be asked again, or when the limit is reached. */
  async #readBehind(after: number, signal: AbortSignal, limit: WaitLimit): Promise<FeedPiece | undefined> {
    if (after !== this.#head) {
      const page = await limit.upTo(this.#pages.get(after, signal).catch(unlessRetryable));
      if (page === undefined) return undefined;
      if (page === "unavailable") return this.#wait(this.#stalled, limit);
      if (page.events.length > 0) return pieceOf(after, page.events);
      // The end of the feed; others may have been shown more of it since.
      if (after < this.#head) return undefined;
      if (after > this.#head && this.#waiting.size === 0) this.#beginAt(after);
    }
    return this.#wait(this.#waiting, limit);
  }

  async #wait(waiters: Set<Waiter>, limit: WaitLimit): Promise<undefined> {
    const { promise, resolve: wake, reject: fail } = Promise.withResolvers<void>();
    const waiter: Waiter = { wake, fail };
    waiters.add(waiter);
    try {
      await limit.upTo(promise);
    } finally {
      waiters.delete(waiter);
    }
  }

  // ---- for whoever knows that there may be something new ----

  /**
   * Looks for what is new, if anybody waits for it. Calls that come while a look runs share the next one, which begins
   * after them.
   *
   * @throws MovieStoreError as the store does. After `unavailable` the next look goes on where this one did; anything
   * else has been thrown to all who wait.
   */
  look(): Promise<void> {
    if (this.#nextLook === undefined) {
      const look = this.#lastLook.then(() => {
        this.#nextLook = undefined;
        return this.#look();
      });
      this.#nextLook = look;
      this.#lastLook = look.catch(() => {});
    }
    return this.#nextLook;
  }

  async #look(): Promise<void> {
    if (this.waiting === 0) return;
    try {
      const version = await this.#store.version();
      await this.#wake(this.#stalled);
      await this.#showUpTo(version);
    } catch (error) {
      if (!isRetryable(error)) for (const waiter of this.#everyWaiter()) waiter.fail(error);
      throw error;
    }
  }

  async #showUpTo(version: number): Promise<void> {
    if (this.#waiting.size === 0) return;
    if (version - this.#head > this.#kept) {
      // More than is kept, such as a large import: they read it themselves, each at the pace of its client.
      this.#beginAt(version);
      await this.#wake(this.#waiting);
    }
    while (this.#head < version) {
      const { after, events } = await readFeedPage(this.#store, this.#head, PIECE);
      if (after !== this.#head) continue;
      if (events.length === 0) throw new MovieStoreError("corrupt", `change ${after + 1} is missing`);
      this.#events = [...this.#events, ...events].slice(-this.#kept);
      this.#head += events.length;
      await this.#wake(this.#waiting);
    }
  }

  #beginAt(number: number): void {
    this.#events = [];
    this.#head = number;
  }

  async #wake(waiters: ReadonlySet<Waiter>): Promise<void> {
    for (const [at, { wake }] of [...waiters].entries()) {
      if (at > 0 && at % WOKEN_A_TURN === 0) await nextTurn();
      wake();
    }
  }

  #everyWaiter(): readonly Waiter[] {
    return [...this.#waiting, ...this.#stalled];
  }
}

function pieceOf(after: number, events: readonly string[]): FeedPiece {
  return { text: events.join(""), last: after + events.length };
}

function unlessRetryable(error: unknown): "unavailable" {
  if (isRetryable(error)) return "unavailable";
  throw error;
}
