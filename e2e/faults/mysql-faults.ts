/** What can break of MySQL, and of the ways to it. */

import { expect } from "vitest";
import { acknowledgeWhenReplicated, follow, promote, replicated } from "../mysql-replication.ts";
import {
  blackHole,
  cutReplies,
  type Fault,
  LASTS_MS,
  last,
  latency,
  onTheWay,
  refuse,
  resets,
} from "./fault.ts";
import { CAN_MOUNT } from "./mysql-process.ts";
import type { World } from "./world.ts";

/** A read of MySQL is given up after 5 s. */
const LONGER_THAN_DEADLINE_MS = 6_000;
/** Such objects need more space than the tables have to spare, within some of them. */
const LONG_OBJECT_BYTES = 400_000;

const toMysql = ({ proxies }: World) => [proxies.apiToMysql, proxies.writerToMysql];

export const MYSQL_FAULTS: readonly Fault[] = [
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
    name: "MySQL fails over to its replica, and the old primary comes back",
    mayRefuse: true,
    takesMysqlAway: true,
    prepare: async ({ mysql, standby }) => {
      const { operatorUrl } = standby;
      await follow(operatorUrl, mysql.operatorUrl);
      await replicated(operatorUrl, mysql.operatorUrl);
      await acknowledgeWhenReplicated(operatorUrl, mysql.operatorUrl);
    },
    happen: async (world, random, tally) => {
      const { mysql: old, standby: replica, proxies } = world;
      await old.kill();
      await promote(replica.operatorUrl);
      [world.mysql, world.standby] = [replica, old];
      for (const proxy of [...toMysql(world), proxies.checkerToMysql]) proxy.lead(replica.url);
      await last(random, 500);
      // Those who still have its address are told that it is read-only, for as long as addresses are kept.
      await old.restart("--super-read-only=ON");
      const { attemptsFailed } = tally;
      proxies.writerToMysql.lead(old.url);
      await expect.poll(() => tally.attemptsFailed, { timeout: 20_000 }).toBeGreaterThan(attemptsFailed);
      proxies.writerToMysql.lead(replica.url);
    },
  },
  {
    name: "MySQL has no space left",
    mayRefuse: false,
    ...(CAN_MOUNT
      ? {}
      : { impossible: "no file system can be mounted here: that takes root, or CAP_SYS_ADMIN" }),
    happen: async (world, random, tally) => {
      const { mysql } = world;
      const { attemptsFailed } = tally;
      world.paddingBytes = LONG_OBJECT_BYTES;
      await mysql.fillDisk();
      await expect.poll(() => tally.attemptsFailed, { timeout: 20_000 }).toBeGreaterThan(attemptsFailed + 2);
      await last(random, LASTS_MS / 2);
      world.paddingBytes = 0;
      await mysql.freeDisk();
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
];
