/** What can break of Redis, and of the ways to it: nothing that a reader is refused for. */

import { expect } from "vitest";
import { RedisProcess } from "../../packages/adapters/src/redis/testing/redis-process.ts";
import { blackHole, cutReplies, type Fault, LASTS_MS, last, latency, onTheWay, resets } from "./fault.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import type { World } from "./world.ts";

/** So long the replica is behind, more than an answer may be. */
const LAG_MS = 2_000;

const toRedis = ({ proxies }: World) => [proxies.apiToRedis, proxies.writerToRedis];

let replica: RedisProcess;
let replication: TcpProxy;

const FAULTS: readonly Omit<Fault, "mayRefuse">[] = [
  {
    name: "Redis is killed and comes back empty",
    happen: async ({ redis }, random) => {
      await redis.kill();
      await last(random);
      await redis.restart();
    },
  },
  {
    name: "Redis fails over to a replica that is 2 s behind",
    prepare: async ({ redis }) => {
      replica = await RedisProcess.start();
      replication = await TcpProxy.start(redis.url);
      const { hostname, port } = new URL(replication.through(redis.url));
      await replica.operator.replicaof(hostname, Number(port));
      const isUp = async () => (await replica.operator.info("replication")).includes("master_link_status:up");
      await expect.poll(isUp, { timeout: 20_000 }).toBe(true);
    },
    happen: async (world, random) => {
      const { redis: old } = world;
      replication.blackHole();
      await last(random, LAG_MS);
      await old.kill();
      await replica.operator.replicaof("NO", "ONE");
      world.redis = replica;
      for (const proxy of toRedis(world)) proxy.lead(replica.url);
      await replication.stop();
      await last(random, LASTS_MS / 2);
      await old.remove();
    },
  },
  {
    name: "Redis has no memory left",
    happen: async ({ redis }, random) => {
      await redis.operator.config("SET", "maxmemory", "1");
      await last(random);
      await redis.operator.config("SET", "maxmemory", "0");
    },
  },
  {
    name: "Redis is emptied (FLUSHALL), four times",
    happen: async ({ redis }, random) => {
      for (let times = 0; times < 4; times++) {
        await redis.operator.flushall();
        await last(random, LASTS_MS / 4);
      }
    },
  },
  {
    name: "Redis hangs",
    happen: async ({ redis }, random) => {
      redis.hang();
      await last(random);
      redis.goOn();
    },
  },
  { name: "Redis is 30 ms away each way", happen: onTheWay(toRedis, latency(30)) },
  { name: "connections to Redis are reset", happen: resets(toRedis) },
  { name: "replies of Redis are cut off", happen: onTheWay(toRedis, cutReplies) },
  {
    name: "a black hole between the API and Redis",
    happen: onTheWay(({ proxies }) => [proxies.apiToRedis], blackHole),
  },
  {
    name: "a black hole between the writers and Redis",
    happen: onTheWay(({ proxies }) => [proxies.writerToRedis], blackHole),
  },
];

export const REDIS_FAULTS: readonly Fault[] = FAULTS.map((fault) => ({ ...fault, mayRefuse: false }));
