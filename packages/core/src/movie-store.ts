/** The use cases of the store, over the ports. */

import { AnswerReader } from "./answer-reader.ts";
import type {
  FeedAnswer,
  FindAnswer,
  HistoryAnswer,
  MovieAnswer,
  SourcesAnswer,
  SuggestAnswer,
  TextAnswer,
  ValuesAnswer,
} from "./answers.ts";
import type { Cache } from "./cache.ts";
import { CachedAnswers, reached } from "./cached-answers.ts";
import { type Decide, decide } from "./decide.ts";
import { MovieStoreError } from "./errors.ts";
import { feedEntry, fieldSources, historyEntry, sourceEntry } from "./explain.ts";
import { exportPieces, moviesAsOf } from "./export.ts";
import type { FindParameters } from "./find-parameters.ts";
import type { Gunzip } from "./formats/recognise.ts";
import { type IngestFromOptions, type IngestSums, ingestFrom } from "./ingest-from.ts";
import type { ValueKind } from "./kept-values.ts";
import { MemoryCache } from "./memory/cache.ts";
import type { MergeRules } from "./merge.ts";
import { MOVIE_ID_PATTERN } from "./movie.ts";
import type { Moment, MovieRepository, RebuildReport, ReceiptFilter } from "./movie-repository.ts";
import { type PlannedQuery, planQuery } from "./query.ts";
import { sha256Hex } from "./sha256.ts";
import { readSubmission } from "./submission.ts";
import { planSuggest, type SuggestOptions } from "./suggest.ts";
import { tag } from "./terms.ts";
import type { LoggedUpdate, Receipt, ReceivedObject, Submission } from "./update.ts";
import type { UpdateSource } from "./update-source.ts";
import { planValues, type ValuePageOptions } from "./value-answers.ts";
import { type VerifyReport, verifyRepository } from "./verify.ts";

export interface MovieStoreOptions {
  /** The store does not close it, nor the cache: who made them does. */
  readonly repository: MovieRepository;
  /** Default: an in-process cache. `null` switches caching off. */
  readonly cache?: Cache | null;
  /** Default 300,000: five minutes. Bounds memory, not staleness: changed answers are dropped at once. */
  readonly cacheTtlMs?: number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** Providers whose word counts most, first to last. */
  readonly priority?: readonly string[];
  /** Default `providers/`. */
  readonly prefix?: string;
  /** Without it, compressed objects are rejected. */
  readonly gunzip?: Gunzip;
  /** A digest of an answer's text, for validators. Default: half a SHA-256. */
  readonly digest?: (text: string) => string;
  /**
   * Resolves when other work of the process has had its turn, such as `setImmediate` of Node's timers/promises. Called
   * while a large batch is read, which takes a tenth of a millisecond an object. Default: none gets a turn.
   */
  readonly nextTurn?: () => Promise<unknown>;
  /**
   * Runs a read that an answer has to wait for, once it is its turn, and gives what it gives; or throws instead, which
   * every caller who waits for that answer gets. Not asked for what the cache has, for the feed and exports, nor for
   * `version`. Default: each read runs at once.
   */
  readonly inTurn?: InTurn;
}

export type InTurn = <T>(read: () => Promise<T>) => Promise<T>;

/** A place in the feed of changes: behind change `after`, 0 for its beginning. */
export interface FeedPosition {
  readonly after?: number;
  /** The `at` of that change, ISO 8601. */
  readonly afterAt?: string;
}

/** At most so many updates are taken in by one transaction. */
export const MAX_BATCH = 5_000;
export const MAX_PAGE = 1_000;
/** Objects between two turns of the rest of the process: some 2 ms. */
const OBJECTS_A_TURN = 20;

/**
 * A film store.
 *
 * @example
 * ```ts
 * import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
 *
 * const store = new MovieStore({ repository: new MemoryMovieRepository() });
 * const receipt = await store.ingest({
 *   bucket: "films",
 *   key: "providers/acme/heat.json",
 *   eventTimeMs: Date.now(),
 *   bytes: new TextEncoder().encode('{"id":"1","title":"Heat","year":1995,"cast":["Al Pacino"]}'),
 * });
 * const { movies } = await store.find({ cast: ["al pacino"] });
 * console.log(receipt.verdict, movies[0]?.title); // accepted Heat
 * ```
 */
export class MovieStore {
  readonly #repository: MovieRepository;
  readonly #answers: CachedAnswers;
  readonly #reader: AnswerReader;
  readonly #clock: () => number;
  readonly #rules: MergeRules;
  readonly #read: (object: ReceivedObject, receivedAtMs: number) => Submission;
  readonly #decide: Decide;
  readonly #nextTurn: (() => Promise<unknown>) | undefined;
  readonly #inTurn: InTurn;
  readonly #writeListeners = new Set<() => void>();

  constructor(options: MovieStoreOptions) {
    this.#repository = options.repository;
    const cache = options.cache === null ? undefined : (options.cache ?? new MemoryCache());
    this.#answers = new CachedAnswers({
      repository: options.repository,
      cache,
      ttlMs: options.cacheTtlMs ?? 300_000,
    });
    const digest = options.digest ?? ((text) => sha256Hex(text).slice(0, 32));
    this.#reader = new AnswerReader(options.repository, digest);
    this.#clock = options.clock ?? Date.now;
    this.#rules = { priority: options.priority ?? [] };
    const readOptions = {
      ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
      ...(options.gunzip === undefined ? {} : { gunzip: options.gunzip }),
    };
    this.#read = (object, receivedAtMs) => readSubmission(object, receivedAtMs, readOptions);
    this.#decide = (stored, batch) => decide(stored, batch, this.#rules);
    this.#nextTurn = options.nextTurn;
    this.#inTurn = options.inTurn ?? ((read) => read());
  }

  // ---- taking in ----

  /**
   * Takes in one object. When this returns, the update is in the log for good and readers of this store see what it
   * changed; so do the readers of other stores on a shared cache, if that could be reached.
   */
  async ingest(object: ReceivedObject): Promise<Receipt> {
    return (await this.ingestMany([object]))[0] as Receipt;
  }

  /**
   * Takes in up to {@link MAX_BATCH} objects in one transaction: all of them are logged, or none and this throws.
   * A bad object is not a failure: its receipt says `rejected`, and its bytes are kept.
   *
   * @returns a receipt for each object, in the same order.
   */
  async ingestMany(objects: readonly ReceivedObject[]): Promise<readonly Receipt[]> {
    const receipts = await this.#append(objects, false);
    await this.#afterWrite();
    return receipts;
  }

  /** What `ingestMany` would do and say. Writes nothing. */
  async check(objects: readonly ReceivedObject[]): Promise<readonly Receipt[]> {
    return this.#append(objects, true);
  }

  async #append(objects: readonly ReceivedObject[], dryRun: boolean): Promise<readonly Receipt[]> {
    if (objects.length > MAX_BATCH) {
      throw new MovieStoreError("invalid-argument", `a batch has at most ${MAX_BATCH} objects`, {
        field: "objects",
      });
    }
    if (objects.length === 0) return [];
    const nowMs = this.#clock();
    const batch: Submission[] = [];
    for (const object of objects) {
      batch.push(this.#read(object, nowMs));
      if (batch.length % OBJECTS_A_TURN === 0) await this.#nextTurn?.();
    }
    return this.#repository.append(batch, this.#decide, { dryRun });
  }

  /**
   * Reads and takes in everything that a source lists below a prefix: the backfill of a new store, and the
   * reconciliation of an old one. A version that the log has already is not read again where its address has a
   * version id; where it has none, it is read, recognised, and changes nothing.
   *
   * @throws what the source or the repository throws; what was taken in before stays, and another call goes on there.
   */
  async ingestFrom(
    source: UpdateSource,
    prefix: string,
    options: IngestFromOptions = {},
  ): Promise<IngestSums> {
    return ingestFrom(this.#repository, (objects) => this.ingestMany(objects), source, prefix, options);
  }

  // ---- answering ----

  /** @throws MovieStoreError `invalid-query`, `field` names the parameter; `not-yet`, see `minVersion`. */
  async find(parameters: FindParameters): Promise<FindAnswer> {
    return JSON.parse((await this.findText(this.plan(parameters))).text) as FindAnswer;
  }

  /** A search that can be asked again and again; see {@link MovieStore.findText}. */
  plan(parameters: FindParameters): PlannedQuery {
    return planQuery(parameters);
  }

  /** As `find`, as finished text. */
  async findText(planned: PlannedQuery): Promise<TextAnswer> {
    const { cacheKey, tags, minVersion } = planned;
    return this.#answers.get(
      cacheKey,
      tags,
      () => this.#inTurn(() => this.#reader.page(planned)),
      minVersion,
    );
  }

  /** What `findText` would answer with, if this process has it at hand; `undefined`: ask `findText`. */
  findTextNear({ cacheKey, tags, minVersion }: PlannedQuery): TextAnswer | undefined {
    return this.#answers.getNear(cacheKey, tags, minVersion);
  }

  /**
   * The film under an id.
   *
   * @param options.minVersion the answer has to reflect this change; default 0: any will do.
   * @throws MovieStoreError `not-yet`: the store has not come to it.
   */
  async get(id: string, options: { readonly minVersion?: number } = {}): Promise<MovieAnswer> {
    return answerOf(await this.getText(id, options));
  }

  /** As `get`, as finished text. */
  async getText(id: string, { minVersion = 0 }: { readonly minVersion?: number } = {}): Promise<TextAnswer> {
    if (!MOVIE_ID_PATTERN.test(id))
      return { ...this.#reader.unknown(await this.reach(minVersion)), layer: "db" };
    const read = () => this.#inTurn(() => this.#reader.film(id));
    return this.#answers.get(`movie:${id}`, [tag.movie(id)], read, minVersion);
  }

  /** What `getText` would answer with, if this process has it at hand; `undefined`: ask `getText`. */
  getTextNear(id: string): TextAnswer | undefined {
    return this.#answers.getNear(`movie:${id}`, [tag.movie(id)]);
  }

  /** The film as it was at a moment. */
  async getAt(id: string, moment: Moment): Promise<MovieAnswer> {
    return answerOf(await this.getTextAt(id, moment));
  }

  async getTextAt(id: string, moment: Moment): Promise<TextAnswer> {
    return { ...(await this.#inTurn(() => this.#reader.filmAt(id, moment))), layer: "db" };
  }

  /**
   * The values of a kind with the number of films of each, ascending by their normalised names. Films without a year
   * are in no count of `year`.
   *
   * @throws MovieStoreError `invalid-query`; `field` names the option. `not-yet`: the store has not come to `minVersion`.
   */
  async values(kind: ValueKind, page: ValuePageOptions = {}): Promise<ValuesAnswer> {
    return JSON.parse((await this.valuesText(kind, page)).text) as ValuesAnswer;
  }

  /** As `values`, as finished text. */
  async valuesText(kind: ValueKind, page: ValuePageOptions = {}): Promise<TextAnswer> {
    const query = planValues(kind, page);
    const key = `values:${JSON.stringify(query)}`;
    const read = () => this.#inTurn(() => this.#reader.values(query));
    return this.#answers.get(key, [tag.all], read, page.minVersion);
  }

  /**
   * Films and people that a typed text may be the beginning of; see suggest.ts for which, and in which order.
   *
   * @param text up to 200 UTF-16 units.
   * @throws MovieStoreError `invalid-query`; `field` is `q` or `limit`. `not-yet`: the store has not come to `minVersion`.
   */
  async suggest(text: string, options: SuggestOptions = {}): Promise<SuggestAnswer> {
    return JSON.parse((await this.suggestText(text, options)).text) as SuggestAnswer;
  }

  /** As `suggest`, as finished text. */
  async suggestText(text: string, options: SuggestOptions = {}): Promise<TextAnswer> {
    const query = planSuggest(text, options.limit);
    const key = `suggest:${JSON.stringify(query)}`;
    const read = () => this.#inTurn(() => this.#reader.suggestions(query));
    return this.#answers.get(key, [tag.all], read, options.minVersion);
  }

  // ---- explaining ----

  /**
   * Every change of an id, oldest first.
   *
   * @param page.limit 1 to {@link MAX_PAGE}; default 100.
   * @returns `undefined` for an id that was never given out.
   */
  async history(
    id: string,
    page: { readonly after?: number; readonly limit?: number } = {},
  ): Promise<HistoryAnswer | undefined> {
    const limit = pageLimit(page.limit);
    return this.#inTurn(async () => {
      const version = await this.#repository.version();
      const changes = await this.#repository.history(id, { after: page.after ?? 0, limit });
      if (changes.length === 0 && (await this.#repository.films([id])).films[0] === undefined)
        return undefined;
      const next = changes.length < limit ? null : (changes.at(-1)?.number ?? null);
      return { id, history: changes.map(historyEntry), next, version };
    });
  }

  /** What each provider says of a film, and who won; or where the id leads; `undefined` if it was never given out. */
  async sources(id: string): Promise<SourcesAnswer | { readonly into: string } | undefined> {
    return this.#inTurn(() => this.#sourcesOf(id));
  }

  async #sourcesOf(id: string): Promise<SourcesAnswer | { readonly into: string } | undefined> {
    const { films, version } = await this.#repository.films([id]);
    const state = films[0]?.state;
    if (state === undefined) return undefined;
    if (state.status === "merged") return { into: state.into };
    const records = (await this.#repository.records(state.records)).filter((record) => record !== undefined);
    return { id, sources: records.map(sourceEntry), fields: fieldSources(id, records, this.#rules), version };
  }

  /**
   * The numbered feed.
   *
   * @param page.afterAt the `at` of change `after`, as the feed gave it: whoever names it is told when numbers were
   * given again, to other changes, because the store has lost its last ones.
   * @param page.limit 1 to {@link MAX_PAGE}; default 100.
   * @throws MovieStoreError `history-changed`: change `after` is not, or no longer, the one of that time.
   */
  async changes(page: FeedPosition & { readonly limit?: number } = {}): Promise<FeedAnswer> {
    const after = page.after ?? 0;
    await this.#confirm(page);
    const changes = await this.#repository.changes({ after, limit: pageLimit(page.limit) });
    const next = changes.at(-1)?.number ?? after;
    return {
      changes: changes.map(feedEntry),
      next,
      version: Math.max(changes.at(-1)?.number ?? 0, await this.#repository.version()),
    };
  }

  async #confirm({ after = 0, afterAt }: FeedPosition): Promise<void> {
    if (afterAt === undefined) return;
    if (after === 0) {
      throw new MovieStoreError("invalid-query", "afterAt is the time of change after", { field: "afterAt" });
    }
    const [change] = await this.#repository.changes({ after: after - 1, limit: 1 });
    if (change?.number === after && change.atMs === Date.parse(afterAt)) return;
    const found =
      change === undefined ? "is not there" : `was made at ${new Date(change.atMs).toISOString()}`;
    const message = `change ${after} ${found}: the store has lost changes that were given out, begin with an export`;
    throw new MovieStoreError("history-changed", message, { field: "afterAt" });
  }

  async receipt(updateId: string): Promise<Receipt | undefined> {
    return (await this.#inTurn(() => this.#repository.receipts([updateId])))[0];
  }

  /**
   * One receipt for each update among these, and for the second delivery of an object, which `ingest` calls a
   * duplicate, what the store has of the first: what to tell its provider.
   */
  async settledReceipts(receipts: readonly Receipt[]): Promise<readonly Receipt[]> {
    const settled = new Map<string, Receipt>();
    for (const receipt of receipts) {
      const { updateId, verdict } = receipt;
      if (verdict !== "duplicate" || !settled.has(updateId)) settled.set(updateId, receipt);
    }
    const unsettled = [...settled.values()].filter(({ verdict }) => verdict === "duplicate");
    for (let at = 0; at < unsettled.length; at += MAX_PAGE) {
      const ids = unsettled.slice(at, at + MAX_PAGE).map(({ updateId }) => updateId);
      for (const stored of await this.#repository.receipts(ids)) {
        if (stored !== undefined) settled.set(stored.updateId, stored);
      }
    }
    return [...settled.values()];
  }

  /** Newest first. */
  async receipts(filter: ReceiptFilter): Promise<readonly (Receipt & { readonly sequence: number })[]> {
    pageLimit(filter.limit);
    return this.#inTurn(() => this.#repository.findReceipts(filter));
  }

  /** An update with its bytes. */
  async logged(updateId: string): Promise<LoggedUpdate | undefined> {
    return this.#repository.logged(updateId);
  }

  /** The number of the last change. */
  async version(): Promise<number> {
    return this.#repository.version();
  }

  /**
   * The number of the last change, if the store has come to `minVersion`.
   *
   * @throws MovieStoreError `not-yet`.
   */
  async reach(minVersion: number): Promise<number> {
    return reached(minVersion, await this.version());
  }

  // ---- keeping ----

  /** Reads updates of the quarantine again, and takes in what can be read now. Unknown ids are left out. */
  async retry(updateIds: readonly string[]): Promise<readonly Receipt[]> {
    const logged = await Promise.all(updateIds.map((updateId) => this.#repository.logged(updateId)));
    const batch = logged.filter((update) => update !== undefined).map((update) => this.#readAgain(update));
    if (batch.length === 0) return [];
    const receipts = await this.#repository.retry(batch, this.#decide, { nowMs: this.#clock() });
    await this.#afterWrite();
    return receipts;
  }

  async rebuild(onProgress?: (updates: number) => void): Promise<RebuildReport> {
    const report = await this.#repository.rebuild((update) => this.#readAgain(update), this.#decide, {
      nowMs: this.#clock(),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    await this.#afterWrite();
    return report;
  }

  /** @param scratch an empty repository of any kind. */
  async verify(scratch: MovieRepository, onProgress?: (updates: number) => void): Promise<VerifyReport> {
    return verifyRepository(
      this.#repository,
      scratch,
      (update) => this.#readAgain(update),
      this.#decide,
      onProgress,
    );
  }

  /**
   * Every film as it was after one change, as finished JSON, in the order of their ids, though writers go on.
   *
   * @param version the number of the change; default: the last one.
   * @throws MovieStoreError `not-yet`: the store has not come to it.
   */
  async *exportMovies(version?: number): AsyncGenerator<string> {
    const last = await this.reach(version ?? 0);
    yield* moviesAsOf(this.#repository, version ?? last);
  }

  /** As `exportMovies`, as NDJSON in pieces of some 64 K characters; its first line is `{"version":N}`. */
  exportText(version: number): AsyncGenerator<string> {
    return exportPieces(this.exportMovies(version), version);
  }

  /**
   * Drops from the cache what other processes have changed. Call it every 200 ms or so where there are others.
   *
   * With a cache that processes share, each of them drops what it changes itself; then this drops what one of them has
   * left undone since the last call or earlier, because it died or could not reach the cache.
   *
   * @throws MovieStoreError `unavailable`; the next call begins where this one did.
   */
  async catchUp(): Promise<void> {
    await this.#answers.catchUp();
  }

  /**
   * Takes every answer out of a cache that processes share, and out of those in front of it. For when the repository is
   * another one than the answers were read from: a backup was put back, or a replica has become the primary.
   *
   * @throws MovieStoreError `unavailable`: the cache can't be reached.
   */
  async emptySharedCache(): Promise<void> {
    await this.#answers.emptySharedCache();
  }

  /**
   * Tells of every write of this store, once its own readers can see it. What other processes write is not told.
   *
   * @param listener must not throw.
   * @returns ends it.
   */
  onWrite(listener: () => void): () => void {
    this.#writeListeners.add(listener);
    return () => this.#writeListeners.delete(listener);
  }

  async #afterWrite(): Promise<void> {
    try {
      await this.#answers.afterWrite();
    } finally {
      // Committed it is, even where the cache could not be told.
      for (const listener of this.#writeListeners) listener();
    }
  }

  /** With the time at which it was received first, so that it is read as it was then. */
  #readAgain(update: LoggedUpdate): Submission {
    return this.#read(update.object, update.receivedAtMs);
  }
}

function pageLimit(limit = 100): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit;
  throw new MovieStoreError("invalid-argument", `limit is not from 1 to ${MAX_PAGE}`, { field: "limit" });
}

function answerOf(answer: TextAnswer): MovieAnswer {
  const { status, version } = answer;
  switch (status) {
    case "live":
      return { status, version, movie: JSON.parse(answer.text) };
    case "merged":
      return { status, version, into: answer.into ?? "" };
    default:
      return { status, version };
  }
}
