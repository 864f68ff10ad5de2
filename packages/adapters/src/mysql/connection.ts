/** A connection, lent by the pool for one piece of work. */

import { MovieStoreError } from "@movie-store/core";
import type { PoolConnection, ResultSetHeader, RowDataPacket } from "mysql2";

export type Row = Readonly<Record<string, unknown>>;
/** Scalars only: mysql2 would spread an object or an array over the statement. */
export type Value = string | number | Uint8Array | null;

export class Connection {
  readonly #driver: PoolConnection;
  readonly #deadlineMs: number;

  /** @param deadlineMs for each statement; a connection that misses it is destroyed. */
  constructor(driver: PoolConnection, deadlineMs: number) {
    this.#driver = driver;
    this.#deadlineMs = deadlineMs;
  }

  /** The rows that a SELECT gives. `?` stands for a value; not to be used for LIMIT. */
  async rows(sql: string, values?: readonly Value[]): Promise<readonly Row[]> {
    return (await this.#query(sql, values)) as readonly RowDataPacket[];
  }

  async row(sql: string, values?: readonly Value[]): Promise<Row | undefined> {
    return (await this.rows(sql, values))[0];
  }

  async run(sql: string, values?: readonly Value[]): Promise<void> {
    await this.#query(sql, values);
  }

  /** @returns how many rows a DELETE has removed. */
  async change(sql: string): Promise<number> {
    return ((await this.#query(sql, undefined)) as ResultSetHeader).affectedRows;
  }

  /** mysql2's own `timeout` leaves the connection in use and the server at work. */
  #query(sql: string, values: readonly Value[] | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#driver.destroy();
        reject(new MovieStoreError("unavailable", `MySQL: no answer within ${this.#deadlineMs} ms`));
      }, this.#deadlineMs);
      const done = (error: unknown, result: unknown) => {
        clearTimeout(timer);
        if (error === null) resolve(result);
        else reject(error);
      };
      // Without values (`null`, not an empty list) mysql2 does not look for placeholders in a megabyte of rows.
      this.#driver.query(sql, values?.map(driverValue) ?? null, done);
    });
  }
}

function driverValue(value: Value): string | number | Buffer | null {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : value;
}
