/** The one row of `store`: the last numbers that were given. Who writes locks it first. */

import { MovieStoreError } from "@movie-store/core";
import type { Connection, Row } from "./connection.ts";
import { MIGRATING, SCHEMA_VERSION } from "./schema.ts";

export interface StoreRow {
  /** The number and the time of the last change. */
  readonly number: number;
  readonly atMs: number;
  /** The last place in the log. */
  readonly sequence: number;
  /** The last id of a term. */
  readonly terms: number;
  /** How many terms are common, see common-terms.ts. */
  readonly commonTerms: number;
  /** A rebuild is at work, or has died. */
  readonly isRebuilding: boolean;
}

/**
 * Waits for the other writers; from then on to the end of the transaction there is no other.
 *
 * @throws MovieStoreError `unavailable` where the tables are not those that this release keeps: what a newer one derives
 * would lack what is written here.
 */
export async function lockStore(connection: Connection): Promise<StoreRow> {
  const row = await lockedRow(connection);
  const version = Number(row?.["schema_version"]);
  if (version === SCHEMA_VERSION) return storeRowOf(row);
  const reason =
    version > SCHEMA_VERSION
      ? `the database has schema ${version}, this release writes ${SCHEMA_VERSION}: a newer one has to write`
      : `${version === MIGRATING ? "a migration has not ended" : "the schema is older"}; run \`movie-store migrate\``;
  throw new MovieStoreError("unavailable", `MySQL: ${reason}`);
}

/** As `lockStore`, whatever the schema: for migrations. */
export async function lockStoreToMigrate(connection: Connection): Promise<StoreRow> {
  return storeRowOf(await lockedRow(connection));
}

/** From the end of the transaction on, only releases of this schema write; of `MIGRATING`, none. */
export async function writeSchemaVersion(connection: Connection, version: number): Promise<void> {
  await connection.run(`UPDATE store SET schema_version = ${version} WHERE id = 1`);
}

export async function readStore(connection: Connection): Promise<StoreRow> {
  return storeRowOf(await connection.row(SELECT_ROW));
}

const SELECT_ROW =
  "SELECT number, at_ms, sequence, last_term, common_terms, is_rebuilding, schema_version FROM store WHERE id = 1";

function lockedRow(connection: Connection): Promise<Row | undefined> {
  return connection.row(`${SELECT_ROW} FOR UPDATE`);
}

function storeRowOf(row: Row | undefined): StoreRow {
  return {
    number: Number(row?.["number"] ?? 0),
    atMs: Number(row?.["at_ms"] ?? 0),
    sequence: Number(row?.["sequence"] ?? 0),
    terms: Number(row?.["last_term"] ?? 0),
    commonTerms: Number(row?.["common_terms"] ?? 0),
    isRebuilding: row?.["is_rebuilding"] === 1,
  };
}

export async function writeStore(connection: Connection, row: StoreRow): Promise<void> {
  await connection.run(
    `UPDATE store SET number = ${row.number}, at_ms = ${row.atMs}, sequence = ${row.sequence},
       last_term = ${row.terms}, common_terms = ${row.commonTerms}, is_rebuilding = ${row.isRebuilding ? 1 : 0} WHERE id = 1`,
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
