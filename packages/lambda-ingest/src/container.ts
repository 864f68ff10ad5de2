/** Puts the parts together. The only file that knows how: everything else is handed what it needs. */

import "reflect-metadata";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { gunzip } from "@movie-store/adapters/gunzip";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { RedisCache } from "@movie-store/adapters/redis";
import { S3ReceiptWriter, S3UpdateSource } from "@movie-store/adapters/s3";
import type { LogLevel } from "@movie-store/adapters/variables";
import { type Cache, type MovieRepository, MovieStore, type UpdateSource } from "@movie-store/core";
import { instanceCachingFactory, container as root } from "tsyringe";
import type { Config } from "./config.ts";
import type { Log, Measures } from "./report.ts";
import type { ReceiptWriter } from "./write-receipts.ts";

declare const PART: unique symbol;

/** Names a part of the program, of type `T`. */
export type Token<T> = symbol & { readonly [PART]?: T };

export const LOGGER: Token<Log> = Symbol("logger");
export const METRICS: Token<Measures> = Symbol("metrics");
export const SOURCE: Token<UpdateSource> = Symbol("source");
export const STORE: Token<MovieStore> = Symbol("store");
export const RECEIPT_WRITER: Token<ReceiptWriter | null> = Symbol("receipt writer");
const REPOSITORY: Token<MovieRepository> = Symbol("repository");
const CACHE: Token<Cache | null> = Symbol("cache");

export interface Container {
  /** The one instance of a part, made when it is first asked for. */
  resolve<T>(token: Token<T>): T;
  /** Closes what was made here, last first. Parts that were handed in stay open. */
  close(): Promise<void>;
}

/** Parts to use instead of those that the configuration asks for. They are not closed by the container. */
export interface Replacements {
  readonly logger?: Log;
  readonly metrics?: Measures;
  readonly clock?: () => number;
  readonly repository?: MovieRepository;
  /** `null`: none. */
  readonly cache?: Cache | null;
  readonly source?: UpdateSource;
  readonly receiptWriter?: ReceiptWriter;
}

const POWERTOOLS_LEVELS = {
  fatal: "CRITICAL",
  error: "ERROR",
  warn: "WARN",
  info: "INFO",
  debug: "DEBUG",
  trace: "TRACE",
  silent: "SILENT",
} as const satisfies Record<LogLevel, string>;

/**
 * An environment works on one batch at a time, and a batch is one transaction: one connection for it and one for what
 * is read besides.
 */
const CONNECTIONS = 1;

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
  const { logger, metrics, clock, repository, cache, source, receiptWriter } = replacements;
  const { serviceName, metricsNamespace: namespace } = config;

  provide(LOGGER, () => logger ?? new Logger({ serviceName, logLevel: POWERTOOLS_LEVELS[config.logLevel] }));
  provide(METRICS, () => metrics ?? new Metrics({ namespace, serviceName }));
  provide(
    REPOSITORY,
    () =>
      repository ?? closing(MySqlMovieRepository.open({ url: config.mysqlUrl, connections: CONNECTIONS })),
  );
  provide(CACHE, () => (cache === undefined ? openCache() : cache));
  provide(SOURCE, () => source ?? closing(new S3UpdateSource(connectionOf(config))));
  provide(
    STORE,
    () =>
      new MovieStore({
        repository: resolve(REPOSITORY),
        cache: resolve(CACHE),
        priority: config.providerPriority,
        prefix: config.keyPrefix,
        gunzip,
        ...(clock === undefined ? {} : { clock }),
      }),
  );

  provide(RECEIPT_WRITER, () => receiptWriter ?? (config.writesReceipts ? openReceiptWriter() : null));

  function openReceiptWriter(): ReceiptWriter {
    const prefix = config.keyPrefix;
    return closing(new S3ReceiptWriter({ ...connectionOf(config), store: resolve(STORE), prefix }));
  }

  /** What this function changes is invalidated in it. Nothing is read from it. */
  function openCache(): Cache | null {
    if (config.redisUrl === undefined) return null;
    const log = resolve(LOGGER);
    const opened = RedisCache.open({
      url: config.redisUrl,
      onEvent: (event) => log.warn(event.isUp ? "Redis is used" : "Redis is not used", { ...event }),
    });
    return closing(opened);
  }

  return {
    resolve,
    close: async () => {
      for (const part of made.splice(0).reverse()) await part.close();
    },
  };
}

function connectionOf({ s3Endpoint, region, replica }: Config) {
  return {
    ...(s3Endpoint === undefined ? {} : { endpoint: s3Endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(replica === undefined ? {} : { replica }),
  };
}
