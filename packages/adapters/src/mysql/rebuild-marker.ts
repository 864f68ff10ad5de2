/**
 * How a rebuild keeps writers out: `store.is_rebuilding` says that one was begun, and a lock of its session that it is
 * alive. The server frees that lock when the session ends, however it ends; then the next writer undoes what is left.
 */

import type { Connection } from "./connection.ts";
import { type StoreRow, writeStore } from "./store-row.ts";

/** Named by the database, because such locks belong to the whole server. At most 64 characters. */
const LOCK = "CONCAT('movie-store rebuild ', LEFT(SHA2(DATABASE(), 256), 40))";

/** @returns whether no other session has it. */
export async function takeRebuildLock(connection: Connection): Promise<boolean> {
  return (await connection.row(`SELECT GET_LOCK(${LOCK}, 0) AS taken`))?.["taken"] === 1;
}

export async function freeRebuildLock(connection: Connection): Promise<void> {
  await connection.row(`SELECT RELEASE_LOCK(${LOCK}) AS freed`);
}

/** Within the transaction of a writer. @returns false if the rebuild is alive. */
export async function endDeadRebuild(connection: Connection, store: StoreRow): Promise<boolean> {
  const row = await connection.row(`SELECT IS_FREE_LOCK(${LOCK}) AS free`);
  if (row?.["free"] !== 1) return false;
  await undoRebuild(connection, store);
  return true;
}

/** Takes back the changes that no reader has seen. The tables beside the others are dropped by the next rebuild. */
export async function undoRebuild(connection: Connection, store: StoreRow): Promise<void> {
  await connection.run(`DELETE FROM film_change WHERE number > ${store.number}`);
  await writeStore(connection, { ...store, isRebuilding: false });
}
