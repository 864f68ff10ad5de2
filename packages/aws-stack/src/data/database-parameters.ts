/** What MySQL is told, where RDS would choose otherwise. */

import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { type IInstanceEngine, ParameterGroup } from "aws-cdk-lib/aws-rds";
import type { Construct } from "constructs";
import type { DatabaseSize } from "../stages.ts";

const GIB = 1_024 ** 3;
const MIB = 1_024 ** 2;

export function databaseParameters(
  scope: Construct,
  engine: IInstanceEngine,
  { redoLogGib }: DatabaseSize,
): ParameterGroup {
  return new ParameterGroup(scope, "Parameters", {
    engine,
    description: "Movie Store",
    removalPolicy: RemovalPolicy.RETAIN,
    parameters: {
      require_secure_transport: "1",
      tls_version: "TLSv1.2,TLSv1.3",
      local_infile: "0",
      character_set_server: "utf8mb4",
      collation_server: "utf8mb4_bin",
      // A commit that was answered survives a crash, and stands in the binary log that replicas and backups are made of.
      innodb_flush_log_at_trx_commit: "1",
      sync_binlog: "1",
      binlog_format: "ROW",
      "gtid-mode": "ON",
      enforce_gtid_consistency: "ON",
      // The posting tables want to be in memory, and as much redo log: docs/databases.md.
      innodb_dedicated_server: "0",
      innodb_buffer_pool_size: "{DBInstanceClassMemory*3/4}",
      innodb_redo_log_capacity: String(redoLogGib * GIB),
      // A batch of updates goes in statements of a few megabytes, a film in one row.
      max_allowed_packet: String(64 * MIB),
      slow_query_log: "1",
      long_query_time: String(Duration.seconds(1).toSeconds()),
      log_output: "FILE",
    },
  });
}
