/** Who had the answers that were looked for in a cache. */

import type { CacheLayer } from "@movie-store/core";
import { Counter, type Registry } from "prom-client";

export class CacheMetrics {
  readonly #lookups: Record<CacheLayer | "none", number> = { l1: 0, l2: 0, none: 0 };
  #failedInvalidations = 0;

  constructor(registry: Registry) {
    const registers = [registry];
    const [lookups, metrics] = [this.#lookups, this];
    new Counter({
      name: "movie_store_cache_lookups_total",
      help: "Answers looked for in the cache, by the layer that had them; none: read from the database.",
      labelNames: ["layer"] as const,
      registers,
      collect() {
        this.reset();
        for (const [layer, number] of Object.entries(lookups)) this.inc({ layer }, number);
      },
    });
    new Counter({
      name: "movie_store_cache_failed_invalidations_total",
      help: "Invalidations that did not reach what processes share, and are repeated.",
      registers,
      collect() {
        this.reset();
        this.inc(metrics.#failedInvalidations);
      },
    });
  }

  takeLookup(layer: CacheLayer | "none"): void {
    this.#lookups[layer]++;
  }

  takeFailedInvalidation(): void {
    this.#failedInvalidations++;
  }
}
