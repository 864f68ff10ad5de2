/** MovieRepository on a SQLite file: one process writes at a time, any number read. */

import {
  type Decide,
  type FilmPage,
  firstOfEach,
  type LogEntry,
  type LoggedUpdate,
  type LogPage,
  latestReceipt,
  loadWorkingSet,
  logEntryOf,
  type Moment,
  type MovieQuery,
  type MovieRepository,
  MovieStoreError,
  numberDecision,
  type PeopleQuery,
  type ProviderRecord,
  type RebuildReport,
  type Receipt,
  type ReceiptFilter,
  receiptOf,
  type StoredFilm,
  type Submission,
  type ValueQuery,
} from "@movie-store/core";
import {
  changeAt,
  changesOfUpdate,
  changesPage,
  followedChange,
  historyPage,
  insertChange,
  lastChange,
  markFollowed,
} from "./changes.ts";
import { Connection, type Row } from "./connection.ts";
import { mapError } from "./errors.ts";
import { filmOfId, filmsAfter, recordOfId, writeFilm, writeRecord } from "./films.ts";
import { findFilms } from "./find.ts";
import { PostingWriter } from "./postings.ts";
import { rebuildDerived } from "./rebuild.ts";
import { migrate } from "./schema.ts";
import { SuggestionWriter } from "./suggestion-rows.ts";
import { peopleBeginning, wordsNear } from "./suggestions.ts";
import {
  entryOf,
  insertUpdate,
  loggedUpdateOf,
  logPage,
  rowOfUpdate,
  rowsByFilter,
  sequenceOf,
  updateOutcome,
} from "./update-log.ts";
import { valuePage } from "./values.ts";
import { workingSetLookup } from "./working-set.ts";

export interface SqliteMovieRepositoryOptions {
  /** The database file; made if it is not there. Beside it SQLite keeps `-wal` and `-shm`. */
  readonly path: string;
  /** Memory for pages, for each of the two connections, in KiB; default 32,768. */
  readonly cacheKib?: number;
  /**
   * Default `true`: a commit, and so an update that has a receipt, survives a power failure. `false` is for stores
   * that are thrown away: it is several times faster at small batches.
   */
  readonly durable?: boolean;
}

const DEFAULT_CACHE_KIB = 32_768;

export class SqliteMovieRepository implements MovieRepository {
  readonly #reader: Connection;
  readonly #writer: Connection;
  readonly #postings: PostingWriter;
  readonly #suggestions: SuggestionWriter;
  /** Writers of this process take turns; those of other processes wait for SQLite's lock. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(reader: Connection, writer: Connection) {
    this.#reader = reader;
    this.#writer = writer;
    this.#postings = new PostingWriter(writer);
    this.#suggestions = new SuggestionWriter(writer);
  }

  /** @throws MovieStoreError `unavailable` or `corrupt`. */
  static open(options: SqliteMovieRepositoryOptions): SqliteMovieRepository {
    const settings = { cacheKib: options.cacheKib ?? DEFAULT_CACHE_KIB, durable: options.durable ?? true };
    const writer = new Connection(options.path, settings);
    try {
      writer.guarded(() => migrate(writer));
      return new SqliteMovieRepository(new Connection(options.path, settings), writer);
    } catch (error) {
      writer.close();
      throw error;
    }
  }

  // ---- writing ----

  async append(
    batch: readonly Submission[],
    decide: Decide,
    options: { readonly dryRun?: boolean } = {},
  ): Promise<readonly Receipt[]> {
    return this.#write((connection) => {
      const isNew = firstOfEach(batch, ({ updateId }) => sequenceOf(connection, updateId) === undefined);
      const fresh = batch.filter((_, at) => isNew[at]);
      const receipts = this.#takeIn(fresh, decide, insertUpdate, latestReceipt(fresh));
      return receiptsFor(connection, batch, isNew, receipts);
    }, options.dryRun === true);
  }

  async retry(
    batch: readonly Submission[],
    decide: Decide,
    options: { readonly nowMs: number },
  ): Promise<readonly Receipt[]> {
    return this.#write((connection) => {
      const isQuarantined = firstOfEach(batch, ({ updateId }) => {
        const row = rowOfUpdate(connection, updateId);
        if (row === undefined)
          throw new MovieStoreError("invalid-argument", `no update ${updateId} to retry`);
        return row["rejection"] !== null;
      });
      const again = batch.filter((_, at) => isQuarantined[at]);
      const receipts = this.#takeIn(again, decide, updateOutcome, options.nowMs);
      return receiptsFor(connection, batch, isQuarantined, receipts);
    });
  }

  async rebuild(
    read: (update: LoggedUpdate) => Submission,
    decide: Decide,
    options: { readonly nowMs: number; readonly onProgress?: (updates: number) => void },
  ): Promise<RebuildReport> {
    return this.#write((connection) => rebuildDerived(connection, this.#postings, read, decide, options));
  }

  async markFollowed(number: number): Promise<void> {
    await this.#write((connection) => markFollowed(connection, number));
  }

  /** Logs, decides, writes; within the transaction of the caller. */
  #takeIn(
    batch: readonly Submission[],
    decide: Decide,
    log: (connection: Connection, submission: Submission) => void,
    nowMs: number,
  ): readonly Receipt[] {
    const connection = this.#writer;
    const stored = loadWorkingSet(batch, workingSetLookup(connection));
    const decision = decide(stored, batch);
    const commit = numberDecision(decision, lastChange(connection), nowMs);
    for (const submission of batch) log(connection, submission);
    for (const change of decision.records) writeRecord(connection, change);
    for (const { before, after } of commit.films) writeFilm(connection, before, after);
    for (const change of commit.changes) insertChange(connection, change);
    this.#suggestions.write(this.#postings.write(commit.films));

    const records = new Map<string, ProviderRecord>(stored.records);
    for (const { after } of decision.records) records.set(after.id, after);
    const films = new Map<string, StoredFilm>(stored.films);
    for (const { after } of commit.films) films.set(after.state.id, after);
    return decision.outcomes.map(({ submission, changes }) => {
      const entry: LogEntry = logEntryOf(submission);
      const recordId = entry.reading?.recordId ?? "";
      const made = changes.map((at) => commit.changes[at]).filter((change) => change !== undefined);
      return receiptOf(entry, records.get(recordId), films.get(recordId)?.state, made);
    });
  }

  async #write<T>(work: (connection: Connection) => T | Promise<T>, dryRun = false): Promise<T> {
    const turn = this.#turn.then(async () => {
      this.#open();
      await this.#writer.begin();
      try {
        const result = await work(this.#writer);
        if (dryRun) throw new DryRun(result);
        this.#writer.commit();
        return result;
      } catch (error) {
        this.#writer.rollback();
        this.#postings.forgetTerms();
        this.#suggestions.forgetStarts();
        if (error instanceof DryRun) return error.result as T;
        throw mapError(error);
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  // ---- reading ----

  async find(query: MovieQuery): Promise<FilmPage> {
    return this.#read((connection) => findFilms(connection, query));
  }

  async values(query: ValueQuery) {
    return this.#read((connection) => valuePage(connection, query));
  }

  async people(query: PeopleQuery) {
    return this.#read((connection) => peopleBeginning(connection, query));
  }

  async wordsNear(word: string) {
    return this.#read((connection) => wordsNear(connection, word));
  }

  async films(ids: readonly string[]) {
    return this.#read((connection) => ({
      films: ids.map((id) => filmOfId(connection, id)),
      version: lastChange(connection).number,
    }));
  }

  async changeAt(id: string, moment: Moment) {
    return this.#read((connection) => changeAt(connection, id, moment));
  }

  async history(id: string, page: LogPage) {
    return this.#read((connection) => historyPage(connection, id, page));
  }

  async records(ids: readonly string[]) {
    return this.#read((connection) => ids.map((id) => recordOfId(connection, id)));
  }

  async changes(page: LogPage) {
    return this.#read((connection) => changesPage(connection, page));
  }

  async version() {
    return this.#read((connection) => lastChange(connection).number);
  }

  async followed() {
    return this.#read((connection) => ({
      followed: followedChange(connection),
      version: lastChange(connection).number,
    }));
  }

  async receipts(updateIds: readonly string[]) {
    return this.#read((connection) => updateIds.map((updateId) => storedReceipt(connection, updateId)));
  }

  async findReceipts(filter: ReceiptFilter) {
    return this.#read((connection) =>
      rowsByFilter(connection, filter).map((row) => ({
        ...receiptOfRow(connection, row),
        sequence: row["sequence"] as number,
      })),
    );
  }

  async log(page: LogPage) {
    return this.#read((connection) => logPage(connection, page));
  }

  async logged(updateId: string) {
    return this.#read((connection) => loggedUpdateOf(connection, updateId));
  }

  async allFilms(page: { readonly after: string; readonly limit: number }) {
    return this.#read((connection) => filmsAfter(connection, page.after, page.limit));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#turn;
    this.#reader.close();
    this.#writer.close();
  }

  async #read<T>(work: (connection: Connection) => T): Promise<T> {
    this.#open();
    return this.#reader.snapshot(() => work(this.#reader));
  }

  #open(): void {
    if (this.#closed) throw new MovieStoreError("closed", "the repository has been closed");
  }
}

/** Carries the result of a dry run past the commit. */
class DryRun {
  readonly result: unknown;

  constructor(result: unknown) {
    this.result = result;
  }
}

/** Those of the updates that were taken in now, and the stored ones of the others. */
function receiptsFor(
  connection: Connection,
  batch: readonly Submission[],
  taken: readonly boolean[],
  receipts: readonly Receipt[],
): readonly Receipt[] {
  const rest = receipts.values();
  return batch.map(({ updateId }, at) => {
    if (taken[at] === true) return rest.next().value as Receipt;
    return { ...(storedReceipt(connection, updateId) as Receipt), verdict: "duplicate" };
  });
}

function storedReceipt(connection: Connection, updateId: string): Receipt | undefined {
  const row = rowOfUpdate(connection, updateId);
  return row === undefined ? undefined : receiptOfRow(connection, row);
}

function receiptOfRow(connection: Connection, row: Row): Receipt {
  const entry = entryOf(row);
  const recordId = entry.reading?.recordId ?? "";
  const record = recordOfId(connection, recordId);
  return receiptOf(
    entry,
    record,
    filmOfId(connection, recordId)?.state,
    changesOfUpdate(connection, entry.updateId),
  );
}
