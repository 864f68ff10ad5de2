/** From what MySQL, MariaDB and mysql2 report to the error codes of core, and which of them are worth another try. */

import { MovieStoreError } from "@movie-store/core";

const ER_NO_SUCH_TABLE = 1146;
const ER_BAD_FIELD = 1054;
const ER_LOCK_WAIT_TIMEOUT = 1205;
/** Numbers of the servers' error reference. */
const NOT_MIGRATED: ReadonlySet<number> = new Set([ER_NO_SUCH_TABLE, ER_BAD_FIELD]);

/** What a fail-over leaves behind: the connection leads to a server that no longer writes. */
const READ_ONLY: ReadonlySet<number> = new Set([
  1290, // ER_OPTION_PREVENTS_STATEMENT
  1792, // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1836, // ER_READ_ONLY_MODE
]);
const LOST: ReadonlySet<number> = new Set([
  1053, // ER_SERVER_SHUTDOWN
  1077, // ER_NORMAL_SHUTDOWN
  1079, // ER_SHUTDOWN_COMPLETE
  1152, // ER_ABORTING_CONNECTION
  1184, // ER_NEW_ABORTING_CONNECTION
  1317, // ER_QUERY_INTERRUPTED
  1927, // ER_CONNECTION_KILLED (MariaDB)
  4031, // ER_CLIENT_INTERACTION_TIMEOUT
]);
/** Another transaction came in between: the whole of ours may be tried again. */
const CONTENDED: ReadonlySet<number> = new Set([
  1020, // ER_CHECKREAD: changed since the snapshot (MariaDB)
  1062, // ER_DUP_ENTRY
  1213, // ER_LOCK_DEADLOCK
  1412, // ER_TABLE_DEF_CHANGED: a rebuild put new tables in place
]);
const UNAVAILABLE: ReadonlySet<number> = new Set([
  1021, // ER_DISK_FULL
  1030, // ER_GET_ERRNO
  1037, // ER_OUTOFMEMORY
  1038, // ER_OUT_OF_SORTMEMORY
  1040, // ER_CON_COUNT_ERROR
  1041, // ER_OUT_OF_RESOURCES
  1044, // ER_DBACCESS_DENIED_ERROR
  1045, // ER_ACCESS_DENIED_ERROR
  1049, // ER_BAD_DB_ERROR
  1114, // ER_RECORD_FILE_FULL
  1129, // ER_HOST_IS_BLOCKED
  1130, // ER_HOST_NOT_PRIVILEGED
  1142, // ER_TABLEACCESS_DENIED_ERROR
  1180, // ER_ERROR_DURING_COMMIT
  1203, // ER_TOO_MANY_USER_CONNECTIONS
  ER_LOCK_WAIT_TIMEOUT,
  1206, // ER_LOCK_TABLE_FULL
  1226, // ER_USER_LIMIT_REACHED
  1698, // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
  1969, // ER_STATEMENT_TIMEOUT (MariaDB)
  3024, // ER_QUERY_TIMEOUT
  3032, // ER_SERVER_OFFLINE_MODE
  3118, // ER_ACCOUNT_HAS_BEEN_LOCKED
  3159, // ER_SECURE_TRANSPORT_REQUIRED
]);
const CORRUPT: ReadonlySet<number> = new Set([
  1033, // ER_NOT_FORM_FILE
  1034, // ER_NOT_KEYFILE
  1194, // ER_CRASHED_ON_USAGE
  1195, // ER_CRASHED_ON_REPAIR
  1712, // ER_INDEX_CORRUPT
  1877, // ER_TABLE_CORRUPT
]);
/** mysql2 and the sockets below it name what went wrong before the server could: `ECONNRESET`, `HANDSHAKE_…`. */
const DRIVER_CODE = /^(E[A-Z]{3,}|PROTOCOL_|HANDSHAKE_|ERR_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

export function mapError(error: unknown): unknown {
  if (error instanceof MovieStoreError || !(error instanceof Error)) return error;
  const number = numberOf(error);
  const as = (code: "unavailable" | "corrupt" | "conflict", message: string) =>
    new MovieStoreError(code, `MySQL: ${message}`, { cause: error });
  if (number !== undefined && NOT_MIGRATED.has(number))
    return as("unavailable", `${error.message}; run \`movie-store migrate\``);
  if (number !== undefined && CORRUPT.has(number)) return as("corrupt", error.message);
  if (isContention(error)) return as("conflict", error.message);
  if ((number !== undefined && UNAVAILABLE.has(number)) || isLost(error))
    return as("unavailable", error.message);
  return error;
}

/** Whether the connection is gone, or leads to a server that can't do what it is for: another one may. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const number = numberOf(error);
  if (number !== undefined) return LOST.has(number) || READ_ONLY.has(number);
  if ("fatal" in error && error.fatal === true) return true;
  return "code" in error && typeof error.code === "string" && DRIVER_CODE.test(error.code);
}

export function isContention(error: unknown): boolean {
  const number = numberOf(error);
  return number !== undefined && CONTENDED.has(number);
}

/** Whether it has waited for a row for as long as one statement may. */
export function isLockTimeout(error: unknown): boolean {
  return numberOf(error) === ER_LOCK_WAIT_TIMEOUT;
}

/** The server's number; what mysql2 takes over from the system has a negative one. */
function numberOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errno" in error) || typeof error.errno !== "number") return undefined;
  return error.errno > 0 ? error.errno : undefined;
}
