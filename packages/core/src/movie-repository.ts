/** The MovieRepository port: the update log, the films made from it, and their numbered changes. */

import type { Change } from "./change.ts";
import type { Decide } from "./decide.ts";
import type { KeptValue, ValueQuery } from "./kept-values.ts";
import type { StoredFilm } from "./movie.ts";
import type { keysOfName, tierOf } from "./name-keys.ts";
import type { ProviderRecord } from "./provider-record.ts";
import type { MovieQuery } from "./query.ts";
import type { deletionsOfStart, MAX_WORDS_TRIED, NearWord, nearBeginning } from "./spelling.ts";
import type { LoggedUpdate, Receipt, Submission } from "./update.ts";

/** One page of films, and the version of the store that it shows. */
export interface FilmPage {
  /** Live films that match, in the order of the query's sort, at most its `limit`. */
  readonly films: readonly StoredFilm[];
  /** Whether at least one more film follows. */
  readonly more: boolean;
  /** The number of the last change at the moment of the read. */
  readonly version: number;
}

/** One page of values, and the version of the store that it shows. */
export interface ValuePage {
  readonly values: readonly KeptValue[];
  /** Whether at least one more value follows. */
  readonly more: boolean;
  readonly version: number;
}

export interface PeopleQuery {
  /** Texts as `beginningOfKeys` gives them, without repetitions; 1 to 3. */
  readonly beginnings: readonly string[];
  /** 1 to 20. */
  readonly limit: number;
}

export interface PeoplePage {
  /** `key`, `name` and `films` as {@link KeptValue} has them. */
  readonly people: readonly KeptValue[];
  readonly version: number;
}

export interface WordsNear {
  /** Whether a word that exists begins with the typed one, or is it. */
  readonly begins: boolean;
  /** Empty where one does. */
  readonly near: readonly NearWord[];
  readonly version: number;
}

/** A moment: after this change, or at this time (milliseconds since 1970). */
export type Moment = { readonly number: number } | { readonly timeMs: number };

export interface LogPage {
  /** Only updates behind this place in the order of receipt; 0 for the beginning. */
  readonly after: number;
  /** 1 to 1,000. */
  readonly limit: number;
}

export interface RebuildReport {
  readonly updates: number;
  /** Films that differ from what was last published; a change has been added for each. */
  readonly changed: number;
}

/**
 * Every method throws MovieStoreError `unavailable` (the store can't be reached, is locked or out of space),
 * `corrupt`, or `closed`. Reads see only what is committed, and each of them one moment of the store.
 */
export interface MovieRepository {
  /**
   * Takes in a batch, in one transaction: logs each submission that is not in the log yet, loads what `decide` needs
   * ({@link WorkingSet}), and writes what it decides, with its changes numbered on from the last one. All or nothing.
   * A submission whose update is in the log already, or came earlier in the batch, changes nothing and has the verdict
   * `duplicate`, with the receipt of the logged one. Batches of concurrent callers take effect one after the other.
   *
   * @param batch 1 to 5,000 submissions.
   * @param options.dryRun decide, write nothing; the receipts say what would happen.
   * @returns a receipt for each submission, in the same order.
   */
  append(
    batch: readonly Submission[],
    decide: Decide,
    options?: { readonly dryRun?: boolean },
  ): Promise<readonly Receipt[]>;

  /** A page of live films. */
  find(query: MovieQuery): Promise<FilmPage>;

  /** The states of these ids, in the same order, `undefined` for an id that was never given; 1 to 100 ids. */
  films(
    ids: readonly string[],
  ): Promise<{ readonly films: readonly (StoredFilm | undefined)[]; readonly version: number }>;

  /** A page of the values of a kind that live films have, ascending by the bytes of their keys. */
  values(query: ValueQuery): Promise<ValuePage>;

  /**
   * Cast members of live films one of whose keys ({@link keysOfName}) begins with one of the texts. They come in the
   * order of these keys: the highest tier first ({@link tierOf}), then by the bytes of the key; everybody once, at the
   * first of their keys. However many there are, the first `limit` of them are given.
   */
  people(query: PeopleQuery): Promise<PeoplePage>;

  /**
   * The words that may have been meant by a typed one, ascending by their bytes: words of the titles and of the cast
   * of live films (`vocabularyOf`), a beginning of which is one typing error away ({@link nearBeginning}). Of the words
   * whose start has a deletion in common with that of the typed one ({@link deletionsOfStart}), the first
   * {@link MAX_WORDS_TRIED} by bytes are tried.
   *
   * @param word a normalised word of 5 to 40 characters.
   */
  wordsNear(word: string): Promise<WordsNear>;

  /**
   * The last change of an id up to a moment, with `after` and without `before`; `undefined` if it had none by then.
   * A moment in the future is now.
   */
  changeAt(id: string, moment: Moment): Promise<Change | undefined>;

  /** The changes of an id, oldest first, with `before` and `after`; at most `limit` (1 to 1,000) behind `after`. */
  history(id: string, page: LogPage): Promise<readonly Change[]>;

  /** The provider records of these ids, in the same order. */
  records(ids: readonly string[]): Promise<readonly (ProviderRecord | undefined)[]>;

  /** The changes numbered `after + 1` and on, ascending, without gaps, with `before` and `after`. */
  changes(page: LogPage): Promise<readonly Change[]>;

  /** The number of the last change; 0 for an empty store. */
  version(): Promise<number>;

  /**
   * How far a shared cache has followed the changes: the tags of every change up to number `followed` have been
   * invalidated in it; 0 at first. `version` is the number of the last change, of the same moment; so
   * `followed + 1` to `version` are pending. Unlike other reads, never from a replica that may be behind.
   */
  followed(): Promise<{ readonly followed: number; readonly version: number }>;

  /**
   * Says that a shared cache has followed the changes up to `number`. A number smaller than before changes nothing.
   *
   * @param number 0 to the version.
   */
  markFollowed(number: number): Promise<void>;

  /** The receipts of these updates, in the same order; 1 to 1,000. */
  receipts(updateIds: readonly string[]): Promise<readonly (Receipt | undefined)[]>;

  /** The updates of a provider, newest receipt first, optionally of one key, or with one verdict `rejected`. */
  findReceipts(filter: ReceiptFilter): Promise<readonly (Receipt & { readonly sequence: number })[]>;

  /** The log with the bytes, in the order of receipt. */
  log(page: LogPage): Promise<readonly LoggedUpdate[]>;

  /** One update of the log. */
  logged(updateId: string): Promise<LoggedUpdate | undefined>;

  /**
   * Takes updates out of the quarantine: as `append`, for submissions that are logged as rejected and can now be
   * read. One that still can't stays, with its new reason. The changes are dated `nowMs`. Others are left alone (`duplicate`).
   */
  retry(
    batch: readonly Submission[],
    decide: Decide,
    options: { readonly nowMs: number },
  ): Promise<readonly Receipt[]>;

  /**
   * The states of all ids behind `after` (an id, or "" for the first), ascending by id; `limit` 1 to 1,000. An id that
   * was there once stays.
   *
   * @param page.notBefore the page shows this change, or a later one, which matters where a replica may be behind.
   * Not greater than a version that this repository has told; default 0.
   */
  allFilms(page: {
    readonly after: string;
    readonly limit: number;
    readonly notBefore?: number;
  }): Promise<readonly StoredFilm[]>;

  /**
   * Forgets everything but the log and the changes, and makes it again: folds every update of the log that is not in
   * the quarantine, in the order of receipt. Where the result differs from what the changes say was last published,
   * it adds a change. All or nothing; readers see the old state until the end.
   *
   * @param read makes the submission of a logged update again; `undefined` leaves it out.
   * @param onProgress is told the number of updates done.
   */
  rebuild(
    read: (update: LoggedUpdate) => Submission,
    decide: Decide,
    options: { readonly nowMs: number; readonly onProgress?: (updates: number) => void },
  ): Promise<RebuildReport>;

  /** Frees connections and files. */
  close(): Promise<void>;
}

export interface ReceiptFilter {
  readonly provider?: string;
  readonly key?: string;
  readonly verdict?: "rejected";
  /** Only receipts before this sequence. */
  readonly before?: number;
  /** 1 to 1,000. */
  readonly limit: number;
}
