/** Brings the schema of a database up to date. */

import { MovieStoreError } from "@movie-store/core";
import type { Connection } from "./connection.ts";
import { fillSuggestions } from "./fill-suggestions.ts";
import { type MySqlOptions, settingsOf } from "./options.ts";
import { ConnectionPool } from "./pool.ts";
import { MIGRATIONS, WITHOUT_SUGGESTIONS } from "./schema.ts";
import { SESSION } from "./session.ts";

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
 * was cut off is finished by the next run.
 *
 * @param options.clock milliseconds since 1970, for the table of versions.
 * @returns the versions of the schema before and after.
 * @throws MovieStoreError `unavailable`; `corrupt` if a newer release has been here.
 */
export async function migrateMySql(
  options: Pick<MySqlOptions, "url"> & { readonly clock?: () => number },
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
      locked(connection, () => bringUpToDate(connection, options.clock)),
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
  clock: () => number = Date.now,
): Promise<{ readonly from: number; readonly to: number }> {
  await connection.run(VERSIONS);
  const row = await connection.row("SELECT max(version) AS version FROM schema_migration");
  const from = Number(row?.["version"] ?? 0);
  const to = MIGRATIONS.length;
  if (from > to) {
    throw new MovieStoreError("corrupt", `the database has schema ${from}, this release knows ${to}`);
  }
  for (const [at, statements] of MIGRATIONS.entries()) {
    if (at < from) continue;
    for (const statement of statements) await connection.run(statement);
    if (at === from && from === WITHOUT_SUGGESTIONS) await fillSuggestions(connection);
    await connection.run(`INSERT INTO schema_migration (version, at_ms) VALUES (${at + 1}, ${clock()})`);
  }
  return { from, to };
}
