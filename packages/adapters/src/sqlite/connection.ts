/** A connection with its prepared statements. */

import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { MovieStoreError } from "@movie-store/core";
import { isBusy, mapError } from "./errors.ts";

export type Row = Readonly<Record<string, unknown>>;

/** How long a writer waits for the writers of other processes. */
const WRITE_LOCK_DEADLINE_MS = 15_000;
const STATEMENTS = 256;
const ROWS_A_STATEMENT = 64;

/**
 * WAL lets readers go on while one process writes. A checkpoint every 64 MiB of log instead of every 4 MiB makes ingest a
 * quarter faster, because a page of postings is changed by many batches. Reading pages out of the mapped file instead
 * of by a call each halves the slowest searches at a million films; up to 8 GiB of the file are mapped.
 */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA foreign_keys = OFF;
  PRAGMA wal_autocheckpoint = 16000;
  PRAGMA mmap_size = 8589934592;
`;

export interface ConnectionOptions {
  /** Memory for pages, in KiB. */
  readonly cacheKib: number;
  /** Whether a commit survives a power failure (`synchronous = FULL`); a crash of the process alone it always does. */
  readonly durable: boolean;
}

export class Connection {
  readonly database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #closed = false;

  constructor(path: string, options: ConnectionOptions) {
    try {
      this.database = new DatabaseSync(path, { timeout: WRITE_LOCK_DEADLINE_MS });
      const synchronous = options.durable ? "FULL" : "OFF";
      this.database.exec(
        `${PRAGMAS} PRAGMA synchronous = ${synchronous}; PRAGMA cache_size = -${options.cacheKib};`,
      );
    } catch (error) {
      throw mapError(error);
    }
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values);
  }

  all(sql: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.#statement(sql).all(...values);
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  /** Runs reads against one moment of the database. */
  snapshot<T>(work: () => T): T {
    return this.#guarded(() => {
      this.database.exec("BEGIN");
      try {
        return work();
      } finally {
        this.database.exec("COMMIT");
      }
    });
  }

  /** Takes the write lock, waiting for other processes without stopping this one. */
  async begin(): Promise<void> {
    const deadline = Date.now() + WRITE_LOCK_DEADLINE_MS;
    // Waiting inside SQLite would stop the event loop, and with it every reader of this process.
    this.database.exec("PRAGMA busy_timeout = 0");
    for (let attempt = 1; ; attempt++) {
      try {
        this.#guarded(() => this.database.exec("BEGIN IMMEDIATE"));
        return;
      } catch (error) {
        const cause = error instanceof MovieStoreError ? error.cause : error;
        if (!isBusy(cause) || Date.now() > deadline) throw error;
        await delay(Math.random() * Math.min(50, 2 * attempt));
      }
    }
  }

  commit(): void {
    this.#guarded(() => this.database.exec("COMMIT"));
  }

  rollback(): void {
    if (!this.#closed && this.database.isTransaction) this.database.exec("ROLLBACK");
  }

  /** Runs work with failures mapped to the codes of core. */
  guarded<T>(work: () => T): T {
    return this.#guarded(work);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#statements.clear();
    this.database.close();
  }

  #guarded<T>(work: () => T): T {
    if (this.#closed) throw new MovieStoreError("closed", "the repository has been closed");
    try {
      return work();
    } catch (error) {
      throw mapError(error);
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    if (this.#statements.size >= STATEMENTS) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest);
        break;
      }
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}

/**
 * Many rows a statement: the call costs more than the row.
 *
 * @param otherwise what becomes of a row that is there already; default: an error.
 */
export function insertRows(
  connection: Connection,
  target: string,
  rows: readonly (readonly SQLInputValue[])[],
  otherwise = "",
): void {
  const row = `(${"?,".repeat(rows[0]?.length ?? 0).slice(0, -1)})`;
  const many = `INSERT INTO ${target} VALUES ${`${row},`.repeat(ROWS_A_STATEMENT).slice(0, -1)} ${otherwise}`;
  const one = `INSERT INTO ${target} VALUES ${row} ${otherwise}`;
  let at = 0;
  for (; at + ROWS_A_STATEMENT <= rows.length; at += ROWS_A_STATEMENT) {
    connection.run(many, ...rows.slice(at, at + ROWS_A_STATEMENT).flat());
  }
  for (const values of rows.slice(at)) connection.run(one, ...values);
}
