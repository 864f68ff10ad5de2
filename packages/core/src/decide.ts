/**
 * The decision at the heart of the store: given what is stored and connected with a batch of updates, what has to be
 * written? Pure, so every repository shares it. It folds the updates one by one, so a batch makes the same changes
 * with the same numbers as its updates alone.
 */

import { changeBetween, type DecidedChange, sameState } from "./change.ts";
import type { Facts } from "./facts.ts";
import { groupRecords, identityKeys } from "./identity.ts";
import { type MergeRules, mergeRecords } from "./merge.ts";
import type { FilmState, StoredFilm } from "./movie.ts";
import { newestStatement, type ProviderRecord, recordOf } from "./provider-record.ts";
import {
  type AcceptedReading,
  isRejection,
  type Submission,
  type UpdateHeader,
  type Verdict,
} from "./update.ts";

/** What a repository loads for a batch. */
export interface WorkingSet {
  /** Every record of the batch, and every record that is connected with one of them or will be, by id. */
  readonly records: ReadonlyMap<string, ProviderRecord>;
  /** The accepted updates that the log already has of each record of the batch, by record id. */
  readonly updates: ReadonlyMap<string, readonly UpdateHeader[]>;
  /** The facts of the updates that {@link statementsToRead} asks for, by update id. */
  readonly facts: ReadonlyMap<string, Facts>;
  /** What is stored under the id of each of the `records`. */
  readonly films: ReadonlyMap<string, StoredFilm>;
}

/** What a repository has to write, all of it or nothing. */
export interface Decision {
  readonly records: readonly RecordChange[];
  readonly films: readonly FilmChange[];
  /** In the order in which they are to be numbered. */
  readonly changes: readonly DecidedChange[];
  /** One for each submission, in the same order. */
  readonly outcomes: readonly Outcome[];
}

export interface RecordChange {
  readonly before: ProviderRecord | undefined;
  readonly after: ProviderRecord;
}

export interface FilmChange {
  readonly before: StoredFilm | undefined;
  readonly after: FilmState;
}

export interface Outcome {
  readonly submission: Submission;
  readonly verdict: Verdict;
  /** Places in {@link Decision.changes}. */
  readonly changes: readonly number[];
}

export type Decide = (stored: WorkingSet, batch: readonly Submission[]) => Decision;

/**
 * The updates whose facts a decision may need although they are neither in the batch nor what a record holds now:
 * those that come back when a later version of their successor's key turns out older.
 */
export function statementsToRead(
  stored: Pick<WorkingSet, "records" | "updates">,
  batch: readonly Submission[],
): readonly string[] {
  const needed = new Set<string>();
  const known = new Set(stored.records.values().map((record) => record.statedBy));
  const updates = new Map(stored.updates);
  for (const { outcome } of batch) {
    if (isRejection(outcome)) continue;
    known.add(outcome.header.updateId);
    const { recordId } = outcome.header;
    const all = [...(updates.get(recordId) ?? []), outcome.header];
    updates.set(recordId, all);
    const statement = newestStatement(all);
    if (statement !== undefined && !known.has(statement.updateId)) needed.add(statement.updateId);
  }
  return [...needed];
}

export function decide(stored: WorkingSet, batch: readonly Submission[], rules: MergeRules): Decision {
  const fold = new Fold(stored, rules);
  const made = batch.map((submission) =>
    isRejection(submission.outcome) ? [] : fold.take(submission, submission.outcome),
  );
  const outcomes = batch.map((submission, at) => ({
    submission,
    verdict: fold.verdictOf(submission),
    changes: made[at] as readonly number[],
  }));
  return { ...fold.result(), outcomes };
}

class Fold {
  readonly #stored: WorkingSet;
  readonly #rules: MergeRules;
  readonly #records: Map<string, ProviderRecord>;
  readonly #films: Map<string, FilmState>;
  readonly #updates: Map<string, readonly UpdateHeader[]>;
  readonly #facts: Map<string, Facts>;
  /** Record ids by identity key. */
  readonly #bearers = new Map<string, Set<string>>();
  readonly #changes: DecidedChange[] = [];

  constructor(stored: WorkingSet, rules: MergeRules) {
    this.#stored = stored;
    this.#rules = rules;
    this.#records = new Map(stored.records);
    this.#films = new Map(stored.films.entries().map(([id, film]) => [id, film.state]));
    this.#updates = new Map(stored.updates);
    this.#facts = new Map(stored.facts);
    for (const record of stored.records.values()) {
      if (record.facts !== undefined && record.statedBy !== undefined)
        this.#facts.set(record.statedBy, record.facts);
      this.#index(record);
    }
  }

  /** @returns the places of the changes it made. */
  take(submission: Submission, reading: AcceptedReading): readonly number[] {
    const { header, facts, sourceId } = reading;
    if (facts !== undefined) this.#facts.set(header.updateId, facts);
    const updates = [...(this.#updates.get(header.recordId) ?? []), header];
    this.#updates.set(header.recordId, updates);
    const before = this.#records.get(header.recordId);
    const identity = { id: header.recordId, provider: submission.provider, sourceId };
    const after = recordOf(identity, updates, (updateId) => this.#facts.get(updateId) as Facts);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(after)) return [];

    const touched = before === undefined ? [] : this.#connected(before);
    if (before !== undefined) this.#unindex(before);
    this.#records.set(after.id, after);
    this.#index(after);
    const component = new Map(
      [...touched, ...this.#connected(after)].map((id) => [id, this.#records.get(id)]),
    );
    return this.#regroup([...component.values()] as ProviderRecord[], submission);
  }

  verdictOf({ updateId, contentHash, outcome }: Submission): Verdict {
    if (isRejection(outcome)) return "rejected";
    const record = this.#records.get(outcome.header.recordId) as ProviderRecord;
    return verdictAgainst(record, updateId, contentHash, outcome.header.timeMs);
  }

  result(): Omit<Decision, "outcomes"> {
    const records = [...this.#records.values()]
      .map((after) => ({ before: this.#stored.records.get(after.id), after }))
      .filter(({ before, after }) => before !== after);
    const films = [...this.#films.values()]
      .map((after) => ({ before: this.#stored.films.get(after.id), after }))
      .filter(({ before, after }) => before?.state !== after);
    return { records, films, changes: this.#changes };
  }

  #regroup(component: readonly ProviderRecord[], submission: Submission): readonly number[] {
    const states = groupRecords(component).flatMap((group) => {
      const records = [...group.live, ...group.withdrawn];
      const ids = records.map((record) => record.id).sort();
      const film: FilmState =
        group.live.length === 0
          ? { id: group.id, status: "withdrawn", records: ids }
          : {
              id: group.id,
              status: "live",
              content: mergeRecords(group.id, group.live, this.#rules).content,
              records: ids,
            };
      const others = ids.filter((id) => id !== group.id);
      return [film, ...others.map((id): FilmState => ({ id, status: "merged", into: group.id }))];
    });
    const made: number[] = [];
    const changed = new Set<string>();
    for (const after of states.sort(byStatusAndId)) {
      const before = this.#films.get(after.id);
      if (sameState(before, after)) continue;
      this.#films.set(after.id, after);
      const change = changeBetween(before, after) ?? quietJoin(before, after, changed);
      if (change === undefined) continue;
      changed.add(after.id);
      made.push(this.#changes.length);
      this.#changes.push({ ...change, updateId: submission.updateId, provider: submission.provider });
    }
    return made;
  }

  /** The ids of the records that a record is connected with, itself included. */
  #connected(start: ProviderRecord): ReadonlySet<string> {
    const found = new Set([start.id]);
    const queue = [start];
    for (let record = queue.pop(); record !== undefined; record = queue.pop()) {
      for (const key of identityKeys(record)) {
        for (const id of this.#bearers.get(key) ?? []) {
          if (found.has(id)) continue;
          found.add(id);
          queue.push(this.#records.get(id) as ProviderRecord);
        }
      }
    }
    return found;
  }

  #index(record: ProviderRecord): void {
    for (const key of identityKeys(record)) {
      const bearers = this.#bearers.get(key);
      if (bearers === undefined) this.#bearers.set(key, new Set([record.id]));
      else bearers.add(record.id);
    }
  }

  #unindex(record: ProviderRecord): void {
    for (const key of identityKeys(record)) this.#bearers.get(key)?.delete(record.id);
  }
}

/** What an update is worth now, given the record that its provider's updates have made. */
export function verdictAgainst(
  record: ProviderRecord,
  updateId: string,
  contentHash: string,
  timeMs: number,
): Exclude<Verdict, "rejected"> {
  if (record.updateId === updateId) return "accepted";
  return record.contentHash === contentHash && record.timeMs === timeMs ? "duplicate" : "superseded";
}

/**
 * A new id of a film that nothing else about the update has changed. Without a change of its own, a reader who was
 * told that the id is unknown would never learn better.
 */
function quietJoin(
  before: FilmState | undefined,
  after: FilmState,
  changed: ReadonlySet<string>,
): Omit<DecidedChange, "updateId" | "provider"> | undefined {
  if (before !== undefined || after.status !== "merged" || changed.has(after.into)) return undefined;
  return { kind: "merged", movieId: after.id, into: after.into, before, after };
}

const STATUS_ORDER = { live: 0, withdrawn: 1, merged: 2 } as const;

/** Survivors are announced before what went into them, so a reader of the feed always knows the target. */
function byStatusAndId(a: FilmState, b: FilmState): number {
  return STATUS_ORDER[a.status] - STATUS_ORDER[b.status] || (a.id < b.id ? -1 : 1);
}
