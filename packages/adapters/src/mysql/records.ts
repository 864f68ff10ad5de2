/** The rows of provider records, and of the keys by which they meet. */

import { identityKeys, type ProviderRecord, type RecordChange } from "@movie-store/core";
import type { Connection } from "./connection.ts";
import { idLiteral, idOfBytes } from "./ids.ts";
import { hashLiteral } from "./keys.ts";
import { insertRows, pieces, textLiteral } from "./sql.ts";

/** Where records stand: the tables, or those that a rebuild fills. */
export interface RecordTables {
  readonly record: string;
  readonly recordKey: string;
}

export async function recordsOfIds(
  connection: Connection,
  ids: readonly string[],
  table = "record",
): Promise<ReadonlyMap<string, ProviderRecord>> {
  const found = new Map<string, ProviderRecord>();
  for (const some of pieces(ids)) {
    const sql = `SELECT data FROM ${table} WHERE id IN (${some.map(idLiteral).join(",")})`;
    for (const row of await connection.rows(sql)) {
      const record = JSON.parse(row["data"] as string) as ProviderRecord;
      found.set(record.id, record);
    }
  }
  return found;
}

/** The ids of all records that bear one of these keys. A hash that another key has as well would add one too many. */
export async function bearersOfKeys(
  connection: Connection,
  keys: readonly string[],
  table = "record_key",
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const some of pieces(keys)) {
    const sql = `SELECT record_id FROM ${table} WHERE key_hash IN (${some.map(hashLiteral).join(",")})`;
    for (const row of await connection.rows(sql)) found.push(idOfBytes(row["record_id"]));
  }
  return found;
}

export async function writeRecords(
  connection: Connection,
  changes: readonly RecordChange[],
  tables: RecordTables = { record: "record", recordKey: "record_key" },
): Promise<void> {
  const inOrder = changes.toSorted((a, b) => (a.after.id < b.after.id ? -1 : 1));
  const old = inOrder.filter(({ before }) => before !== undefined).map(({ after }) => idLiteral(after.id));
  for (const some of pieces(old))
    await connection.run(`DELETE FROM ${tables.record} WHERE id IN (${some.join(",")})`);
  await insertRows(
    connection,
    `INSERT INTO ${tables.record} (id, data) VALUES`,
    inOrder.values().map(({ after }) => `(${idLiteral(after.id)},${textLiteral(JSON.stringify(after))})`),
  );

  const gone: string[] = [];
  const added: string[] = [];
  for (const { before, after } of inOrder) {
    const keysBefore = before === undefined ? [] : identityKeys(before);
    const keysNow = identityKeys(after);
    const row = (key: string) => `(${hashLiteral(key)},${idLiteral(after.id)})`;
    gone.push(...keysBefore.filter((key) => !keysNow.includes(key)).map(row));
    added.push(...keysNow.filter((key) => !keysBefore.includes(key)).map(row));
  }
  for (const some of pieces(gone.sort()))
    await connection.run(
      `DELETE FROM ${tables.recordKey} WHERE (key_hash, record_id) IN (${some.join(",")})`,
    );
  await insertRows(connection, `INSERT INTO ${tables.recordKey} (key_hash, record_id) VALUES`, added.sort());
}
