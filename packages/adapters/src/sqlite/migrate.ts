/** The schema of a file, without opening it as a store. */

import { Connection } from "./connection.ts";
import { MIGRATIONS, migrate } from "./schema.ts";

const CACHE_KIB = 2_000;

/**
 * Makes the tables of a new file, or brings those of an older release up to date. A store does the same when it opens
 * its file.
 *
 * @returns the versions of the schema before and after; 0 for a new file.
 * @throws MovieStoreError `unavailable` or `corrupt`.
 */
export function migrateSqlite(path: string): { readonly from: number; readonly to: number } {
  const connection = new Connection(path, { cacheKib: CACHE_KIB, durable: true });
  try {
    return { from: connection.guarded(() => migrate(connection)), to: MIGRATIONS.length };
  } finally {
    connection.close();
  }
}
