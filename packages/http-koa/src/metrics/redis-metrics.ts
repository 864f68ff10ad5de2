/** Whether Redis is used. */

import type { RedisEvent } from "@movie-store/adapters/redis";
import { Counter, Gauge, type Registry } from "prom-client";

const CONNECTIONS: readonly RedisEvent["connection"][] = ["cache", "channel"];

export class RedisMetrics {
  readonly #up;
  readonly #interruptions;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#up = new Gauge({
      name: "movie_store_redis_up",
      help: "Whether Redis is used: 1, or 0 while it is not connected or its breaker is open.",
      labelNames: ["connection"] as const,
      registers,
    });
    this.#interruptions = new Counter({
      name: "movie_store_redis_interruptions_total",
      help: "How often Redis was found not to be usable.",
      labelNames: ["connection"] as const,
      registers,
    });
    for (const connection of CONNECTIONS) {
      this.#up.set({ connection }, 0);
      this.#interruptions.inc({ connection }, 0);
    }
  }

  take({ connection, isUp }: RedisEvent): void {
    this.#up.set({ connection }, isUp ? 1 : 0);
    if (!isUp) this.#interruptions.inc({ connection });
  }
}
