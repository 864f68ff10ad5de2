/** The one row of `store`: the last numbers that were given. Who writes locks it first. */

import type { Connection } from "./connection.ts";

export interface StoreRow {
  /** The number and the time of the last change. */
  readonly number: number;
  readonly atMs: number;
  /** The last place in the log. */
  readonly sequence: number;
  /** The last id of a term. */
  readonly terms: number;
  /** A rebuild is at work, or has died. */
  readonly isRebuilding: boolean;
}

/** Waits for the other writers; from then on to the end of the transaction there is no other. */
export async function lockStore(connection: Connection): Promise<StoreRow> {
  return storeRowOf(connection, "FOR UPDATE");
}

export async function readStore(connection: Connection): Promise<StoreRow> {
  return storeRowOf(connection, "");
}

async function storeRowOf(connection: Connection, lock: string): Promise<StoreRow> {
  const row = await connection.row(
    `SELECT number, at_ms, sequence, terms, is_rebuilding FROM store WHERE id = 1 ${lock}`,
  );
  return {
    number: Number(row?.["number"] ?? 0),
    atMs: Number(row?.["at_ms"] ?? 0),
    sequence: Number(row?.["sequence"] ?? 0),
    terms: Number(row?.["terms"] ?? 0),
    isRebuilding: row?.["is_rebuilding"] === 1,
  };
}

export async function writeStore(connection: Connection, row: StoreRow): Promise<void> {
  await connection.run(
    `UPDATE store SET number = ${row.number}, at_ms = ${row.atMs}, sequence = ${row.sequence}, terms = ${row.terms},
       is_rebuilding = ${row.isRebuilding ? 1 : 0} WHERE id = 1`,
  );
}

export async function storeVersion(connection: Connection): Promise<number> {
  return (await readStore(connection)).number;
}

// ---- the cursor of a shared cache ----

export async function followedAndVersion(
  connection: Connection,
): Promise<{ readonly followed: number; readonly version: number }> {
  const row = await connection.row(
    "SELECT followed, number FROM follow_cursor JOIN store WHERE follow_cursor.id = 1 AND store.id = 1",
  );
  return { followed: Number(row?.["followed"] ?? 0), version: Number(row?.["number"] ?? 0) };
}

export async function moveFollowed(connection: Connection, number: number): Promise<void> {
  await connection.run(`UPDATE follow_cursor SET followed = ${number} WHERE id = 1 AND followed < ${number}`);
}
