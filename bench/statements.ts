/** The statements that a store sends to its database, and the database's plans for them. */

import { DatabaseSync } from "node:sqlite";
import { PoolConnection } from "mysql2";

/** A step of a plan, as the page shows it. */
export interface Step {
  readonly text: string;
  /** How many the database expects, all of the list though the end of the page ends it sooner; MySQL alone tells. */
  readonly rows?: number;
  /** Whether all rows of a table are read. */
  readonly isFullScan: boolean;
}

export interface Plan {
  readonly sql: string;
  readonly steps: readonly Step[];
}

type Row = Readonly<Record<string, unknown>>;
type Done = (error: Error | null, result: readonly Row[]) => void;
type Query = (this: unknown, sql: unknown, values: unknown, done: Done) => unknown;

/** What stands above steps. */
const NO_STEP = /^(?:CORRELATED )?(?:SCALAR|LIST) SUBQUERY/;
const READS = /^[\s(]*(?:SELECT|WITH)\b/i;

/** @returns the plans of all that `work` reads from MySQL, each made on the connection that reads, right behind it. */
export async function plansOnMySql(work: () => Promise<unknown>): Promise<readonly Plan[]> {
  const driver = PoolConnection.prototype as unknown as { query: Query };
  const { query } = driver;
  const plans: Promise<Plan>[] = [];
  driver.query = function (sql, values, done) {
    const sent = query.call(this, sql, values, done);
    if (typeof sql === "string" && READS.test(sql)) {
      plans.push(
        new Promise((resolve, reject) => {
          query.call(this, `EXPLAIN FORMAT=TRADITIONAL ${sql}`, values, (error, rows) => {
            if (error === null) resolve({ sql, steps: rows.map((row) => mySqlStep(row, sql)) });
            else reject(error);
          });
        }),
      );
    }
    return sent;
  };
  try {
    await work();
    return await Promise.all(plans);
  } finally {
    driver.query = query;
  }
}

/** @returns the plans of all that connections which `work` opens read from SQLite. */
export async function plansOnSqlite(path: string, work: () => Promise<unknown>): Promise<readonly Plan[]> {
  const driver = DatabaseSync.prototype;
  const { prepare } = driver;
  const statements = new Set<string>();
  driver.prepare = function (this: DatabaseSync, sql, options) {
    if (READS.test(sql)) statements.add(sql);
    return prepare.call(this, sql, options);
  };
  try {
    await work();
  } finally {
    driver.prepare = prepare;
  }
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return [...statements].map((sql) => {
      const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
      const details = rows.map(({ detail }) => String(detail)).filter((detail) => !NO_STEP.test(detail));
      const ordered = !details.some((detail) => detail.startsWith("USE TEMP B-TREE"));
      return { sql, steps: details.map((detail) => sqliteStep(detail, sql, ordered)) };
    });
  } finally {
    database.close();
  }
}

/** Tables in angle brackets are what the statement itself has made: a page at most. */
export function mySqlStep(row: Row, sql: string): Step {
  const { table, type, key, rows, Extra: extra } = row;
  const more = extra === null ? "" : ` (${extra})`;
  if (table === null) return { text: String(extra), isFullScan: false };
  if (String(table).startsWith("<")) return { text: `rows it has made${more}`, isFullScan: false };
  const by = key === null ? "" : ` by ${key}`;
  return {
    text: `${tableOf(String(table), sql)}: ${type}${by}${more}`,
    rows: Number(rows),
    // A table of a single row is read whole.
    isFullScan: (type === "ALL" || type === "index") && Number(rows) > 1,
  };
}

/** @param ordered whether SQLite sorts nothing for this statement: it gives rows as it reads them. */
function sqliteStep(detail: string, sql: string, ordered: boolean): Step {
  const [, step, alias = ""] = /^(SCAN|SEARCH) (\w+)/.exec(detail) ?? [];
  const table = tableOf(alias, sql);
  const isOfTable = step === "SCAN" && new RegExp(`\\b(?:FROM|JOIN)\\s+${table}\\b`).test(sql);
  // A walk through an index is called a scan as well, and so is one that begins at the end of the table and ends there.
  if (isOfTable && ordered && /\bORDER BY \w+(?: DESC)? LIMIT 1$/.test(sql))
    return { text: `end of ${table}`, isFullScan: false };
  return {
    text: alias === "" ? detail : detail.replace(alias, table),
    isFullScan: isOfTable && !/ USING (?:COVERING )?INDEX /.test(detail),
  };
}

/** The tables that an alias stands for; in the parts of a union it may be several. */
function tableOf(alias: string, sql: string): string {
  const named = sql.matchAll(new RegExp(`\\b(?:FROM|JOIN)\\s+(\\w+)\\s+(?:AS\\s+)?${alias}\\b`, "g"));
  return [...new Set([...named].map(([, table]) => table))].join(" or ") || alias;
}
