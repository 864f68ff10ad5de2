/** An empty database of a test's own on a server that is there already. */

import { randomBytes } from "node:crypto";
import { migrateMySql } from "@movie-store/adapters/mysql";
import { createConnection } from "mysql2/promise";

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** @param serverUrl of a user who may create databases. */
export async function freshDatabase(
  serverUrl: string,
  { migrated = true }: { readonly migrated?: boolean } = {},
): Promise<FreshDatabase> {
  const name = `movie_store_e2e_${randomBytes(6).toString("hex")}`;
  await run(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  if (migrated) await migrateMySql({ url: url.href });
  return { url: url.href, drop: () => run(serverUrl, `DROP DATABASE IF EXISTS ${name}`) };
}

async function run(url: string, sql: string): Promise<void> {
  const connection = await createConnection(url);
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
