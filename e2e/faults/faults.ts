/** What can break, and what may be seen of it. */

import { setTimeout as lasting } from "node:timers/promises";
import type { Random } from "@movie-store/core/testing";
import type { TcpProxy } from "./tcp-proxy.ts";
import type { World } from "./world.ts";

export interface Fault {
  readonly name: string;
  /** Whether readers may be refused: they need MySQL for what no cache has, and never need Redis. */
  readonly mayRefuse: boolean;
  /** From the writers too, so that nobody can tell the caches what was committed in the moment before. */
  readonly takesMysqlAway?: true;
  /** Lasts as long as the fault does. */
  readonly happen: (world: World, random: Random) => Promise<void>;
}

const LASTS_MS = 2_000;
/** A read of MySQL is given up after 5 s. */
const LONGER_THAN_DEADLINE_MS = 7_000;
const RESETS = 15;

/** Some faults only show when they begin at the wrong moment: each lasts a little longer or shorter. */
async function last(random: Random, ms = LASTS_MS): Promise<void> {
  await lasting(ms * 0.9 + random.integer(ms / 5));
}

const toMysql = ({ proxies }: World) => [proxies.apiToMysql, proxies.writerToMysql];
const toRedis = ({ proxies }: World) => [proxies.apiToRedis, proxies.writerToRedis];

/** Something is imposed on proxies, and they are healed again. */
function onTheWay(
  ways: (world: World) => readonly TcpProxy[],
  impose: (proxy: TcpProxy, random: Random) => void,
  ms = LASTS_MS,
): Fault["happen"] {
  return async (world, random) => {
    for (const proxy of ways(world)) impose(proxy, random);
    await last(random, ms);
    for (const proxy of ways(world)) await proxy.heal();
  };
}

/** All connections, again and again. */
function resets(ways: (world: World) => readonly TcpProxy[]): Fault["happen"] {
  return async (world, random) => {
    for (let times = 0; times < RESETS; times++) {
      for (const proxy of ways(world)) proxy.reset();
      await last(random, LASTS_MS / RESETS);
    }
  };
}

const latency = (ms: number) => (proxy: TcpProxy) =>
  proxy.impose({ toServer: { latencyMs: ms }, toClient: { latencyMs: ms } });
const blackHole = (proxy: TcpProxy) => proxy.blackHole();
const cutReplies = (proxy: TcpProxy, random: Random) =>
  proxy.impose({ toClient: { cutAfterBytes: 200 + random.integer(4_000) } });
const refuse = (proxy: TcpProxy) => {
  proxy.refuse();
  proxy.reset();
};

export const FAULTS: readonly Fault[] = [
  {
    name: "MySQL is killed and comes back",
    mayRefuse: true,
    takesMysqlAway: true,
    happen: async ({ mysql }, random) => {
      await mysql.kill();
      await last(random, 1_000);
      await mysql.restart();
    },
  },
  {
    name: "MySQL hangs for 5 s",
    mayRefuse: true,
    takesMysqlAway: true,
    happen: async ({ mysql }, random) => {
      await mysql.hang();
      await last(random, 5_000);
      await mysql.goOn();
    },
  },
  {
    name: "MySQL is read-only",
    mayRefuse: false,
    happen: async ({ mysql }, random) => {
      await mysql.readOnly(true);
      await last(random);
      await mysql.readOnly(false);
    },
  },
  { name: "MySQL is 20 ms away each way", mayRefuse: false, happen: onTheWay(toMysql, latency(20)) },
  { name: "connections to MySQL are reset", mayRefuse: true, happen: resets(toMysql) },
  { name: "replies of MySQL are cut off", mayRefuse: true, happen: onTheWay(toMysql, cutReplies) },
  {
    name: "the API alone can't connect to MySQL",
    mayRefuse: true,
    happen: onTheWay(({ proxies }) => [proxies.apiToMysql], refuse),
  },
  {
    name: "a black hole between the API and MySQL",
    mayRefuse: true,
    happen: onTheWay(({ proxies }) => [proxies.apiToMysql], blackHole, LONGER_THAN_DEADLINE_MS),
  },
  {
    name: "Redis is killed and comes back empty",
    mayRefuse: false,
    happen: async ({ redis }, random) => {
      await redis.kill();
      await last(random);
      await redis.restart();
    },
  },
  {
    name: "Redis is emptied (FLUSHALL), four times",
    mayRefuse: false,
    happen: async ({ redis }, random) => {
      for (let times = 0; times < 4; times++) {
        await redis.operator.flushall();
        await last(random, LASTS_MS / 4);
      }
    },
  },
  {
    name: "Redis hangs",
    mayRefuse: false,
    happen: async ({ redis }, random) => {
      redis.hang();
      await last(random);
      redis.goOn();
    },
  },
  { name: "Redis is 30 ms away each way", mayRefuse: false, happen: onTheWay(toRedis, latency(30)) },
  { name: "connections to Redis are reset", mayRefuse: false, happen: resets(toRedis) },
  { name: "replies of Redis are cut off", mayRefuse: false, happen: onTheWay(toRedis, cutReplies) },
  {
    name: "a black hole between the API and Redis",
    mayRefuse: false,
    happen: onTheWay(({ proxies }) => [proxies.apiToRedis], blackHole),
  },
  {
    name: "a black hole between the writers and Redis",
    mayRefuse: false,
    happen: onTheWay(({ proxies }) => [proxies.writerToRedis], blackHole),
  },
];
