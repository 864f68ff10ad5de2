/** Brings the schema of a database up to date. */

import { MovieStoreError } from "@movie-store/core";
import type { Connection } from "./connection.ts";
import { fillPairs } from "./fill-pairs.ts";
import { fillSuggestions } from "./fill-suggestions.ts";
import { type MySqlOptions, type Settings, settingsOf } from "./options.ts";
import { ConnectionPool } from "./pool.ts";
import { freeRebuildLock, takeRebuildLock } from "./rebuild-marker.ts";
import {
  hasColumn,
  MIGRATING,
  MIGRATIONS,
  SCHEMA_VERSION,
  WITH_PAIRS,
  WITHOUT_SUGGESTIONS,
} from "./schema.ts";
import { SESSION } from "./session.ts";
import { transaction } from "./sql.ts";
import { writeSchemaVersion } from "./store-row.ts";

/** How long one of many pods waits while another one migrates. */
const WAIT_SECONDS = 60;
const STATEMENT_DEADLINE_MS = 600_000;
/** Named by the database, because such locks belong to the whole server. At most 64 characters. */
const LOCK = "CONCAT('movie-store migrate ', LEFT(SHA2(DATABASE(), 256), 40))";

const VERSIONS = `CREATE TABLE IF NOT EXISTS schema_migration (
  version INT UNSIGNED NOT NULL PRIMARY KEY,
  at_ms   BIGINT NOT NULL
) ENGINE=InnoDB`;

/**
 * Makes the tables, or brings those of an older release up to date. Safe to run twice, and from many places at once:
 * one of them does it, the others wait. DDL is not undone by a failure, so each statement can be repeated; one that
 * was cut off is finished by the next run. Readers go on, of the older release too. Nobody writes meanwhile, and from
 * then on only those who know the new schema: the others fail as `unavailable`.
 *
 * @param options.clock milliseconds since 1970, for the table of versions.
 * @returns the versions of the schema before and after.
 * @throws MovieStoreError `unavailable`, also while a rebuild is at work; `corrupt` if a newer release has been here.
 */
export async function migrateMySql(
  options: Pick<MySqlOptions, "url" | "commonFilms"> & { readonly clock?: () => number },
): Promise<{ readonly from: number; readonly to: number }> {
  const settings = settingsOf(options);
  const pool = new ConnectionPool({
    url: settings.url,
    connections: 1,
    queue: 1,
    acquireDeadlineMs: settings.readDeadlineMs,
    statementDeadlineMs: STATEMENT_DEADLINE_MS,
    setup: [SESSION.keeping],
  });
  try {
    return await pool.read((connection) =>
      locked(connection, () => bringUpToDate(connection, settings, options.clock)),
    );
  } finally {
    await pool.close();
  }
}

async function locked<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  const row = await connection.row(`SELECT GET_LOCK(${LOCK}, ${WAIT_SECONDS}) AS taken`);
  if (row?.["taken"] !== 1) {
    throw new MovieStoreError(
      "unavailable",
      `MySQL: another migration has not ended within ${WAIT_SECONDS} s`,
    );
  }
  const result = await work();
  await connection.row(`SELECT RELEASE_LOCK(${LOCK}) AS freed`);
  return result;
}

async function bringUpToDate(
  connection: Connection,
  settings: Settings,
  clock: () => number = Date.now,
): Promise<{ readonly from: number; readonly to: number }> {
  await connection.run(VERSIONS);
  const row = await connection.row("SELECT max(version) AS version FROM schema_migration");
  const from = Number(row?.["version"] ?? 0);
  const to = SCHEMA_VERSION;
  if (from > to) {
    throw new MovieStoreError("corrupt", `the database has schema ${from}, this release knows ${to}`);
  }
  if (from < to) await withoutRebuild(connection, () => raise(connection, settings, from, clock()));
  return { from, to };
}

/** A rebuild would put a row of the store in place that has the old version. */
async function withoutRebuild(connection: Connection, work: () => Promise<void>): Promise<void> {
  if (!(await takeRebuildLock(connection))) {
    throw new MovieStoreError("unavailable", "MySQL: a rebuild is at work, migrate when it has ended");
  }
  await work();
  await freeRebuildLock(connection);
}

async function raise(
  connection: Connection,
  { commonFilms }: Settings,
  from: number,
  nowMs: number,
): Promise<void> {
  // Waits for the writer that has the row: what it writes is there when tables are filled.
  const row = await connection.row(`SELECT ${hasColumn("store", "schema_version")} AS looked_at`);
  if (row?.["looked_at"] === 1) await writeSchemaVersion(connection, MIGRATING);
  for (const statement of MIGRATIONS.slice(from).flat()) await connection.run(statement);
  if (from === WITHOUT_SUGGESTIONS) await fillSuggestions(connection);
  if (from < WITH_PAIRS) await fillPairs(connection, commonFilms);
  const versions = MIGRATIONS.map((_, at) => `(${at + 1}, ${nowMs})`).slice(from);
  await transaction(connection, async () => {
    await connection.run(`INSERT INTO schema_migration (version, at_ms) VALUES ${versions.join()}`);
    await writeSchemaVersion(connection, SCHEMA_VERSION);
  });
}
