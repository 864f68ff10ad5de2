/** Real servers, two processes of the API and two writers, each way between them through a proxy of its own. */

import { MySqlMovieRepository, migrateMySql } from "@movie-store/adapters/mysql";
import { RedisCache } from "@movie-store/adapters/redis";
import { MovieStore } from "@movie-store/core";
import { RedisProcess } from "../../packages/adapters/src/redis/testing/redis-process.ts";
import { ApiProcess } from "../api-process.ts";
import { MySqlProcess } from "./mysql-process.ts";
import { TcpProxy } from "./tcp-proxy.ts";

export class World {
  readonly mysql: MySqlProcess;
  readonly redis: RedisProcess;
  readonly apis: readonly ApiProcess[];
  readonly writers: readonly MovieStore[];
  /** On a way of its own that no fault is on. */
  readonly repository: MySqlMovieRepository;
  readonly proxies: Proxies;
  readonly #open: readonly Closable[];

  private constructor(
    parts: Pick<World, "mysql" | "redis" | "apis" | "writers" | "repository" | "proxies">,
    open: readonly Closable[],
  ) {
    this.mysql = parts.mysql;
    this.redis = parts.redis;
    this.apis = parts.apis;
    this.writers = parts.writers;
    this.repository = parts.repository;
    this.proxies = parts.proxies;
    this.#open = open;
  }

  static async start(environment: NodeJS.ProcessEnv): Promise<World> {
    const [mysql, redis] = await Promise.all([MySqlProcess.start(environment), RedisProcess.start()]);
    await migrateMySql({ url: mysql.url });
    const proxies = {
      apiToMysql: await TcpProxy.start(mysql.url),
      writerToMysql: await TcpProxy.start(mysql.url),
      apiToRedis: await TcpProxy.start(redis.url),
      writerToRedis: await TcpProxy.start(redis.url),
    };
    const api = {
      MYSQL_URL: proxies.apiToMysql.through(mysql.url),
      REDIS_URL: proxies.apiToRedis.through(redis.url),
    };
    const apis = await Promise.all([ApiProcess.start(api), ApiProcess.start(api)]);
    const open: Closable[] = [];
    const writers = [1, 2].map(() => {
      const repository = MySqlMovieRepository.open({ url: proxies.writerToMysql.through(mysql.url) });
      const cache = RedisCache.open({ url: proxies.writerToRedis.through(redis.url) });
      open.push(repository, cache);
      return new MovieStore({ repository, cache });
    });
    const repository = MySqlMovieRepository.open({ url: mysql.url });
    open.push(repository);
    return new World({ mysql, redis, apis, writers, repository, proxies }, open);
  }

  /** @returns what the processes of the API said of themselves that is worse than a warning. */
  async stop(): Promise<readonly string[]> {
    await Promise.all(this.apis.map((api) => api.stop()));
    for (const part of this.#open) await part.close();
    for (const proxy of Object.values(this.proxies)) await proxy.stop();
    await Promise.all([this.mysql.stop(), this.redis.remove()]);
    return this.apis.flatMap(({ errors }) => errors);
  }
}

/** @see TcpProxy */
type Proxies = Readonly<Record<"apiToMysql" | "writerToMysql" | "apiToRedis" | "writerToRedis", TcpProxy>>;

interface Closable {
  close(): Promise<void>;
}
