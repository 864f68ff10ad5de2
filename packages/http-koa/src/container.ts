/** Puts the parts together. The only file that knows how: everything else is handed what it needs. */

import "reflect-metadata";
import { mkdirSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { gunzip } from "@movie-store/adapters/gunzip";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { RedisCache, type RedisEvent, RedisInvalidationChannel } from "@movie-store/adapters/redis";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import {
  type Cache,
  LayeredCache,
  MemoryCache,
  type MovieRepository,
  MovieStore,
  type MovieStoreOptions,
} from "@movie-store/core";
import { instanceCachingFactory, container as root } from "tsyringe";
import type { Config } from "./config.ts";
import { digestOf } from "./digest.ts";
import { createLogger, type Logger } from "./logger.ts";
import type { Observation } from "./observation.ts";
import { observedPorts } from "./observed-ports.ts";
import { ObservedMovieStore } from "./observed-store.ts";
import { ReadTurns } from "./read-turns.ts";

declare const PART: unique symbol;

/** Names a part of the program, of type `T`. */
export type Token<T> = symbol & { readonly [PART]?: T };

export const CONFIG: Token<Config> = Symbol("config");
export const LOGGER: Token<Logger> = Symbol("logger");
/** Milliseconds since 1970. */
export const CLOCK: Token<() => number> = Symbol("clock");
export const REPOSITORY: Token<MovieRepository> = Symbol("repository");
export const CACHE: Token<Cache> = Symbol("cache");
export const STORE: Token<MovieStore> = Symbol("store");

export interface Container {
  /** The one instance of a part, made when it is first asked for. */
  resolve<T>(token: Token<T>): T;
  /** Closes what was made here, last first. Parts that were handed in stay open. */
  close(): Promise<void>;
}

/** Parts to use instead of those that the configuration asks for. They are not closed by the container. */
export interface Replacements {
  readonly logger?: Logger;
  readonly clock?: () => number;
  readonly repository?: MovieRepository;
  readonly cache?: Cache;
  readonly readTurns?: ReadTurns;
  /** Is told what goes on. Default: nobody is. */
  readonly observation?: Observation;
}

/**
 * @example
 * ```ts
 * const container = createContainer(loadConfig(process.env));
 * const store = container.resolve(STORE);
 * await container.close();
 * ```
 */
export function createContainer(config: Config, replacements: Replacements = {}): Container {
  const container = root.createChildContainer();
  const made: { close(): Promise<void> }[] = [];

  function provide<T>(token: Token<T>, make: () => T): void {
    container.register<T>(token, { useFactory: instanceCachingFactory(make) });
  }

  function closing<T extends { close(): Promise<void> }>(part: T): T {
    made.push(part);
    return part;
  }

  const resolve = <T>(token: Token<T>): T => container.resolve<T>(token);
  const { logger, clock, repository, cache, readTurns = new ReadTurns(), observation } = replacements;

  provide(CONFIG, () => config);
  provide(LOGGER, () => logger ?? createLogger(config.logLevel));
  provide(CLOCK, () => clock ?? Date.now);
  provide(REPOSITORY, () => repository ?? closing(openRepository(config)));
  provide(CACHE, () => cache ?? closing(openCache(config, resolve(CLOCK), onRedisEvent)));
  provide(STORE, () => {
    const ports = { repository: resolve(REPOSITORY), cache: resolve(CACHE) };
    const options: Omit<MovieStoreOptions, keyof typeof ports> = {
      cacheTtlMs: config.cacheTtlMs,
      clock: resolve(CLOCK),
      priority: config.providerPriority,
      prefix: config.keyPrefix,
      gunzip,
      digest: digestOf,
      nextTurn,
      inTurn: (read) => readTurns.run(read),
    };
    if (observation === undefined) return new MovieStore({ ...ports, ...options });
    observation.metrics.watchReads(readTurns);
    return new ObservedMovieStore({ ...observedPorts(ports, observation), ...options }, observation);
  });

  function onRedisEvent(event: RedisEvent): void {
    logRedisEvent(resolve(LOGGER), event);
    observation?.metrics.redis.take(event);
  }

  return {
    resolve,
    close: async () => {
      for (const part of made.splice(0).reverse()) await part.close();
    },
  };
}

function openRepository(config: Config): MovieRepository {
  const { mysqlUrl: url, mysqlReadUrl: readUrl } = config;
  if (url !== undefined)
    return MySqlMovieRepository.open({ url, ...(readUrl === undefined ? {} : { readUrl }) });
  mkdirSync(config.dataDirectory, { recursive: true });
  return SqliteMovieRepository.open({ path: config.databasePath });
}

/** What this process has at hand before what all processes share. */
function openCache(
  { redisUrl: url }: Config,
  clock: () => number,
  onEvent: (event: RedisEvent) => void,
): Cache {
  if (url === undefined) return new MemoryCache({ clock });
  const redis = { url, onEvent };
  const far = RedisCache.open({ ...redis, clock });
  const channel = RedisInvalidationChannel.open(redis);
  // A time of day that is set back would let near answers live longer than their bound.
  const steady = () => performance.now();
  return new LayeredCache({ near: new MemoryCache({ clock: steady }), far, channel, clock: steady });
}

/** Answers come from the database as long as Redis does not, so this is not an error. */
function logRedisEvent(log: Logger, { connection, isUp, reason }: RedisEvent): void {
  if (isUp) log.info({ connection }, "Redis is used");
  else log.warn({ connection, reason }, "Redis is not used");
}
