/**
 * Half an hour of everything at once on two processes of the API, MySQL and Redis, and whether anything is left behind:
 * `npm run soak -- --minutes 30`. MySQL is found as the tests find it; Redis is one of its own. Needs Linux.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { RedisCache } from "@movie-store/adapters/redis";
import { MovieStore } from "@movie-store/core";
import { Random } from "@movie-store/core/testing";
import { RedisProcess } from "../../packages/adapters/src/redis/testing/redis-process.ts";
import { mysql } from "../../tools/services/database-servers.ts";
import { findServer } from "../../tools/services/server.ts";
import { freshDatabase } from "../fresh-database.ts";
import { runSql } from "../sql.ts";
import { Answers } from "./answers.ts";
import { comeAndGo } from "./clients.ts";
import { takeInAll, updateOn } from "./films.ts";
import { judge, type Moment, type Rest } from "./judgement.ts";
import { WatchedApi } from "./watched-api.ts";

const SAMPLE_EVERY_MS = 10_000;
/** Longer than idle connections are kept open, on either side. */
const REST_MS = 100_000;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, seed: { type: "string", default: "1" } },
});
const minutes = Number(values.minutes);
const { server } = await findServer(mysql(process.env), process.env);
if (server === undefined) throw new Error("no MySQL: TEST_MYSQL_URL, Docker, or mysqld on PATH");
const folder = await mkdtemp(join(tmpdir(), "movie-store-soak-"));
const database = await freshDatabase(server.url);
const redis = await RedisProcess.start();
const repository = MySqlMovieRepository.open({ url: database.url });
const cache = RedisCache.open({ url: redis.url });
const store = new MovieStore({ repository, cache });
await takeInAll(store);
const environment = { MYSQL_URL: database.url, REDIS_URL: redis.url };
const watched = await Promise.all(
  [1, 2].map((api) => WatchedApi.start(join(folder, `${api}.socket`), environment)),
);

const moments: Moment[] = [];
const answers = new Answers();
const startMs = performance.now();
const untilMs = startMs + minutes * 60_000;
const isOver = () => performance.now() >= untilMs;
const before = await atRest();
const load = watched.map(({ api: { url } }, at) =>
  comeAndGo({ url, random: new Random(Number(values.seed) + at), answers, isOver }),
);
const updating = updateOn(store, new Random(Number(values.seed)), isOver);
while (!isOver()) {
  await pause(SAMPLE_EVERY_MS);
  moments.push(await moment());
  process.stderr.write(`${lineOf(moments.at(-1) as Moment)}\n`);
}
await Promise.all(load);
const updates = await updating;
await pause(REST_MS);
const after = await atRest();

const exits = await Promise.all(watched.map(({ api }) => api.stop()));
const errors = watched.flatMap(({ api }) => api.errors);
await cache.close();
await repository.close();
await redis.remove();
await database.drop();
await server.stop();
await rm(folder, { recursive: true });

const { table, faults } = judge({ moments, before, after, answers, updates, errors, exits });
const verdict = faults.length === 0 ? "Nothing is left behind." : `Faults:\n${faults.join("\n")}`;
process.stdout.write(`${table}\n\n${verdict}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

async function moment(): Promise<Moment> {
  const [connections] = await runSql(
    database.url,
    "SELECT COUNT(*) AS held FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
  );
  const clients = (await redis.operator.client("LIST")) as string;
  return {
    atMs: performance.now() - startMs,
    apis: await Promise.all(watched.map((api) => api.sample())),
    mysqlConnections: Number(connections?.["held"]),
    redisClients: clients.trim().split("\n").length,
  };
}

async function atRest(): Promise<Rest> {
  for (const { api } of watched) await (await fetch(`${api.url}/v1/movies`)).text();
  return moment();
}

function lineOf({ atMs, apis, mysqlConnections, redisClients }: Moment): string {
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const each = apis.map(
    ({ heapBytes, rssBytes, sockets }) => `${mb(heapBytes)} of ${mb(rssBytes)}, ${sockets} sockets`,
  );
  return `${(atMs / 60_000).toFixed(1)} min: ${each.join("; ")}; MySQL ${mysqlConnections}, Redis ${redisClients}, ${answers.total} answers`;
}
