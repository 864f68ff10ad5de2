/** The rows of the update log. */

import {
  type Facts,
  isRejection,
  type LogEntry,
  type LoggedUpdate,
  type LogPage,
  MovieStoreError,
  placeOf,
  type ReceiptFilter,
  type ReceivedObject,
  type Rejection,
  readBytes,
  type Submission,
  type UpdateHeader,
} from "@movie-store/core";
import { gunzip } from "../gunzip.ts";
import type { Connection, Row } from "./connection.ts";

export function sequenceOf(connection: Connection, updateId: string): number | undefined {
  return connection.get("SELECT sequence FROM update_log WHERE update_id = ?", updateId)?.["sequence"] as
    | number
    | undefined;
}

export function insertUpdate(connection: Connection, submission: Submission): void {
  const { updateId, provider, object, receivedAtMs, contentHash } = submission;
  const { bucket, key, versionId, sequencer, eventTimeMs, bytes } = object;
  const sequence = connection.run(
    `INSERT INTO update_log (update_id, provider, bucket, key, version_id, sequencer, event_time_ms, received_at_ms,
       content_hash, rejection, source_id, record_id, time_ms, withdraws) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
    ...[
      updateId,
      provider,
      bucket,
      key,
      versionId ?? null,
      sequencer ?? null,
      eventTimeMs,
      receivedAtMs,
      contentHash,
    ],
    ...outcomeColumns(submission),
  );
  connection.run("INSERT INTO update_body (sequence, bytes) VALUES (?, ?)", sequence, bytes);
}

/** Writes the outcome of reading a logged update again. */
export function updateOutcome(connection: Connection, submission: Submission): void {
  connection.run(
    `UPDATE update_log SET rejection = ?, source_id = ?, record_id = ?, time_ms = ?, withdraws = ? WHERE update_id = ?`,
    ...outcomeColumns(submission),
    submission.updateId,
  );
}

function outcomeColumns({ outcome }: Submission) {
  if (isRejection(outcome)) return [JSON.stringify(outcome), null, null, null, null];
  const { header, sourceId } = outcome;
  return [null, sourceId, header.recordId, header.timeMs, header.withdraws ? 1 : 0];
}

export function updatesOfRecord(
  connection: Connection,
  recordId: string,
  upTo: number,
): readonly UpdateHeader[] {
  return connection
    .all("SELECT * FROM update_log WHERE record_id = ? AND sequence <= ?", recordId, upTo)
    .map((row) => ({
      updateId: row["update_id"] as string,
      recordId,
      place: placeOf({ bucket: row["bucket"] as string, key: row["key"] as string }),
      ...(row["sequencer"] === null ? {} : { sequencer: row["sequencer"] as string }),
      timeMs: row["time_ms"] as number,
      eventTimeMs: row["event_time_ms"] as number,
      contentHash: row["content_hash"] as string,
      withdraws: row["withdraws"] === 1,
    }));
}

export function factsOfUpdate(connection: Connection, updateId: string): Facts {
  const row = connection.get(
    "SELECT key, bytes FROM update_log JOIN update_body USING (sequence) WHERE update_id = ?",
    updateId,
  );
  const result =
    row === undefined ? undefined : readBytes(row["bytes"] as Uint8Array, row["key"] as string, gunzip);
  if (result === undefined || "code" in result || result.reading.facts === undefined) {
    throw new MovieStoreError("corrupt", `update ${updateId} of the log no longer states facts`);
  }
  return result.reading.facts;
}

export function entryOf(row: Row): LogEntry {
  const rejection = rejectionOf(row);
  return {
    updateId: row["update_id"] as string,
    provider: row["provider"] as string,
    bucket: row["bucket"] as string,
    key: row["key"] as string,
    ...(row["version_id"] === null ? {} : { versionId: row["version_id"] as string }),
    eventTimeMs: row["event_time_ms"] as number,
    receivedAtMs: row["received_at_ms"] as number,
    contentHash: row["content_hash"] as string,
    ...(rejection === undefined ? {} : { rejection }),
    ...(row["record_id"] === null
      ? {}
      : {
          reading: {
            sourceId: row["source_id"] as string,
            recordId: row["record_id"] as string,
            timeMs: row["time_ms"] as number,
          },
        }),
  };
}

function rejectionOf(row: Row): Rejection | undefined {
  return row["rejection"] === null ? undefined : (JSON.parse(row["rejection"] as string) as Rejection);
}

export function rowOfUpdate(connection: Connection, updateId: string): Row | undefined {
  return connection.get("SELECT * FROM update_log WHERE update_id = ?", updateId);
}

export function rowsByFilter(connection: Connection, filter: ReceiptFilter): readonly Row[] {
  const conditions = ["sequence < ?"];
  const values: (string | number)[] = [filter.before ?? Number.MAX_SAFE_INTEGER];
  if (filter.provider !== undefined) {
    conditions.push("provider = ?");
    values.push(filter.provider);
  }
  if (filter.key !== undefined) {
    conditions.push("key = ?");
    values.push(filter.key);
  }
  if (filter.verdict !== undefined) conditions.push("rejection IS NOT NULL");
  const sql = `SELECT * FROM update_log WHERE ${conditions.join(" AND ")} ORDER BY sequence DESC LIMIT ?`;
  return connection.all(sql, ...values, filter.limit);
}

export function logPage(connection: Connection, page: LogPage): readonly LoggedUpdate[] {
  return connection
    .all(
      "SELECT * FROM update_log JOIN update_body USING (sequence) WHERE sequence > ? ORDER BY sequence LIMIT ?",
      page.after,
      page.limit,
    )
    .map(loggedUpdate);
}

export function loggedUpdateOf(connection: Connection, updateId: string): LoggedUpdate | undefined {
  const row = connection.get(
    "SELECT * FROM update_log JOIN update_body USING (sequence) WHERE update_id = ?",
    updateId,
  );
  return row === undefined ? undefined : loggedUpdate(row);
}

function loggedUpdate(row: Row): LoggedUpdate {
  const rejection = rejectionOf(row);
  // These two were found by the source, not in the bytes: without them the object would be read as an empty one.
  const isFault = rejection?.code === "gone" || rejection?.code === "too-large";
  const object: ReceivedObject = {
    bucket: row["bucket"] as string,
    key: row["key"] as string,
    ...(row["version_id"] === null ? {} : { versionId: row["version_id"] as string }),
    ...(row["sequencer"] === null ? {} : { sequencer: row["sequencer"] as string }),
    eventTimeMs: row["event_time_ms"] as number,
    bytes: row["bytes"] as Uint8Array,
    ...(isFault && rejection !== undefined ? { fault: rejection } : {}),
  };
  return {
    sequence: row["sequence"] as number,
    updateId: row["update_id"] as string,
    provider: row["provider"] as string,
    receivedAtMs: row["received_at_ms"] as number,
    object,
    ...(rejection === undefined ? {} : { rejection }),
  };
}
