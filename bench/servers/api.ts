/**
 * This API as it runs in production, on a store of the bench: `api.ts <SQLite file or mysql://…> <near, none or
 * redis://…>`. The second is the cache: the one in this process, one that never has anything, or Redis alone.
 */

import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { RedisCache } from "@movie-store/adapters/redis";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import type { Cache } from "@movie-store/core";
import {
  createContainer,
  createLogger,
  loadConfig,
  openObservation,
  type Replacements,
  STORE,
  startServer,
} from "@movie-store/http-koa";

const [where, cacheName] = process.argv.slice(2) as [string, string];
const config = loadConfig({ PORT: "0", HOST: "127.0.0.1" });
const log = createLogger(config.logLevel);
const observation = await openObservation(config, log);
const repository = where.startsWith("mysql:")
  ? MySqlMovieRepository.open({ url: where })
  : SqliteMovieRepository.open({ path: where });
const replacements: Replacements = { repository, logger: log, observation, ...(await cacheOf(cacheName)) };
const container = createContainer(config, replacements);
const server = await startServer({ store: container.resolve(STORE), config, log, observation });
console.error(server.url);

async function cacheOf(name: string): Promise<{ readonly cache?: Cache }> {
  if (name === "near") return {};
  if (name === "none") return { cache: alwaysMissing() };
  const cache = RedisCache.open({ url: name, prefix: `movie-store-bench-${process.pid}` });
  if (!(await cache.connected())) throw new Error("no Redis");
  return { cache };
}

/** Snapshots that differ, so that no miss waits for the read of another. */
function alwaysMissing(): Cache {
  let misses = 0;
  return {
    shared: false,
    get: async () => ({ hit: false, snapshot: String(misses++) }),
    set: async () => {},
    invalidate: async () => true,
    close: async () => {},
  };
}
