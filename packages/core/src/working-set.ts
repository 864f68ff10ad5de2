/**
 * Loads what a decision needs. One algorithm for repositories that look things up at once and for those that have to
 * wait: it asks for many things together, so that a database across a network answers in a few round trips.
 */

import { statementsToRead, type WorkingSet } from "./decide.ts";
import type { Facts } from "./facts.ts";
import { identityKeys } from "./identity.ts";
import type { StoredFilm } from "./movie.ts";
import { type ProviderRecord, recordOf } from "./provider-record.ts";
import { isRejection, type Submission, type UpdateHeader } from "./update.ts";

/** Things to be looked up. No id and no key is asked for twice, and no list is empty when all others are. */
export interface WorkingSetRequest {
  readonly records: readonly string[];
  /** Identity keys, whose bearers are wanted. */
  readonly keys: readonly string[];
  /** Records whose updates are wanted. */
  readonly updates: readonly string[];
  /** Updates whose facts are wanted. */
  readonly facts: readonly string[];
  readonly films: readonly string[];
}

/** What was found; what is not there is left out. */
export interface WorkingSetAnswer {
  readonly records: ReadonlyMap<string, ProviderRecord>;
  /** The ids of the records that bear one of the keys; one may be named twice, or needlessly. */
  readonly bearers: readonly string[];
  /** The accepted updates of each record, from the log. */
  readonly updates: ReadonlyMap<string, readonly UpdateHeader[]>;
  readonly facts: ReadonlyMap<string, Facts>;
  readonly films: ReadonlyMap<string, StoredFilm>;
}

/** Looks things up one by one, without waiting. */
export interface WorkingSetLookup {
  record(id: string): ProviderRecord | undefined;
  /** The ids of the records that bear an identity key. */
  bearersOf(key: string): readonly string[];
  /** The accepted updates of a record, from the log. */
  updatesOf(recordId: string): readonly UpdateHeader[];
  factsOf(updateId: string): Facts;
  film(id: string): StoredFilm | undefined;
}

/** Yields what to look up, is handed the answer, and returns the working set in the end. */
export function* workingSetLoading(
  batch: readonly Submission[],
): Generator<WorkingSetRequest, WorkingSet, WorkingSetAnswer> {
  const closure = new Closure();
  const updates = new Set<string>();
  for (const { outcome, provider } of batch) {
    if (isRejection(outcome)) continue;
    const { header, facts, sourceId } = outcome;
    closure.want(header.recordId);
    updates.add(header.recordId);
    // The record as this update alone would make it has the keys that the update may bring.
    if (facts !== undefined)
      closure.follow(recordOf({ id: header.recordId, provider, sourceId }, [header], () => facts));
  }
  if (updates.size === 0)
    return { records: new Map(), updates: new Map(), facts: new Map(), films: new Map() };

  const first = yield { ...NOTHING, ...closure.next(), updates: [...updates] };
  closure.take(first);
  yield* closure.collect();
  const stored = { records: closure.records, updates: first.updates };

  const needed = statementsToRead(stored, batch);
  const { facts } = needed.length === 0 ? NOTHING_FOUND : yield { ...NOTHING, facts: needed };
  for (const record of facts.size === 0 ? [] : [...closure.records.values()]) {
    for (const { updateId } of first.updates.get(record.id) ?? []) {
      const stated = facts.get(updateId);
      if (stated !== undefined) closure.follow({ ...record, facts: stated });
    }
  }
  yield* closure.collect();

  const ids = [...closure.records.keys()];
  const { films } = ids.length === 0 ? NOTHING_FOUND : yield { ...NOTHING, films: ids };
  return { ...stored, facts, films };
}

/** Drives {@link workingSetLoading} for a repository that need not wait. */
export function loadWorkingSet(batch: readonly Submission[], lookup: WorkingSetLookup): WorkingSet {
  const loading = workingSetLoading(batch);
  for (let step = loading.next(); ; ) {
    if (step.done === true) return step.value;
    const { records, keys, updates, facts, films } = step.value;
    step = loading.next({
      records: found(records, lookup.record),
      bearers: keys.flatMap(lookup.bearersOf),
      updates: new Map(updates.map((id) => [id, lookup.updatesOf(id)])),
      facts: found(facts, lookup.factsOf),
      films: found(films, lookup.film),
    });
  }
}

function found<T>(ids: readonly string[], of: (id: string) => T | undefined): ReadonlyMap<string, T> {
  const values = new Map<string, T>();
  for (const id of ids) {
    const value = of(id);
    if (value !== undefined) values.set(id, value);
  }
  return values;
}

const NOTHING: WorkingSetRequest = { records: [], keys: [], updates: [], facts: [], films: [] };
const NOTHING_FOUND: Pick<WorkingSetAnswer, "facts" | "films"> = { facts: new Map(), films: new Map() };

/** The records that are connected with those that are wanted, as far as they have been found. */
class Closure {
  readonly records = new Map<string, ProviderRecord>();
  readonly #asked = new Set<string>();
  readonly #askedKeys = new Set<string>();
  #ids: string[] = [];
  #keys: string[] = [];

  want(id: string): void {
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    this.#ids.push(id);
  }

  follow(record: ProviderRecord): void {
    for (const key of identityKeys(record)) {
      if (this.#askedKeys.has(key)) continue;
      this.#askedKeys.add(key);
      this.#keys.push(key);
    }
  }

  take({ records, bearers }: Pick<WorkingSetAnswer, "records" | "bearers">): void {
    for (const [id, record] of records) {
      this.records.set(id, record);
      this.follow(record);
    }
    for (const id of bearers) this.want(id);
  }

  next(): Pick<WorkingSetRequest, "records" | "keys"> {
    const request = { records: this.#ids, keys: this.#keys };
    this.#ids = [];
    this.#keys = [];
    return request;
  }

  *collect(): Generator<WorkingSetRequest, void, WorkingSetAnswer> {
    while (this.#ids.length > 0 || this.#keys.length > 0) this.take(yield { ...NOTHING, ...this.next() });
  }
}
