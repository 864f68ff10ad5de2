/** The rows of the update log. */

import {
  isRejection,
  type LoggedUpdate,
  type LogPage,
  placeOf,
  type ReceiptFilter,
  type ReceivedObject,
  type Rejection,
  type Submission,
  type UpdateHeader,
} from "@movie-store/core";
import type { Connection, Row } from "./connection.ts";
import { idLiteral, idOfBytes } from "./ids.ts";
import { hashLiteral } from "./keys.ts";
import { bytesLiteral, insertRows, optional, pieces, textLiteral } from "./sql.ts";

/** An update with its place in the log and the changes that it made. */
export interface LogWrite {
  readonly submission: Submission;
  readonly sequence: number;
  /** Numbers without gaps: an update's changes follow one another. */
  readonly changes: readonly number[];
}

export async function insertUpdates(connection: Connection, updates: readonly LogWrite[]): Promise<void> {
  await insertRows(
    connection,
    `INSERT INTO update_log (sequence, update_id, provider, bucket, object_key, key_hash, version_id, sequencer,
       event_time_ms, received_at_ms, content_hash, source_id, record_id, time_ms, withdraws, rejection, first_change,
       changes) VALUES`,
    updates.values().map(logRow),
  );
  await insertRows(
    connection,
    "INSERT INTO update_rejected (sequence) VALUES",
    updates
      .values()
      .filter(({ submission }) => isRejection(submission.outcome))
      .map(({ sequence }) => `(${sequence})`),
  );
}

/** @param first the place of the first update; the others follow it. */
export async function insertBodies(
  connection: Connection,
  updates: readonly Submission[],
  first: number,
): Promise<void> {
  await insertRows(
    connection,
    "INSERT INTO update_body (sequence, bytes) VALUES",
    updates.values().map(({ object }, at) => `(${first + at},${bytesLiteral(object.bytes)})`),
  );
}

function logRow(update: LogWrite): string {
  const { updateId, provider, object, receivedAtMs, contentHash } = update.submission;
  const { bucket, key, versionId, sequencer, eventTimeMs } = object;
  const columns = [
    update.sequence,
    textLiteral(updateId),
    textLiteral(provider),
    textLiteral(bucket),
    textLiteral(key),
    hashLiteral(placeKey(provider, key)),
    optional(versionId, textLiteral),
    optional(sequencer, textLiteral),
    eventTimeMs,
    receivedAtMs,
    `0x${contentHash}`,
    ...outcomeColumns(update),
  ];
  return `(${columns.join(",")})`;
}

/** Writes the outcomes of reading logged updates again. */
export async function writeOutcomes(connection: Connection, updates: readonly LogWrite[]): Promise<void> {
  for (const update of updates) {
    const [sourceId, recordId, timeMs, withdraws, rejection, firstChange, changes] = outcomeColumns(update);
    await connection.run(
      `UPDATE update_log SET source_id = ${sourceId}, record_id = ${recordId}, time_ms = ${timeMs},
         withdraws = ${withdraws}, rejection = ${rejection}, first_change = ${firstChange}, changes = ${changes}
       WHERE sequence = ${update.sequence}`,
    );
    if (!isRejection(update.submission.outcome))
      await connection.run(`DELETE FROM update_rejected WHERE sequence = ${update.sequence}`);
  }
}

function outcomeColumns({ submission: { outcome }, changes }: LogWrite): readonly (string | number)[] {
  const made = [changes[0] ?? "NULL", changes.length];
  if (isRejection(outcome))
    return ["NULL", "NULL", "NULL", "NULL", textLiteral(JSON.stringify(outcome)), ...made];
  const { header, sourceId } = outcome;
  const withdraws = header.withdraws ? 1 : 0;
  return [textLiteral(sourceId), idLiteral(header.recordId), header.timeMs, withdraws, "NULL", ...made];
}

function placeKey(provider: string, key: string): string {
  return JSON.stringify([provider, key]);
}

/** @param upTo only updates of the log up to this place. */
export async function updatesOfRecords(
  connection: Connection,
  recordIds: readonly string[],
  upTo: number,
): Promise<ReadonlyMap<string, readonly UpdateHeader[]>> {
  const found = new Map<string, UpdateHeader[]>(recordIds.map((id) => [id, []]));
  for (const some of pieces(recordIds)) {
    const rows = await connection.rows(
      `SELECT update_id, record_id, bucket, object_key, sequencer, time_ms, event_time_ms, content_hash, withdraws
       FROM update_log WHERE record_id IN (${some.map(idLiteral).join(",")}) AND sequence <= ${upTo}`,
    );
    for (const row of rows) {
      const header = headerOf(row);
      found.get(header.recordId)?.push(header);
    }
  }
  return found;
}

function headerOf(row: Row): UpdateHeader {
  const sequencer = textOf(row["sequencer"]);
  return {
    updateId: textOf(row["update_id"]) as string,
    recordId: idOfBytes(row["record_id"]),
    place: placeOf({ bucket: textOf(row["bucket"]) as string, key: textOf(row["object_key"]) as string }),
    ...(sequencer === undefined ? {} : { sequencer }),
    timeMs: row["time_ms"] as number,
    eventTimeMs: row["event_time_ms"] as number,
    contentHash: (row["content_hash"] as Buffer).toString("hex"),
    withdraws: row["withdraws"] === 1,
  };
}

export interface LoggedPlace {
  readonly sequence: number;
  readonly isRejected: boolean;
}

/** Where these updates stand in the log, as far as they do. */
export async function placesOfUpdates(
  connection: Connection,
  updateIds: readonly string[],
): Promise<ReadonlyMap<string, LoggedPlace>> {
  const found = new Map<string, LoggedPlace>();
  for (const some of pieces(updateIds)) {
    const ids = some.map(textLiteral).join(",");
    const rows = await connection.rows(
      `SELECT update_id, sequence, rejection IS NOT NULL AS is_rejected FROM update_log WHERE update_id IN (${ids})`,
    );
    for (const row of rows) {
      const place = { sequence: row["sequence"] as number, isRejected: row["is_rejected"] === 1 };
      found.set(textOf(row["update_id"]) as string, place);
    }
  }
  return found;
}

/** Whether the log has an update as it is given here: from the same delivery, with the same changes. */
export async function hasUpdate(connection: Connection, update: LogWrite): Promise<boolean> {
  const { updateId, receivedAtMs, outcome } = update.submission;
  const row = await connection.row(
    `SELECT first_change, rejection IS NOT NULL AS is_rejected FROM update_log
     WHERE sequence = ${update.sequence} AND update_id = ${textLiteral(updateId)} AND received_at_ms = ${receivedAtMs}`,
  );
  if (row === undefined || (row["is_rejected"] === 1) !== isRejection(outcome)) return false;
  return row["first_change"] === (update.changes[0] ?? null);
}

export async function rowsOfUpdates(
  connection: Connection,
  updateIds: readonly string[],
): Promise<ReadonlyMap<string, Row>> {
  const found = new Map<string, Row>();
  for (const some of pieces(updateIds)) {
    const sql = `SELECT * FROM update_log WHERE update_id IN (${some.map(textLiteral).join(",")})`;
    for (const row of await connection.rows(sql)) found.set(textOf(row["update_id"]) as string, row);
  }
  return found;
}

export async function rowsByFilter(connection: Connection, filter: ReceiptFilter): Promise<readonly Row[]> {
  const { provider, key, before, verdict } = filter;
  const conditions = [`u.sequence < ${before ?? Number.MAX_SAFE_INTEGER}`];
  if (provider !== undefined) conditions.push(`u.provider = ${textLiteral(provider)}`);
  if (key !== undefined) conditions.push(`u.object_key = ${textLiteral(key)}`);
  if (provider !== undefined && key !== undefined)
    conditions.push(`u.key_hash = ${hashLiteral(placeKey(provider, key))}`);
  const rejected = verdict === undefined ? "" : "JOIN update_rejected r ON r.sequence = u.sequence";
  return connection.rows(
    `SELECT u.* FROM update_log u ${rejected} WHERE ${conditions.join(" AND ")}
     ORDER BY u.sequence DESC LIMIT ${filter.limit}`,
  );
}

const WITH_BODY = "SELECT * FROM update_log JOIN update_body USING (sequence)";

export async function logPage(connection: Connection, page: LogPage): Promise<readonly LoggedUpdate[]> {
  const sql = `${WITH_BODY} WHERE sequence > ? ORDER BY sequence LIMIT ${page.limit}`;
  return (await connection.rows(sql, [page.after])).map(loggedUpdateOf);
}

export async function loggedUpdates(
  connection: Connection,
  updateIds: readonly string[],
): Promise<readonly LoggedUpdate[]> {
  const found: LoggedUpdate[] = [];
  for (const some of pieces(updateIds, 10)) {
    const rows = await connection.rows(
      `${WITH_BODY} WHERE update_id IN (${some.map(textLiteral).join(",")})`,
    );
    found.push(...rows.map(loggedUpdateOf));
  }
  return found;
}

function loggedUpdateOf(row: Row): LoggedUpdate {
  const rejection = rejectionOf(row);
  const versionId = textOf(row["version_id"]);
  const sequencer = textOf(row["sequencer"]);
  // These two were found by the source, not in the bytes: without them the object would be read as an empty one.
  const isFault = rejection?.code === "gone" || rejection?.code === "too-large";
  const object: ReceivedObject = {
    bucket: textOf(row["bucket"]) as string,
    key: textOf(row["object_key"]) as string,
    ...(versionId === undefined ? {} : { versionId }),
    ...(sequencer === undefined ? {} : { sequencer }),
    eventTimeMs: row["event_time_ms"] as number,
    bytes: new Uint8Array(row["bytes"] as Buffer),
    ...(isFault && rejection !== undefined ? { fault: rejection } : {}),
  };
  return {
    sequence: row["sequence"] as number,
    updateId: textOf(row["update_id"]) as string,
    provider: textOf(row["provider"]) as string,
    receivedAtMs: row["received_at_ms"] as number,
    object,
    ...(rejection === undefined ? {} : { rejection }),
  };
}

export function rejectionOf(row: Row): Rejection | undefined {
  return row["rejection"] === null ? undefined : (JSON.parse(row["rejection"] as string) as Rejection);
}

export function textOf(bytes: unknown): string | undefined {
  return bytes === null ? undefined : (bytes as Buffer).toString();
}
