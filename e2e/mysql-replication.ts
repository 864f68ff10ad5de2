/** One MySQL that follows another, by GTIDs. Each URL is of a user who may do anything. */

import { runSql } from "./sql.ts";

/** Options of mysqld for both; each has its own `--server-id` besides. */
export const REPLICATION_OPTIONS = ["--log-bin=binlog", "--gtid-mode=ON", "--enforce-gtid-consistency=ON"];

/** Makes a server the replica of another one. From then on it is written by nobody else. */
export async function follow(replicaUrl: string, primaryUrl: string): Promise<void> {
  const { hostname, port, username, password } = new URL(primaryUrl);
  await runSql(
    replicaUrl,
    `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${hostname}', SOURCE_PORT = ${port}, SOURCE_USER = '${username}',
       SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1`,
    "START REPLICA",
    "SET GLOBAL super_read_only = ON",
  );
}

/** Resolves when the replica has everything that the primary has now. */
export async function replicated(replicaUrl: string, primaryUrl: string): Promise<void> {
  const [row] = await runSql(primaryUrl, "SELECT @@GLOBAL.gtid_executed AS executed");
  const wait = `SELECT WAIT_FOR_EXECUTED_GTID_SET('${row?.["executed"]}', 60) AS isLate`;
  const [waited] = await runSql(replicaUrl, wait);
  if (waited?.["isLate"] !== 0) throw new Error("the replica does not follow");
}

/** What the replica was sent and has not done yet is done first, then it takes writes. */
export async function promote(replicaUrl: string): Promise<void> {
  const stopped = ["STOP REPLICA IO_THREAD", "START REPLICA SQL_THREAD", "SHOW REPLICA STATUS"];
  const [status] = await runSql(replicaUrl, ...stopped);
  await runSql(
    replicaUrl,
    `SELECT WAIT_FOR_EXECUTED_GTID_SET('${status?.["Retrieved_Gtid_Set"]}', 60)`,
    "STOP REPLICA",
    "RESET REPLICA ALL",
    "SET GLOBAL super_read_only = OFF",
    "SET GLOBAL read_only = OFF",
  );
}

/**
 * From now on a commit is acknowledged when the replica has it as well (semi-synchronous replication), however long that
 * takes.
 */
export async function acknowledgeWhenReplicated(replicaUrl: string, primaryUrl: string): Promise<void> {
  await runSql(
    replicaUrl,
    "SET GLOBAL super_read_only = OFF",
    "INSTALL PLUGIN rpl_semi_sync_replica SONAME 'semisync_replica.so'",
    "SET GLOBAL super_read_only = ON",
    "SET GLOBAL rpl_semi_sync_replica_enabled = ON",
    "STOP REPLICA IO_THREAD",
    "START REPLICA IO_THREAD",
  );
  await runSql(
    primaryUrl,
    "INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'",
    `SET GLOBAL rpl_semi_sync_source_timeout = ${24 * 60 * 60 * 1_000}`,
    "SET GLOBAL rpl_semi_sync_source_enabled = ON",
  );
}
