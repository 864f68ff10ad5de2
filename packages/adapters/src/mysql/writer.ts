/** Transactions of writers: one after the other, whole or not at all, tried again where that can help. */

import { setTimeout as delay } from "node:timers/promises";
import { MovieStoreError } from "@movie-store/core";
import type { Connection } from "./connection.ts";
import { isContention, isLockTimeout, isLost, mapError } from "./errors.ts";
import type { ConnectionPool } from "./pool.ts";
import { endDeadRebuild } from "./rebuild-marker.ts";
import { lockStore, type StoreRow, writeStore } from "./store-row.ts";

/** What a transaction has come to. */
export interface Written<T> {
  readonly result: T;
  /** The row of the store from now on; absent where nothing was written. */
  readonly store?: StoreRow;
  /** Called when it has been committed, before another writer of this process begins. */
  readonly onCommit?: () => void;
  /** Tells, in a later transaction, whether this one was committed. */
  readonly isCommitted?: (connection: Connection) => Promise<boolean>;
}

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 20;
const REBUILD_PAUSE_MS = 200;

export class Writer {
  readonly #pool: ConnectionPool;
  readonly #lockDeadlineMs: number;

  constructor(pool: ConnectionPool, lockDeadlineMs: number) {
    this.#pool = pool;
    this.#lockDeadlineMs = lockDeadlineMs;
  }

  /**
   * The row of the store is locked first, not last: of two transactions that each bring half of a film, the later has
   * to see what the earlier wrote, or neither joins the halves. So writers don't meet in any other row either: there
   * are no deadlocks between them, and the numbers that they give have no gaps.
   */
  async write<T>(work: (connection: Connection, store: StoreRow) => Promise<Written<T>>): Promise<T> {
    const deadline = Date.now() + this.#lockDeadlineMs;
    let unknown: Written<T> | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#pool.use((connection) => transaction(connection, work, unknown));
      } catch (error) {
        if (error instanceof Rebuilding) {
          if (Date.now() > deadline) throw new MovieStoreError("unavailable", "MySQL: a rebuild is at work");
          attempt--;
          await delay(REBUILD_PAUSE_MS * (0.5 + Math.random()));
          continue;
        }
        if (isLockTimeout(error) && Date.now() < deadline) {
          attempt--;
          continue;
        }
        if (error instanceof CommitUnknown) unknown = error.written as Written<T>;
        const cause = error instanceof CommitUnknown ? error.cause : error;
        if (attempt === ATTEMPTS || !(isContention(cause) || isLost(cause) || error instanceof CommitUnknown))
          throw mapError(cause);
        await delay(Math.random() * FIRST_PAUSE_MS * 2 ** attempt);
      }
    }
  }
}

async function transaction<T>(
  connection: Connection,
  work: (connection: Connection, store: StoreRow) => Promise<Written<T>>,
  unknown: Written<T> | undefined,
): Promise<T> {
  await connection.run("START TRANSACTION");
  let store = await lockStore(connection);
  if (store.isRebuilding) {
    if (!(await endDeadRebuild(connection, store))) throw new Rebuilding();
    store = { ...store, isRebuilding: false };
  }
  // The lock is ours, so an earlier attempt whose COMMIT was not answered has been committed by now, or never will be.
  if ((await unknown?.isCommitted?.(connection)) === true) {
    await connection.run("ROLLBACK");
    return (unknown as Written<T>).result;
  }
  const written = await work(connection, store);
  if (written.store === undefined) {
    await connection.run("ROLLBACK");
    return written.result;
  }
  await writeStore(connection, written.store);
  try {
    await connection.run("COMMIT");
  } catch (error) {
    throw new CommitUnknown(written, error);
  }
  written.onCommit?.();
  return written.result;
}

/** The reply to a COMMIT is missing: only the next transaction can tell what became of it. */
class CommitUnknown extends Error {
  readonly written: Written<unknown>;

  constructor(written: Written<unknown>, cause: unknown) {
    super("the reply to COMMIT is missing", { cause });
    this.written = written;
  }
}

class Rebuilding extends Error {}
