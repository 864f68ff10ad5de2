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

/** How much of a pool is in use at this moment. */
export interface PoolUsage {
  /** Connections that it may have. */
  readonly limit: number;
  /** Connections that it has, idle or not. */
  readonly open: number;
  /** Of these, lent. */
  readonly busy: number;
  /** How much work waits for a connection. */
  readonly waiting: number;
}

/** The server closes a connection that was idle for a minute: by then it is not ours any more. */
const IDLE_MS = 30_000;

export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #pool: Pool;
  /** When a connection was last given back; those that are not in here are new. */
  readonly #idleSince = new WeakMap<PoolConnection, number>();
  readonly #lent = new Set<Promise<unknown>>();
  readonly #open = new Set<PoolConnection>();
  readonly #busy = new Set<PoolConnection>();
  #waiting = 0;
  #closed = false;

  /** Connects when it is first used. */
  constructor(options: PoolOptions) {
    this.#options = options;
    this.#pool = createPool({
      ...driverOptionsOf(options.url),
      connectionLimit: options.connections,
      queueLimit: options.queue,
    });
    this.#pool.on("connection", (connection) => {
      this.#open.add(connection);
      connection.on("end", () => this.#forget(connection));
      // A connection that breaks while it is idle is dropped by the pool; without a listener it would end the process.
      connection.on("error", () => this.#forget(connection));
    });
  }

  get usage(): PoolUsage {
    const { connections: limit } = this.#options;
    return { limit, open: this.#open.size, busy: this.#busy.size, waiting: this.#waiting };
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
    this.#busy.add(driver);
    try {
      const result = await work(new Connection(driver, this.#options.statementDeadlineMs));
      this.#idleSince.set(driver, Date.now());
      this.#busy.delete(driver);
      driver.release();
      return result;
    } catch (error) {
      this.#destroy(driver);
      throw error;
    }
  }

  #destroy(driver: PoolConnection): void {
    this.#forget(driver);
    driver.destroy();
  }

  #forget(driver: PoolConnection): void {
    this.#open.delete(driver);
    this.#busy.delete(driver);
  }

  /** Waits for the work that has begun. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#lent);
    await new Promise<void>((done) => this.#pool.end(() => done()));
  }

  async #acquire(): Promise<PoolConnection> {
    this.#waiting++;
    try {
      for (;;) {
        const driver = await this.#borrow();
        const since = this.#idleSince.get(driver);
        if (since === undefined) return await this.#prepared(driver);
        if (Date.now() - since < (this.#options.idleMs ?? IDLE_MS)) return driver;
        this.#destroy(driver);
      }
    } finally {
      this.#waiting--;
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
      this.#destroy(driver);
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
