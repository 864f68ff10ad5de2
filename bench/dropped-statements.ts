/**
 * Parts of a store left out of a measurement: their statements never reach the database. The store itself has no such
 * switch. What it reckons and writes down for a dropped statement it still does; what is saved is the database's work
 * and the way there.
 */

import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { PoolConnection } from "mysql2";
import { SCHEMA_VERSION } from "../packages/adapters/src/mysql/schema.ts";

/** `counter`: the row that orders writers, and that they lock. SQLite's writers take turns anyway. */
export type Part = "log" | "history" | "counter";

const STATEMENTS: Readonly<Record<Part, RegExp>> = {
  log: /\b(?:INTO|FROM) update_(?:log|body)\b/,
  history: /\bINTO (?:film_)?change\b/,
  counter: /^(?:SELECT number, at_ms, sequence.* FROM store .*FOR UPDATE|UPDATE store SET number)/s,
};

/** Runs `work` without the statements of these parts. They must be of a store that is empty. */
export async function without<T>(parts: readonly Part[], work: () => Promise<T>): Promise<T> {
  const restore = [dropFromMySql(parts), dropFromSqlite(parts)];
  try {
    return await work();
  } finally {
    for (const undo of restore) undo();
  }
}

function isDropped(parts: readonly Part[], sql: string): boolean {
  return parts.some((part) => STATEMENTS[part].test(sql));
}

type Done = (error: null, result: unknown) => void;
type Query = (sql: unknown, values: unknown, done: Done) => unknown;

function dropFromMySql(parts: readonly Part[]): () => void {
  const driver = PoolConnection.prototype as unknown as { query: Query };
  const { query } = driver;
  let counters: Record<string, number> = { number: 0, at_ms: 0, sequence: 0, last_term: 0, is_rebuilding: 0 };
  const schema = { schema_version: SCHEMA_VERSION };
  driver.query = function (this: unknown, sql, values, done) {
    if (typeof sql !== "string" || !isDropped(parts, sql)) return query.call(this, sql, values, done);
    if (sql.startsWith("UPDATE store")) {
      const given = [...sql.matchAll(/(\w+) = (\d+)/g)].filter(([, column]) => column !== "id");
      counters = Object.fromEntries(given.map(([, column, value]) => [column, Number(value)]));
    }
    const result = sql.startsWith("SELECT number") ? [{ ...counters, ...schema }] : [];
    setImmediate(() => done(null, result));
    return undefined;
  };
  return () => {
    driver.query = query;
  };
}

function dropFromSqlite(parts: readonly Part[]): () => void {
  const driver = DatabaseSync.prototype;
  const { prepare } = driver;
  driver.prepare = function (this: DatabaseSync, sql, options) {
    const statement = prepare.call(this, sql, options);
    if (!isDropped(parts, sql)) return statement;
    return Object.assign(Object.create(statement) as typeof statement, {
      run: (..._: SQLInputValue[]) => ({ changes: 0, lastInsertRowid: 0 }),
      get: () => undefined,
      all: () => [],
    });
  };
  return () => {
    driver.prepare = prepare;
  };
}
