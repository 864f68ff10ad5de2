/** Loads what a decision needs, for repositories that can look things up one by one without waiting. */

import { statementsToRead, type WorkingSet } from "./decide.ts";
import type { Facts } from "./facts.ts";
import { identityKeys } from "./identity.ts";
import type { StoredFilm } from "./movie.ts";
import { type ProviderRecord, recordOf } from "./provider-record.ts";
import { isRejection, type Submission, type UpdateHeader } from "./update.ts";

export interface WorkingSetLookup {
  record(id: string): ProviderRecord | undefined;
  /** The ids of the records that bear an identity key. */
  bearersOf(key: string): readonly string[];
  /** The accepted updates of a record, from the log. */
  updatesOf(recordId: string): readonly UpdateHeader[];
  factsOf(updateId: string): Facts;
  film(id: string): StoredFilm | undefined;
}

export function loadWorkingSet(batch: readonly Submission[], lookup: WorkingSetLookup): WorkingSet {
  const records = new Map<string, ProviderRecord>();
  const updates = new Map<string, readonly UpdateHeader[]>();
  const queue: string[] = [];
  const seenKeys = new Set<string>();
  const follow = (record: ProviderRecord) => {
    for (const key of identityKeys(record)) {
      if (seenKeys.has(key)) continue;
      seenKeys.add(key);
      queue.push(...lookup.bearersOf(key));
    }
  };
  for (const { outcome, provider } of batch) {
    if (isRejection(outcome)) continue;
    const { header, facts, sourceId } = outcome;
    queue.push(header.recordId);
    if (!updates.has(header.recordId)) updates.set(header.recordId, lookup.updatesOf(header.recordId));
    // The record as this update alone would make it has the keys that the update may bring.
    if (facts !== undefined)
      follow(recordOf({ id: header.recordId, provider, sourceId }, [header], () => facts));
  }
  const collect = () => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (records.has(id)) continue;
      const record = lookup.record(id);
      if (record === undefined) continue;
      records.set(id, record);
      follow(record);
    }
  };
  collect();
  const facts = new Map<string, Facts>();
  for (const updateId of statementsToRead({ records, updates }, batch)) {
    const stated = lookup.factsOf(updateId);
    facts.set(updateId, stated);
    const [identity] = records
      .values()
      .filter((record) => updates.get(record.id)?.some((u) => u.updateId === updateId));
    if (identity !== undefined) follow({ ...identity, facts: stated });
  }
  collect();
  const films = new Map<string, StoredFilm>();
  for (const id of records.keys()) {
    const film = lookup.film(id);
    if (film !== undefined) films.set(id, film);
  }
  return { records, updates, facts, films };
}
