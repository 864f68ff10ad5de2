/** What this process counts, and its text for Prometheus. */

import type { MovieRepository } from "@movie-store/core";
import { collectDefaultMetrics, Registry } from "prom-client";
import { CacheMetrics } from "./cache-metrics.ts";
import { IngestMetrics } from "./ingest-metrics.ts";
import { LoadMetrics, type ProcessLoad, type ProcessReads, ReadMetrics } from "./load-metrics.ts";
import { MySqlMetrics, type PoolUsages } from "./mysql-metrics.ts";
import { RedisMetrics } from "./redis-metrics.ts";
import { RequestMetrics } from "./request-metrics.ts";
import { StoreMetrics } from "./store-metrics.ts";

/**
 * Each instance has a registry of its own, so that two servers in one process don't count into one. What has a number
 * at any time (connections, the version of the store) is asked for when Prometheus asks.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly requests = new RequestMetrics(this.#registry);
  readonly ingest = new IngestMetrics(this.#registry);
  readonly cache = new CacheMetrics(this.#registry);
  readonly store = new StoreMetrics(this.#registry);
  #redis: RedisMetrics | undefined;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** For a process that has a Redis. */
  get redis(): RedisMetrics {
    this.#redis ??= new RedisMetrics(this.#registry);
    return this.#redis;
  }

  watchLoad(load: ProcessLoad): void {
    new LoadMetrics(this.#registry, load);
  }

  watchReads(reads: ProcessReads): void {
    new ReadMetrics(this.#registry, reads);
  }

  watchPools(usages: () => PoolUsages): void {
    new MySqlMetrics(this.#registry, usages);
  }

  /** @param sharesCache whether its changes are followed for a cache that processes share. */
  watchStore(repository: Pick<MovieRepository, "followed">, sharesCache: boolean): void {
    this.store.watch(repository, sharesCache);
  }

  get mediaType(): string {
    return this.#registry.contentType;
  }

  /** Takes a second at most. */
  async text(): Promise<string> {
    await this.store.read();
    return this.#registry.metrics();
  }
}
