import { expect, test } from "vitest";
import { originOf, readServerInfo } from "./server-info.ts";

const [RUN, HISTORY] = [
  "1c63ee4bb2e7e2ab1a3d0ee8f7b4b0a1d9f2a6c4",
  "8371445ee47bd3c2bbb9b6a8a6e3a5d6e2f8c1b7",
];
const info = `# Server\r\nredis_version:7.0.15\r\nrun_id:${RUN}\r\nexecutable:/usr/bin/redis-server\r\n
# Replication\r\nrole:master\r\nconnected_slaves:0\r\nmaster_replid:${HISTORY}\r\nmaster_replid2:${"0".repeat(40)}\r\n
# Cluster\r\ncluster_enabled:0\r\n`;

test("reads what the server is", () => {
  const server = { isPrimary: true, isCluster: false, runId: RUN, replicationId: HISTORY };
  expect(readServerInfo(info)).toEqual(server);
  expect(readServerInfo(info.replace("role:master", "role:slave"))).toEqual({ ...server, isPrimary: false });
  expect(readServerInfo(info.replace("enabled:0", "enabled:1"))).toEqual({ ...server, isCluster: true });
  expect(readServerInfo("")).toEqual({ isPrimary: false, isCluster: false, runId: "", replicationId: "" });
});

test("another process, and another history, is another origin", () => {
  const origins = [info, info, info.replace(RUN, RUN.toUpperCase()), info.replace(HISTORY, RUN)].map((text) =>
    originOf(readServerInfo(text)),
  );
  expect(origins[1]).toBe(origins[0]);
  expect(new Set(origins).size).toBe(3);
});
