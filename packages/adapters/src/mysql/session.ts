/**
 * What a new connection is told first, one statement each. Both servers understand all of it: MySQL runs what stands
 * in comments with its version, MariaDB what stands in comments with an M, and each leaves out that of the other.
 */

import type { Settings } from "./options.ts";

/** Backslashes escape, whatever the server's default; what does not fit is an error. */
const SQL_MODE = "sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'";

/**
 * A writer whose machine vanished without a word would hold the row of the store until the server gives it up.
 * The pool lets go of idle connections before that.
 */
const IDLE_SECONDS = 60;

/** Titles are sorted by up to 3,058 bytes; the default is 1,024. */
const SORT_LENGTH = "max_sort_length = 4096";

/**
 * How long a writer waits for the row of the store before it asks again. While it waits, the statement holds up whoever
 * makes the server read-only; he holds up the writer that has the row; and the server does not see the circle.
 */
const TURN_SECONDS = 2;

/** How long statements of ours wait for tables that a rebuild or a migration replaces, in seconds. */
const TABLE_WAIT = "lock_wait_timeout = 15";

const READ_COMMITTED =
  "/*!80000 , transaction_isolation = 'READ-COMMITTED' */ /*M! , tx_isolation = 'READ-COMMITTED' */";
const REPEATABLE_READ =
  "/*!80000 , transaction_isolation = 'REPEATABLE-READ' */ /*M! , tx_isolation = 'REPEATABLE-READ' */";

function set(...settings: readonly string[]): string {
  return `SET SESSION ${SQL_MODE}, wait_timeout = ${IDLE_SECONDS}, ${SORT_LENGTH}, ${settings.join(" ")}`;
}

export const SESSION = {
  /** The server ends a read itself when its time is over: the client that asked has gone by then. */
  reading: ({ readDeadlineMs }: Settings) =>
    set(
      TABLE_WAIT,
      `/*!80000 , max_execution_time = ${readDeadlineMs} */ /*M! , max_statement_time = ${readDeadlineMs / 1_000} */`,
      REPEATABLE_READ,
    ),
  writing: ({ lockDeadlineMs }: Settings) =>
    set(
      TABLE_WAIT,
      `, innodb_lock_wait_timeout = ${Math.max(1, Math.min(TURN_SECONDS, Math.round(lockDeadlineMs / 1_000)))}`,
      READ_COMMITTED,
    ),
  /** Migrations and rebuilds. */
  keeping: set(TABLE_WAIT, READ_COMMITTED),
} as const;
