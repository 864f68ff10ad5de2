/** What is under way in this process. */

import { Gauge, type Registry } from "prom-client";

export interface ProcessLoad {
  readonly requests: number;
  readonly streams: number;
}

export interface ProcessReads {
  readonly running: number;
  readonly waiting: number;
}

export class LoadMetrics {
  constructor(registry: Registry, load: ProcessLoad) {
    const registers = [registry];
    new Gauge({
      name: "movie_store_http_requests_in_flight",
      help: "Requests under way, the one that asks for this included; without open streams.",
      registers,
      collect() {
        this.set(load.requests);
      },
    });
    new Gauge({
      name: "movie_store_http_streams_open",
      help: "Answers that stay open: feeds of events, and exports.",
      registers,
      collect() {
        this.set(load.streams);
      },
    });
  }
}

export class ReadMetrics {
  constructor(registry: Registry, reads: ProcessReads) {
    const registers = [registry];
    new Gauge({
      name: "movie_store_reads",
      help: "Answers that are read from the store, and those that wait for their turn.",
      labelNames: ["state"] as const,
      registers,
      collect() {
        this.set({ state: "running" }, reads.running);
        this.set({ state: "waiting" }, reads.waiting);
      },
    });
  }
}
