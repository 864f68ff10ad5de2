/** What the figures were measured on: nothing is comparable without it. */

import { cpus, type as system, totalmem } from "node:os";
import { Redis } from "ioredis";
import { createConnection, type RowDataPacket } from "mysql2/promise";

export interface Machine {
  readonly processor: string;
  readonly memory: string;
  readonly node: string;
  readonly mysql?: string;
  readonly redis?: string;
}

export async function thisMachine(mysql: string | undefined, redis: string | undefined): Promise<Machine> {
  const cores = cpus();
  return {
    processor: `${cores.length} cores of ${cores[0]?.model ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB of memory`,
    node: `${system()}, Node ${process.versions.node}`,
    ...(mysql === undefined ? {} : { mysql: await mysqlVersion(mysql) }),
    ...(redis === undefined ? {} : { redis: await redisVersion(redis) }),
  };
}

/** The servers may be of another release: that is what one measures again for. */
export function isSameMachine(one: Machine, other: Machine): boolean {
  return one.processor === other.processor && one.memory === other.memory;
}

async function mysqlVersion(server: string): Promise<string> {
  const connection = await createConnection(server);
  const [[row]] = await connection.query<RowDataPacket[]>(
    "SELECT VERSION() AS version, @@innodb_buffer_pool_size AS pool",
  );
  await connection.end();
  return `MySQL ${row?.["version"]} with a pool of ${(row?.["pool"] / 2 ** 30).toFixed(1)} GB`;
}

async function redisVersion(url: string): Promise<string> {
  const client = new Redis(url, { maxRetriesPerRequest: 0 });
  const info = await client.info("server");
  client.disconnect();
  return `Redis ${/redis_version:(\S+)/.exec(info)?.[1]}`;
}
