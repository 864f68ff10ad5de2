/** What all repositories do alike with a decision and with the lines of the log. */

import { type Change, changeBetween, type DecidedChange } from "./change.ts";
import { type Decision, verdictAgainst } from "./decide.ts";
import { type FilmState, renderMovie, type StoredFilm } from "./movie.ts";
import type { ProviderRecord } from "./provider-record.ts";
import { isRejection, type Receipt, type Rejection, type Submission } from "./update.ts";

/** A film to be written. */
export interface FilmWrite {
  readonly before: StoredFilm | undefined;
  readonly after: StoredFilm;
}

export interface Commit {
  readonly changes: readonly Change[];
  readonly films: readonly FilmWrite[];
}

/**
 * Numbers the changes of a decision on from the last one and finishes the JSON of its films.
 *
 * @param last the last change of the store; number and time 0 where there is none.
 */
export function numberDecision(
  decision: Pick<Decision, "changes" | "films">,
  last: { readonly number: number; readonly atMs: number },
  nowMs: number,
): Commit {
  const atMs = Math.max(nowMs, last.atMs);
  const changes = decision.changes.map((change, at) => ({ ...change, number: last.number + 1 + at, atMs }));
  const versions = new Map(changes.map((change) => [change.movieId, change.number]));
  const films = decision.films.map(({ before, after }) => ({
    before,
    after: storedFilm(after, before, versions.get(after.id), atMs),
  }));
  return { changes, films };
}

function storedFilm(
  state: FilmState,
  before: StoredFilm | undefined,
  version: number | undefined,
  atMs: number,
): StoredFilm {
  if (version === undefined) return { state, version: before?.version ?? 0, json: before?.json ?? "" };
  return finishedFilm(state, version, atMs);
}

export function finishedFilm(state: FilmState, version: number, atMs: number): StoredFilm {
  const json =
    state.status === "live" ? renderMovie(state.content, version, new Date(atMs).toISOString()) : "";
  return { state, version, json };
}

/**
 * What a rebuild publishes about an id: nothing where the last change already says it, otherwise one more change.
 *
 * @param last the id's last change, if it had any.
 */
export function changeOfRebuild(last: Change | undefined, state: FilmState): DecidedChange | undefined {
  return changeBetween(last?.after, state);
}

/** When the newest of some submissions was received: what their changes are dated. */
export function latestReceipt(batch: readonly Submission[]): number {
  return batch.reduce((latest, { receivedAtMs }) => Math.max(latest, receivedAtMs), 0);
}

/** A line of the log without its bytes. */
export interface LogEntry {
  readonly updateId: string;
  readonly provider: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly eventTimeMs: number;
  readonly receivedAtMs: number;
  readonly contentHash: string;
  readonly rejection?: Rejection;
  /** Where it was accepted. */
  readonly reading?: { readonly sourceId: string; readonly recordId: string; readonly timeMs: number };
}

export function logEntryOf(submission: Submission): LogEntry {
  const { updateId, provider, object, receivedAtMs, contentHash, outcome } = submission;
  const common = {
    updateId,
    provider,
    bucket: object.bucket,
    key: object.key,
    ...(object.versionId === undefined ? {} : { versionId: object.versionId }),
    eventTimeMs: object.eventTimeMs,
    receivedAtMs,
    contentHash,
  };
  if (isRejection(outcome)) return { ...common, rejection: outcome };
  const { header, sourceId } = outcome;
  return { ...common, reading: { sourceId, recordId: header.recordId, timeMs: header.timeMs } };
}

/**
 * The receipt of a logged update.
 *
 * @param record what its provider says of the film now; present where the update was accepted.
 * @param film the state of the record's id.
 * @param changes what the update made, ascending.
 */
export function receiptOf(
  entry: LogEntry,
  record: ProviderRecord | undefined,
  film: FilmState | undefined,
  changes: readonly Pick<Change, "number" | "atMs">[],
): Receipt {
  const {
    updateId,
    provider,
    bucket,
    key,
    versionId,
    eventTimeMs,
    receivedAtMs,
    contentHash,
    reading,
    rejection,
  } = entry;
  const common = {
    updateId,
    provider,
    bucket,
    key,
    ...(versionId === undefined ? {} : { versionId }),
    eventTimeMs,
    receivedAtMs,
    changes: changes.map((change) => change.number),
  };
  if (reading === undefined || record === undefined) {
    return { ...common, verdict: "rejected", ...(rejection === undefined ? {} : { rejection }) };
  }
  const verdict = verdictAgainst(record, updateId, contentHash, reading.timeMs);
  return {
    ...common,
    verdict,
    sourceId: reading.sourceId,
    movieId: film?.status === "merged" ? film.into : reading.recordId,
    readableAtMs: changes.at(-1)?.atMs ?? receivedAtMs,
    ...(verdict === "accepted" ? {} : { supersededBy: record.updateId }),
  };
}
