/** What `INFO` says about a server: https://redis.io/docs/latest/commands/info/ */

import { createHash } from "node:crypto";

export interface ServerInfo {
  readonly isPrimary: boolean;
  readonly isCluster: boolean;
  /** The process: another one after each start. */
  readonly runId: string;
  /** The history of the data: another one after each promotion of a replica. */
  readonly replicationId: string;
}

export function readServerInfo(text: string): ServerInfo {
  const fields = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return {
    isPrimary: fields.get("role") === "master",
    isCluster: fields.get("cluster_enabled") === "1",
    runId: fields.get("run_id") ?? "",
    replicationId: fields.get("master_replid") ?? "",
  };
}

/**
 * A mark of this server and this history of its data. Redis takes another replication id at a restart, too, but
 * only the run id is made for telling processes apart.
 */
export function originOf({ runId, replicationId }: ServerInfo): string {
  return createHash("sha256").update(`${runId} ${replicationId}`).digest("base64url").slice(0, 22);
}
