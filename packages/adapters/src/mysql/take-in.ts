/** A batch on its way into the store: decided upon, written, receipted; within the transaction of a writer. */

import {
  type Commit,
  type Decide,
  type Decision,
  firstOfEach,
  latestReceipt,
  logEntryOf,
  MovieStoreError,
  numberDecision,
  type ProviderRecord,
  type Receipt,
  receiptOf,
  type StoredFilm,
  type Submission,
  type WorkingSet,
} from "@movie-store/core";
import { type ChangeWrite, insertChanges } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { writeFilms } from "./films.ts";
import { postingDifferences } from "./posting-differences.ts";
import type { PostingWriter, TermNumbers } from "./postings.ts";
import { storedReceipts } from "./receipts.ts";
import { writeRecords } from "./records.ts";
import type { StoreRow } from "./store-row.ts";
import {
  hasUpdate,
  insertBodies,
  insertUpdates,
  type LogWrite,
  placesOfUpdates,
  writeOutcomes,
} from "./update-log.ts";
import { loadWorkingSet } from "./working-set.ts";
import type { Written } from "./writer.ts";

/** What has been decided about the updates that are taken in now, and the receipts of the whole batch. */
interface Taken {
  readonly receipts: readonly Receipt[];
  readonly stored: WorkingSet;
  readonly decision: Decision;
  readonly commit: Commit;
}

/** What `append` would answer; writes nothing. */
export async function foretell(
  connection: Connection,
  store: StoreRow,
  batch: readonly Submission[],
  decide: Decide,
): Promise<readonly Receipt[]> {
  const places = await placesOfUpdates(connection, idsOf(batch));
  const isNew = firstOfEach(batch, ({ updateId }) => !places.has(updateId));
  const fresh = batch.filter((_, at) => isNew[at]);
  return (await take(connection, store, batch, isNew, decide, latestReceipt(fresh))).receipts;
}

export async function append(
  connection: Connection,
  store: StoreRow,
  postings: PostingWriter,
  batch: readonly Submission[],
  decide: Decide,
): Promise<Written<readonly Receipt[]>> {
  const places = await placesOfUpdates(connection, idsOf(batch));
  const isNew = firstOfEach(batch, ({ updateId }) => !places.has(updateId));
  const fresh = batch.filter((_, at) => isNew[at]);
  // The bytes depend on no decision: the server writes them while the rest is looked up and decided. Only reads may
  // go on beside them, for a write behind one that failed could stand outside of the transaction.
  const [taken] = await Promise.all([
    take(connection, store, batch, isNew, decide, latestReceipt(fresh)),
    insertBodies(connection, fresh, store.sequence + 1),
  ]);
  if (fresh.length === 0) return { result: taken.receipts };
  const updates = logWrites(taken, fresh, (_, at) => store.sequence + 1 + at);
  const log = () => insertUpdates(connection, updates);
  const numbers = await writeTaken(connection, postings, taken, store, log);
  return {
    result: taken.receipts,
    store: { ...advanced(store, taken.commit), sequence: store.sequence + fresh.length, ...numbers },
    onCommit: () => postings.confirm(),
    isCommitted: (later) => hasUpdate(later, updates.at(-1) as LogWrite),
  };
}

export async function retry(
  connection: Connection,
  store: StoreRow,
  postings: PostingWriter,
  batch: readonly Submission[],
  decide: Decide,
  nowMs: number,
): Promise<Written<readonly Receipt[]>> {
  const places = await placesOfUpdates(connection, idsOf(batch));
  const placeOf = (updateId: string) => {
    const place = places.get(updateId);
    if (place === undefined) throw new MovieStoreError("invalid-argument", `no update ${updateId} to retry`);
    return place;
  };
  const isQuarantined = firstOfEach(batch, ({ updateId }) => placeOf(updateId).isRejected);
  const again = batch.filter((_, at) => isQuarantined[at]);
  const taken = await take(connection, store, batch, isQuarantined, decide, nowMs);
  if (again.length === 0) return { result: taken.receipts };
  const updates = logWrites(taken, again, ({ updateId }) => placeOf(updateId).sequence);
  const log = () => writeOutcomes(connection, updates);
  const numbers = await writeTaken(connection, postings, taken, store, log);
  return {
    result: taken.receipts,
    store: { ...advanced(store, taken.commit), ...numbers },
    onCommit: () => postings.confirm(),
    isCommitted: (later) => hasUpdate(later, updates.at(-1) as LogWrite),
  };
}

function advanced(store: StoreRow, { changes }: Commit): StoreRow {
  const last = changes.at(-1);
  return last === undefined ? store : { ...store, number: last.number, atMs: last.atMs };
}

/** @param isTaken which of the batch are taken in now; the others are in the log, or come earlier in the batch. */
async function take(
  connection: Connection,
  store: StoreRow,
  batch: readonly Submission[],
  isTaken: readonly boolean[],
  decide: Decide,
  nowMs: number,
): Promise<Taken> {
  const now = batch.filter((_, at) => isTaken[at]);
  const stored = await loadWorkingSet(connection, now);
  const decision = decide(stored, now);
  const commit = numberDecision(decision, store, nowMs);
  const receipts = new Map(
    receiptsOf(stored, decision, commit).map((receipt) => [receipt.updateId, receipt]),
  );
  const others = batch.filter(({ updateId }) => !receipts.has(updateId));
  for (const receipt of await storedReceipts(connection, [...new Set(idsOf(others))]))
    if (receipt !== undefined) receipts.set(receipt.updateId, receipt);
  return {
    receipts: batch.map(({ updateId }, at) => {
      const receipt = receipts.get(updateId) as Receipt;
      return isTaken[at] === true ? receipt : { ...receipt, verdict: "duplicate" };
    }),
    stored,
    decision,
    commit,
  };
}

function receiptsOf(stored: WorkingSet, decision: Decision, commit: Commit): readonly Receipt[] {
  const records = new Map<string, ProviderRecord>(stored.records);
  for (const { after } of decision.records) records.set(after.id, after);
  const films = new Map<string, StoredFilm>(stored.films);
  for (const { after } of commit.films) films.set(after.state.id, after);
  return decision.outcomes.map(({ submission, changes }) => {
    const entry = logEntryOf(submission);
    const recordId = entry.reading?.recordId ?? "";
    const made = changes.map((at) => commit.changes[at]).filter((change) => change !== undefined);
    return receiptOf(entry, records.get(recordId), films.get(recordId)?.state, made);
  });
}

function logWrites(
  { decision, commit }: Taken,
  updates: readonly Submission[],
  sequenceOf: (submission: Submission, at: number) => number,
): readonly LogWrite[] {
  return updates.map((submission, at) => ({
    submission,
    sequence: sequenceOf(submission, at),
    changes: (decision.outcomes[at]?.changes ?? []).map((change) => commit.changes[change]?.number as number),
  }));
}

/** @returns the numbers of the store from now on, as far as postings give them. */
async function writeTaken(
  connection: Connection,
  postings: PostingWriter,
  { stored, decision, commit }: Taken,
  numbers: TermNumbers,
  log: () => Promise<void>,
): Promise<TermNumbers> {
  const write = async () => {
    await log();
    await insertChanges(connection, withPrevious(commit, stored));
    await writeRecords(connection, decision.records);
    await writeFilms(connection, commit.films);
  };
  const [differences] = await Promise.all([postingDifferences(commit.films), write()]);
  return postings.write(connection, differences, numbers);
}

/** The version of a film is the number of its id's last change. */
function withPrevious({ changes }: Commit, { films }: WorkingSet): readonly ChangeWrite[] {
  const last = new Map<string, number>();
  return changes.map((change) => {
    const previous = last.get(change.movieId) ?? films.get(change.movieId)?.version ?? 0;
    last.set(change.movieId, change.number);
    return { change, previous };
  });
}

function idsOf(batch: readonly Submission[]): readonly string[] {
  return batch.map(({ updateId }) => updateId);
}
