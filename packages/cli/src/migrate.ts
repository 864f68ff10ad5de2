/** The schema of whatever store the configuration names. */

import { mkdir } from "node:fs/promises";
import { migrateMySql } from "@movie-store/adapters/mysql";
import { migrateSqlite } from "@movie-store/adapters/sqlite";
import type { Config } from "@movie-store/http-koa";

/** @returns the versions of the schema before and after; 0 for none. */
export async function migrate(config: Config): Promise<{ readonly from: number; readonly to: number }> {
  if (config.mysqlUrl !== undefined) return migrateMySql({ url: config.mysqlUrl });
  await mkdir(config.dataDirectory, { recursive: true });
  return migrateSqlite(config.databasePath);
}
