/** Receipts of logged updates, read in a few statements for many of them. */

import { type LogEntry, type Receipt, receiptOf } from "@movie-store/core";
import { timesOfChanges } from "./changes.ts";
import type { Connection, Row } from "./connection.ts";
import { filmsOfIds } from "./films.ts";
import { idOfBytes } from "./ids.ts";
import { recordsOfIds } from "./records.ts";
import { rejectionOf, rowsOfUpdates, textOf } from "./update-log.ts";

export async function storedReceipts(
  connection: Connection,
  updateIds: readonly string[],
): Promise<readonly (Receipt | undefined)[]> {
  const rows = await rowsOfUpdates(connection, updateIds);
  const receipts = await receiptsOfRows(connection, [...rows.values()]);
  const byId = new Map(receipts.map((receipt) => [receipt.updateId, receipt]));
  return updateIds.map((updateId) => byId.get(updateId));
}

/** In the same order. */
export async function receiptsOfRows(
  connection: Connection,
  rows: readonly Row[],
): Promise<readonly Receipt[]> {
  const entries = rows.map(entryOf);
  const ids = [
    ...new Set(entries.flatMap(({ reading }) => (reading === undefined ? [] : [reading.recordId]))),
  ];
  const records = await recordsOfIds(connection, ids);
  const films = await filmsOfIds(connection, ids);
  const times = await timesOfChanges(connection, rows.flatMap(changesOf));
  return entries.map((entry, at) => {
    const recordId = entry.reading?.recordId ?? "";
    const changes = changesOf(rows[at] as Row).map((number) => ({ number, atMs: times.get(number) ?? 0 }));
    return receiptOf(entry, records.get(recordId), films.get(recordId)?.state, changes);
  });
}

function changesOf(row: Row): readonly number[] {
  const first = row["first_change"] as number | null;
  return first === null ? [] : Array.from({ length: row["changes"] as number }, (_, at) => first + at);
}

function entryOf(row: Row): LogEntry {
  const rejection = rejectionOf(row);
  const versionId = textOf(row["version_id"]);
  return {
    updateId: textOf(row["update_id"]) as string,
    provider: textOf(row["provider"]) as string,
    bucket: textOf(row["bucket"]) as string,
    key: textOf(row["object_key"]) as string,
    ...(versionId === undefined ? {} : { versionId }),
    eventTimeMs: row["event_time_ms"] as number,
    receivedAtMs: row["received_at_ms"] as number,
    contentHash: (row["content_hash"] as Buffer).toString("hex"),
    ...(rejection === undefined ? {} : { rejection }),
    ...(row["record_id"] === null
      ? {}
      : {
          reading: {
            sourceId: textOf(row["source_id"]) as string,
            recordId: idOfBytes(row["record_id"]),
            timeMs: row["time_ms"] as number,
          },
        }),
  };
}
