/** The reference implementation of MovieRepository: everything in maps, nothing clever. */

import type { Change } from "../change.ts";
import {
  changeOfRebuild,
  finishedFilm,
  type LogEntry,
  latestReceipt,
  logEntryOf,
  numberDecision,
  receiptOf,
} from "../commit.ts";
import type { Decide, Decision } from "../decide.ts";
import { MovieStoreError } from "../errors.ts";
import type { Facts } from "../facts.ts";
import { identityKeys } from "../identity.ts";
import type { ValueQuery } from "../kept-values.ts";
import type { StoredFilm } from "../movie.ts";
import type {
  FilmPage,
  LogPage,
  Moment,
  MovieRepository,
  PeopleQuery,
  RebuildReport,
  ReceiptFilter,
} from "../movie-repository.ts";
import { compareText } from "../normalise.ts";
import { comparePositions, positionOf } from "../page-order.ts";
import type { ProviderRecord } from "../provider-record.ts";
import { type MovieQuery, matches } from "../query.ts";
import {
  isRejection,
  type LoggedUpdate,
  type Receipt,
  type Submission,
  type UpdateHeader,
} from "../update.ts";
import { loadWorkingSet } from "../working-set.ts";
import { peopleOf, valuesOf, wordsNearOf } from "./suggestions.ts";

interface LogLine {
  readonly sequence: number;
  readonly submission: Submission;
  readonly entry: LogEntry;
}

/** What can be made again from the log. */
class Derived {
  readonly records = new Map<string, ProviderRecord>();
  readonly films = new Map<string, StoredFilm>();
  readonly bearers = new Map<string, Set<string>>();
  readonly updates = new Map<string, UpdateHeader[]>();

  take({ records }: Pick<Decision, "records">, films: readonly { readonly after: StoredFilm }[]): void {
    for (const { before, after } of records) {
      for (const key of before === undefined ? [] : identityKeys(before))
        this.bearers.get(key)?.delete(after.id);
      for (const key of identityKeys(after)) {
        const bearers = this.bearers.get(key) ?? new Set();
        this.bearers.set(key, bearers.add(after.id));
      }
      this.records.set(after.id, after);
    }
    for (const { after } of films) this.films.set(after.state.id, after);
  }

  takeHeader(submission: Submission): void {
    if (isRejection(submission.outcome)) return;
    const { header } = submission.outcome;
    const updates = this.updates.get(header.recordId);
    if (updates === undefined) this.updates.set(header.recordId, [header]);
    else updates.push(header);
  }
}

export class MemoryMovieRepository implements MovieRepository {
  #derived = new Derived();
  readonly #log: LogLine[] = [];
  readonly #byUpdateId = new Map<string, LogLine>();
  readonly #changes: Change[] = [];
  #followed = 0;
  #closed = false;

  async append(
    batch: readonly Submission[],
    decide: Decide,
    options: { readonly dryRun?: boolean } = {},
  ): Promise<readonly Receipt[]> {
    this.#open();
    const isNew = firstOfEach(batch, (submission) => !this.#byUpdateId.has(submission.updateId));
    const fresh = batch.filter((_, at) => isNew[at]);
    const dryRun = options.dryRun === true ? this.#copy() : this;
    dryRun.#takeIn(fresh, decide, latestReceipt(fresh));
    return batch.map((submission, at) => {
      const receipt = dryRun.#receipt(submission.updateId) as Receipt;
      return isNew[at] ? receipt : { ...receipt, verdict: "duplicate" };
    });
  }

  async retry(
    batch: readonly Submission[],
    decide: Decide,
    options: { readonly nowMs: number },
  ): Promise<readonly Receipt[]> {
    this.#open();
    const isQuarantined = firstOfEach(batch, ({ updateId }) => {
      const line = this.#byUpdateId.get(updateId);
      if (line === undefined) throw new MovieStoreError("invalid-argument", `no update ${updateId} to retry`);
      return line.entry.rejection !== undefined;
    });
    const again = batch.filter((_, at) => isQuarantined[at]);
    this.#takeIn(again, decide, options.nowMs);
    return batch.map(({ updateId }, at) => {
      const receipt = this.#receipt(updateId) as Receipt;
      return isQuarantined[at] ? receipt : { ...receipt, verdict: "duplicate" };
    });
  }

  async find(query: MovieQuery): Promise<FilmPage> {
    this.#open();
    const found = [];
    for (const film of this.#derived.films.values()) {
      if (film.state.status !== "live" || !matches(query, film.state.content)) continue;
      const position = positionOf(query.sort, film.state.content, film.version);
      if (query.after !== undefined && comparePositions(query.sort, position, query.after) <= 0) continue;
      found.push({ film, position });
    }
    found.sort((a, b) => comparePositions(query.sort, a.position, b.position));
    return {
      films: found.slice(0, query.limit).map(({ film }) => film),
      more: found.length > query.limit,
      version: this.#changes.length,
    };
  }

  async values(query: ValueQuery) {
    this.#open();
    return { ...valuesOf(this.#derived.films.values(), query), version: this.#changes.length };
  }

  async people(query: PeopleQuery) {
    this.#open();
    return { people: peopleOf(this.#derived.films.values(), query), version: this.#changes.length };
  }

  async wordsNear(word: string) {
    this.#open();
    return { ...wordsNearOf(this.#derived.films.values(), word), version: this.#changes.length };
  }

  async films(ids: readonly string[]) {
    this.#open();
    return { films: ids.map((id) => this.#derived.films.get(id)), version: this.#changes.length };
  }

  async changeAt(id: string, moment: Moment): Promise<Change | undefined> {
    this.#open();
    const isPast = (change: Change) =>
      "number" in moment ? change.number <= moment.number : change.atMs <= moment.timeMs;
    const last = this.#changes.findLast((change) => change.movieId === id && isPast(change));
    return last === undefined ? undefined : { ...last, before: undefined };
  }

  async history(id: string, page: LogPage): Promise<readonly Change[]> {
    this.#open();
    return this.#changes
      .filter((change) => change.movieId === id && change.number > page.after)
      .slice(0, page.limit);
  }

  async records(ids: readonly string[]) {
    this.#open();
    return ids.map((id) => this.#derived.records.get(id));
  }

  async changes(page: LogPage): Promise<readonly Change[]> {
    this.#open();
    return this.#changes.slice(page.after, page.after + page.limit);
  }

  async version(): Promise<number> {
    this.#open();
    return this.#changes.length;
  }

  async followed() {
    this.#open();
    return { followed: this.#followed, version: this.#changes.length };
  }

  async markFollowed(number: number): Promise<void> {
    this.#open();
    this.#followed = Math.max(this.#followed, number);
  }

  async receipts(updateIds: readonly string[]) {
    this.#open();
    return updateIds.map((updateId) => this.#receipt(updateId));
  }

  async findReceipts(filter: ReceiptFilter) {
    this.#open();
    return this.#log
      .filter(
        ({ entry, sequence }) =>
          (filter.provider === undefined || entry.provider === filter.provider) &&
          (filter.key === undefined || entry.key === filter.key) &&
          (filter.verdict === undefined || entry.rejection !== undefined) &&
          (filter.before === undefined || sequence < filter.before),
      )
      .reverse()
      .slice(0, filter.limit)
      .map(({ entry, sequence }) => ({ ...(this.#receipt(entry.updateId) as Receipt), sequence }));
  }

  async log(page: LogPage): Promise<readonly LoggedUpdate[]> {
    this.#open();
    return this.#log.slice(page.after, page.after + page.limit).map(loggedUpdate);
  }

  async logged(updateId: string): Promise<LoggedUpdate | undefined> {
    this.#open();
    const line = this.#byUpdateId.get(updateId);
    return line === undefined ? undefined : loggedUpdate(line);
  }

  async allFilms(page: { readonly after: string; readonly limit: number }): Promise<readonly StoredFilm[]> {
    this.#open();
    return [...this.#derived.films.values()]
      .filter(({ state }) => compareText(state.id, page.after) > 0)
      .sort((a, b) => compareText(a.state.id, b.state.id))
      .slice(0, page.limit);
  }

  async rebuild(
    read: (update: LoggedUpdate) => Submission,
    decide: Decide,
    options: { readonly nowMs: number; readonly onProgress?: (updates: number) => void },
  ): Promise<RebuildReport> {
    this.#open();
    const derived = new Derived();
    let updates = 0;
    for (const line of this.#log) {
      if (line.entry.rejection !== undefined) continue;
      const submission = read(loggedUpdate(line));
      if (isRejection(submission.outcome)) continue;
      const decision = decide(loadWorkingSet([submission], this.#lookup(derived)), [submission]);
      derived.take(decision, numberDecision(decision, { number: 0, atMs: 0 }, 0).films);
      derived.takeHeader(submission);
      updates++;
      options.onProgress?.(updates);
    }
    const lastChanges = new Map(this.#changes.map((change) => [change.movieId, change]));
    const atMs = Math.max(options.nowMs, this.#changes.at(-1)?.atMs ?? 0);
    let changed = 0;
    for (const [id, { state }] of [...derived.films].sort(([a], [b]) => compareText(a, b))) {
      const last = lastChanges.get(id);
      const change = changeOfRebuild(last, state);
      if (change !== undefined) {
        changed++;
        this.#changes.push({ ...change, number: this.#changes.length + 1, atMs });
      }
      const published = change === undefined ? last : this.#changes.at(-1);
      derived.films.set(id, finishedFilm(state, published?.number ?? 0, published?.atMs ?? 0));
    }
    this.#derived = derived;
    return { updates, changed };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #takeIn(batch: readonly Submission[], decide: Decide, nowMs: number): void {
    const { changes, films, records } = decide(loadWorkingSet(batch, this.#lookup(this.#derived)), batch);
    const decision = { changes, films, records: [...records] };
    const last = this.#changes.at(-1) ?? { number: 0, atMs: 0 };
    const commit = numberDecision(decision, last, nowMs);
    for (const submission of batch) {
      const sequence = this.#byUpdateId.get(submission.updateId)?.sequence ?? this.#log.length + 1;
      const line = { sequence, submission, entry: logEntryOf(submission) };
      this.#log[sequence - 1] = line;
      this.#byUpdateId.set(submission.updateId, line);
      this.#derived.takeHeader(submission);
    }
    this.#derived.take(decision, commit.films);
    this.#changes.push(...commit.changes);
  }

  #lookup(derived: Derived) {
    return {
      record: (id: string) => derived.records.get(id),
      bearersOf: (key: string) => [...(derived.bearers.get(key) ?? [])],
      updatesOf: (recordId: string) => derived.updates.get(recordId) ?? [],
      factsOf: (updateId: string) => {
        const outcome = this.#byUpdateId.get(updateId)?.submission.outcome;
        if (outcome === undefined || isRejection(outcome))
          throw new MovieStoreError("corrupt", `no facts in ${updateId}`);
        return outcome.facts as Facts;
      },
      film: (id: string) => derived.films.get(id),
    };
  }

  #receipt(updateId: string): Receipt | undefined {
    const line = this.#byUpdateId.get(updateId);
    if (line === undefined) return undefined;
    const { entry } = line;
    const recordId = entry.reading?.recordId ?? "";
    const made = this.#changes.filter((change) => change.updateId === updateId);
    return receiptOf(
      entry,
      this.#derived.records.get(recordId),
      this.#derived.films.get(recordId)?.state,
      made,
    );
  }

  #copy(): MemoryMovieRepository {
    const copy = new MemoryMovieRepository();
    copy.#log.push(...this.#log);
    copy.#changes.push(...this.#changes);
    for (const [id, line] of this.#byUpdateId) copy.#byUpdateId.set(id, line);
    const { records, films, bearers, updates } = this.#derived;
    for (const [id, record] of records) copy.#derived.records.set(id, record);
    for (const [id, film] of films) copy.#derived.films.set(id, film);
    for (const [key, ids] of bearers) copy.#derived.bearers.set(key, new Set(ids));
    for (const [id, headers] of updates) copy.#derived.updates.set(id, [...headers]);
    return copy;
  }

  #open(): void {
    if (this.#closed) throw new MovieStoreError("closed", "the repository has been closed");
  }
}

function loggedUpdate({ sequence, submission, entry }: LogLine): LoggedUpdate {
  const { updateId, provider, receivedAtMs, object } = submission;
  const rejection = entry.rejection === undefined ? {} : { rejection: entry.rejection };
  return { sequence, updateId, provider, receivedAtMs, object, ...rejection };
}

/** For each submission: whether it is the first with its id and `wanted`. */
export function firstOfEach(
  batch: readonly Submission[],
  wanted: (submission: Submission) => boolean,
): readonly boolean[] {
  const seen = new Set<string>();
  return batch.map((submission) => {
    if (seen.has(submission.updateId)) return false;
    seen.add(submission.updateId);
    return wanted(submission);
  });
}
