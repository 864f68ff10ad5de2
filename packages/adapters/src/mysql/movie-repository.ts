/** MovieRepository on MySQL 8.4 and later, or MariaDB 10.11 and later. */

import {
  type Decide,
  type FilmPage,
  type LoggedUpdate,
  type LogPage,
  type Moment,
  type MovieQuery,
  type MovieRepository,
  MovieStoreError,
  type PeopleQuery,
  type RebuildReport,
  type Receipt,
  type ReceiptFilter,
  type Submission,
  type ValueQuery,
} from "@movie-store/core";
import { changeAt, changesPage, historyPage } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { filmsAfter, filmsAndVersion } from "./films.ts";
import { FilmSearch } from "./find.ts";
import { type MySqlOptions, type Settings, settingsOf } from "./options.ts";
import { ConnectionPool, type PoolUsage } from "./pool.ts";
import { PostingWriter } from "./postings.ts";
import { rebuildStore } from "./rebuild.ts";
import { receiptsOfRows, storedReceipts } from "./receipts.ts";
import { recordsOfIds } from "./records.ts";
import { SESSION } from "./session.ts";
import { followedAndVersion, moveFollowed, readStore, type StoreRow, storeVersion } from "./store-row.ts";
import { peopleBeginning, wordsNear } from "./suggestions.ts";
import { append, foretell, retry } from "./take-in.ts";
import { loggedUpdates, logPage, rowsByFilter } from "./update-log.ts";
import { valuePage } from "./values.ts";
import { Writer, type Written } from "./writer.ts";

export class MySqlMovieRepository implements MovieRepository {
  readonly #settings: Settings;
  readonly #readers: ConnectionPool;
  readonly #replica: ConnectionPool | undefined;
  readonly #writers: ConnectionPool;
  readonly #writer: Writer;
  readonly #postings: PostingWriter;
  readonly #search: FilmSearch;
  #rebuilding: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(settings: Settings) {
    const readers = (url: string) =>
      new ConnectionPool({
        url,
        connections: settings.connections,
        queue: settings.queue,
        acquireDeadlineMs: settings.readDeadlineMs,
        statementDeadlineMs: settings.readDeadlineMs,
        setup: [SESSION.reading(settings)],
      });
    this.#settings = settings;
    this.#postings = new PostingWriter(undefined, settings);
    this.#readers = readers(settings.url);
    this.#replica = settings.readUrl === undefined ? undefined : readers(settings.readUrl);
    // Writers of one process take turns here; those of others wait for the row of the store.
    this.#writers = new ConnectionPool({
      url: settings.url,
      connections: 1,
      queue: settings.queue,
      acquireDeadlineMs: settings.lockDeadlineMs,
      statementDeadlineMs: settings.writeDeadlineMs,
      setup: [SESSION.writing(settings)],
    });
    this.#writer = new Writer(this.#writers, settings.lockDeadlineMs);
    this.#search = new FilmSearch(this.#readers);
  }

  /**
   * Connects when it is first used. The tables have to be there: see `migrateMySql`.
   *
   * @throws MovieStoreError `invalid-argument` for a URL that is wrong.
   */
  static open(options: MySqlOptions): MySqlMovieRepository {
    return new MySqlMovieRepository(settingsOf(options));
  }

  /** How much of its connections is in use: of those for reads, for writes, and to the replica if there is one. */
  get pools(): Readonly<Record<"read" | "write", PoolUsage> & Partial<Record<"replica", PoolUsage>>> {
    const [read, write, replica] = [this.#readers.usage, this.#writers.usage, this.#replica?.usage];
    return { read, write, ...(replica === undefined ? {} : { replica }) };
  }

  // ---- writing ----

  /**
   * When the reply to a COMMIT gets lost, the next attempt finds out whether the log has the batch, and this answers
   * as if nothing had happened. Only if every attempt fails does it throw `unavailable`, and then the batch may be in
   * the log all the same: the same call again is safe, and calls what is there a `duplicate`.
   */
  async append(
    batch: readonly Submission[],
    decide: Decide,
    options: { readonly dryRun?: boolean } = {},
  ): Promise<readonly Receipt[]> {
    if (options.dryRun === true) {
      return this.#snapshot(async (connection) =>
        foretell(connection, await readStore(connection), batch, decide),
      );
    }
    return this.#write((connection, store) => append(connection, store, this.#postings, batch, decide));
  }

  async retry(
    batch: readonly Submission[],
    decide: Decide,
    options: { readonly nowMs: number },
  ): Promise<readonly Receipt[]> {
    return this.#write((connection, store) =>
      retry(connection, store, this.#postings, batch, decide, options.nowMs),
    );
  }

  async rebuild(
    read: (update: LoggedUpdate) => Submission,
    decide: Decide,
    options: { readonly nowMs: number; readonly onProgress?: (updates: number) => void },
  ): Promise<RebuildReport> {
    this.#open();
    const rebuilding = rebuildStore(this.#settings, read, decide, options);
    this.#rebuilding = Promise.allSettled([this.#rebuilding, rebuilding]);
    return rebuilding;
  }

  async markFollowed(number: number): Promise<void> {
    await this.#read((connection) => moveFollowed(connection, number));
  }

  async #write<T>(work: (connection: Connection, store: StoreRow) => Promise<Written<T>>): Promise<T> {
    this.#open();
    return this.#writer.write(work);
  }

  // ---- reading ----

  async find(query: MovieQuery): Promise<FilmPage> {
    this.#open();
    return this.#search.find(query);
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
    return this.#read((connection) => filmsAndVersion(connection, ids));
  }

  async changeAt(id: string, moment: Moment) {
    return this.#read((connection) => changeAt(connection, id, moment));
  }

  async history(id: string, page: LogPage) {
    return this.#read((connection) => historyPage(connection, id, page));
  }

  async records(ids: readonly string[]) {
    const found = await this.#read((connection) => recordsOfIds(connection, ids));
    return ids.map((id) => found.get(id));
  }

  async changes(page: LogPage) {
    return this.#read((connection) => changesPage(connection, page));
  }

  async followed() {
    return this.#read(followedAndVersion);
  }

  async version() {
    return this.#read(storeVersion);
  }

  async receipts(updateIds: readonly string[]) {
    return this.#snapshot((connection) => storedReceipts(connection, updateIds));
  }

  async findReceipts(filter: ReceiptFilter) {
    return this.#snapshot(async (connection) => {
      const rows = await rowsByFilter(connection, filter);
      const receipts = await receiptsOfRows(connection, rows);
      return receipts.map((receipt, at) => ({ ...receipt, sequence: rows[at]?.["sequence"] as number }));
    });
  }

  async log(page: LogPage) {
    this.#open();
    return (this.#replica ?? this.#readers).read((connection) => logPage(connection, page));
  }

  async logged(updateId: string) {
    return (await this.#read((connection) => loggedUpdates(connection, [updateId])))[0];
  }

  async allFilms({ after, limit, notBefore = 0 }: Parameters<MovieRepository["allFilms"]>[0]) {
    this.#open();
    const read = (connection: Connection) => filmsAfter(connection, after, limit);
    const page = await this.#replica?.read(async (connection) => {
      const isBehind = notBefore > 0 && (await storeVersion(connection)) < notBefore;
      return isBehind ? undefined : read(connection);
    });
    return page ?? this.#readers.read(read);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#rebuilding;
    await Promise.all([this.#readers.close(), this.#replica?.close(), this.#writers.close()]);
  }

  async #read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    this.#open();
    return this.#readers.read(work);
  }

  async #snapshot<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    this.#open();
    return this.#readers.snapshot(work);
  }

  #open(): void {
    if (this.#closed) throw new MovieStoreError("closed", "the repository has been closed");
  }
}
