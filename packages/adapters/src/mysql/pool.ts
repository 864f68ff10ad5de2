/** Connections to one server: bounded in number, in the work that waits for them, and in time. */

import { MovieStoreError } from "@movie-store/core";
import { createPool, type Pool, type PoolConnection } from "mysql2";
import { Connection } from "./connection.ts";
import { isContention, isLost, mapError } from "./errors.ts";
import { driverOptionsOf } from "./options.ts";

export interface PoolOptions {
  readonly url: string;
  readonly connections: number;
  readonly queue: number;
  /** Milliseconds that work waits for a connection. */
  readonly acquireDeadlineMs: number;
  /** Milliseconds for each statement. */
  readonly statementDeadlineMs: number;
  /** Statements that make a new connection ready. */
  readonly setup: readonly string[];
  /** Milliseconds after which an idle connection is not used again; default 30,000. */
  readonly idleMs?: number;
}

/** The server closes a connection that was idle for a minute: by then it is not ours any more. */
const IDLE_MS = 30_000;

export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #pool: Pool;
  /** When a connection was last given back; those that are not in here are new. */
  readonly #idleSince = new WeakMap<PoolConnection, number>();
  readonly #lent = new Set<Promise<unknown>>();
  #closed = false;

  /** Connects when it is first used. */
  constructor(options: PoolOptions) {
    this.#options = options;
    this.#pool = createPool({
      ...driverOptionsOf(options.url),
      connectionLimit: options.connections,
      queueLimit: options.queue,
    });
    // A connection that breaks while it is idle is dropped by the pool; without a listener it would end the process.
    this.#pool.on("connection", (connection) => connection.on("error", () => {}));
  }

  /** Statements outside of a transaction, each of which sees one moment. Repeated once on another connection. */
  async read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return await this.use(work);
    } catch (error) {
      if (!isWorthAnotherRead(error)) throw mapError(error);
    }
    return this.use(work).catch((error: unknown) => {
      throw mapError(error);
    });
  }

  /** Several statements that see one moment of the database. */
  async snapshot<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.read(async (connection) => {
      await connection.run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
      const result = await work(connection);
      await connection.run("COMMIT");
      return result;
    });
  }

  /** Lends a connection. After a failure it is destroyed: it may have an open transaction or an unread answer. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const lent = this.#use(work);
    this.#lent.add(lent);
    try {
      return await lent;
    } finally {
      this.#lent.delete(lent);
    }
  }

  async #use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const driver = await this.#acquire();
    try {
      const result = await work(new Connection(driver, this.#options.statementDeadlineMs));
      this.#idleSince.set(driver, Date.now());
      driver.release();
      return result;
    } catch (error) {
      driver.destroy();
      throw error;
    }
  }

  /** Waits for the work that has begun. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#lent);
    await new Promise<void>((done) => this.#pool.end(() => done()));
  }

  async #acquire(): Promise<PoolConnection> {
    for (;;) {
      const driver = await this.#borrow();
      const since = this.#idleSince.get(driver);
      if (since === undefined) return this.#prepared(driver);
      if (Date.now() - since < (this.#options.idleMs ?? IDLE_MS)) return driver;
      driver.destroy();
    }
  }

  #borrow(): Promise<PoolConnection> {
    if (this.#closed) throw new MovieStoreError("closed", "the repository has been closed");
    return new Promise((resolve, reject) => {
      const { acquireDeadlineMs } = this.#options;
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(
          new MovieStoreError("unavailable", `MySQL: no free connection within ${acquireDeadlineMs} ms`),
        );
      }, acquireDeadlineMs);
      this.#pool.getConnection((error, driver) => {
        clearTimeout(timer);
        if (error !== null) reject(asUnavailable(error));
        else if (late) driver.release();
        else resolve(driver);
      });
    });
  }

  async #prepared(driver: PoolConnection): Promise<PoolConnection> {
    try {
      const connection = new Connection(driver, this.#options.acquireDeadlineMs);
      for (const statement of this.#options.setup) await connection.run(statement);
      return driver;
    } catch (error) {
      driver.destroy();
      throw error;
    }
  }
}

function isWorthAnotherRead(error: unknown): boolean {
  return isLost(error) || isContention(error);
}

/** The pool's own refusals (its queue is full) have no code. */
function asUnavailable(error: Error): Error {
  const mapped = mapError(error);
  if (mapped instanceof MovieStoreError || "code" in error) return mapped as Error;
  return new MovieStoreError("unavailable", `MySQL: ${error.message}`, { cause: error });
}
