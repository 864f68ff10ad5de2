/** From what SQLite reports to the error codes of core. */

import { MovieStoreError } from "@movie-store/core";

/** Primary result codes, https://sqlite.org/rescode.html. */
const SQLITE_BUSY = 5;
const UNAVAILABLE: ReadonlySet<number> = new Set([
  SQLITE_BUSY,
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  9, // INTERRUPT
  10, // IOERR
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL
  23, // AUTH
]);
const CORRUPT: ReadonlySet<number> = new Set([11 /* CORRUPT */, 26 /* NOTADB */]);

export function mapError(error: unknown): unknown {
  if (error instanceof MovieStoreError) return error;
  const code = primaryCode(error);
  if (code === undefined) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (UNAVAILABLE.has(code))
    return new MovieStoreError("unavailable", `SQLite: ${message}`, { cause: error });
  if (CORRUPT.has(code)) return new MovieStoreError("corrupt", `SQLite: ${message}`, { cause: error });
  return error;
}

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY;
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number")
    return undefined;
  return error.errcode & 0xff;
}
