/** The connections to MySQL. */

import type { PoolUsage } from "@movie-store/adapters/mysql";
import { Gauge, type Registry } from "prom-client";

export type PoolUsages = Readonly<Record<string, PoolUsage>>;

export class MySqlMetrics {
  constructor(registry: Registry, usages: () => PoolUsages) {
    const registers = [registry];
    new Gauge({
      name: "movie_store_mysql_pool_connections",
      help: "Open connections to MySQL.",
      labelNames: ["pool", "state"] as const,
      registers,
      collect() {
        for (const [pool, { open, busy }] of Object.entries(usages())) {
          this.set({ pool, state: "busy" }, busy);
          this.set({ pool, state: "idle" }, open - busy);
        }
      },
    });
    new Gauge({
      name: "movie_store_mysql_pool_limit",
      help: "Connections to MySQL that there may be.",
      labelNames: ["pool"] as const,
      registers,
      collect() {
        for (const [pool, { limit }] of Object.entries(usages())) this.set({ pool }, limit);
      },
    });
    new Gauge({
      name: "movie_store_mysql_pool_waiting",
      help: "Work that waits for a connection to MySQL.",
      labelNames: ["pool"] as const,
      registers,
      collect() {
        for (const [pool, { waiting }] of Object.entries(usages())) this.set({ pool }, waiting);
      },
    });
  }
}
