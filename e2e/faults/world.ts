/** Real servers, two processes of the API and two writers, each way between them through a proxy of its own. */

import { resolve } from "node:path";
import { MySqlMovieRepository, migrateMySql } from "@movie-store/adapters/mysql";
import { RedisCache } from "@movie-store/adapters/redis";
import { MovieStore } from "@movie-store/core";
import type { Random } from "@movie-store/core/testing";
import { RedisProcess } from "../../packages/adapters/src/redis/testing/redis-process.ts";
import { ApiProcess } from "../api-process.ts";
import { IngestService } from "./ingest-service.ts";
import { MySqlProcess } from "./mysql-process.ts";
import { TcpProxy } from "./tcp-proxy.ts";
import type { Ingest } from "./writer.ts";

const CLOCK = resolve(import.meta.dirname, "clock.mjs");

export class World {
  /** The primary. */
  mysql: MySqlProcess;
  /** Has nothing, and follows nobody yet. */
  standby: MySqlProcess;
  redis: RedisProcess;
  readonly apis: readonly ApiProcess[];
  /** A process that polls, which is this one, and the function. */
  readonly writers: readonly [Ingest, IngestService];
  /** On a way of its own that no fault is on. */
  readonly repository: MySqlMovieRepository;
  readonly proxies: Proxies;
  /** By how much the clock of the first writer is wrong. */
  clockErrorMs = 0;
  /** By how much objects are longer than they need to be. */
  paddingBytes = 0;
  readonly #open: Closable[];

  private constructor(
    parts: Pick<World, "mysql" | "standby" | "redis" | "apis" | "repository" | "proxies">,
    service: IngestService,
  ) {
    this.mysql = parts.mysql;
    this.standby = parts.standby;
    this.redis = parts.redis;
    this.apis = parts.apis;
    this.repository = parts.repository;
    this.proxies = parts.proxies;
    const { MYSQL_URL, REDIS_URL } = waysOf(parts, "writer");
    const repository = MySqlMovieRepository.open({ url: MYSQL_URL });
    const cache = RedisCache.open({ url: REDIS_URL });
    const store = new MovieStore({ repository, cache, clock: () => Date.now() + this.clockErrorMs });
    this.writers = [store, service];
    this.#open = [parts.repository, repository, cache];
  }

  static async start(environment: NodeJS.ProcessEnv, random: Random): Promise<World> {
    const [mysql, standby, redis, folder] = await Promise.all([
      MySqlProcess.start(environment, 1),
      MySqlProcess.start(environment, 2),
      RedisProcess.start(),
      IngestService.bundled(),
    ]);
    await migrateMySql({ url: mysql.url });
    const proxies = {
      apiToMysql: await TcpProxy.start(mysql.url),
      writerToMysql: await TcpProxy.start(mysql.url),
      checkerToMysql: await TcpProxy.start(mysql.url),
      apiToRedis: await TcpProxy.start(redis.url),
      writerToRedis: await TcpProxy.start(redis.url),
    };
    const servers = { mysql, redis, proxies };
    const [service, ...apis] = await Promise.all([
      IngestService.start(folder, waysOf(servers, "writer"), random),
      startApi(servers),
      startApi(servers),
    ]);
    const repository = MySqlMovieRepository.open({ url: proxies.checkerToMysql.through(mysql.url) });
    return new World({ ...servers, standby, apis, repository }, service);
  }

  /** One more, whom no reader asks. */
  startApi(environment: NodeJS.ProcessEnv = {}): Promise<ApiProcess> {
    return startApi(this, environment);
  }

  /** @returns what the processes of the API said of themselves that is worse than a warning. */
  async stop(): Promise<readonly string[]> {
    await Promise.all(this.apis.map((api) => api.stop()));
    await this.writers[1].stop();
    for (const part of this.#open) await part.close();
    for (const proxy of Object.values(this.proxies)) await proxy.stop();
    await Promise.all([this.mysql.stop(), this.standby.stop(), this.redis.remove()]);
    return this.apis.flatMap(({ errors }) => errors);
  }
}

function startApi(servers: Servers, environment: NodeJS.ProcessEnv = {}): Promise<ApiProcess> {
  return ApiProcess.start({ ...waysOf(servers, "api"), NODE_OPTIONS: `--import=${CLOCK}`, ...environment });
}

function waysOf({ mysql, redis, proxies }: Servers, of: "api" | "writer") {
  const [toMysql, toRedis] =
    of === "api" ? [proxies.apiToMysql, proxies.apiToRedis] : [proxies.writerToMysql, proxies.writerToRedis];
  return { MYSQL_URL: toMysql.through(mysql.url), REDIS_URL: toRedis.through(redis.url) };
}

/** @see TcpProxy */
type Proxies = Readonly<
  Record<"apiToMysql" | "writerToMysql" | "checkerToMysql" | "apiToRedis" | "writerToRedis", TcpProxy>
>;

type Servers = Pick<World, "mysql" | "redis" | "proxies">;

interface Closable {
  close(): Promise<void>;
}
