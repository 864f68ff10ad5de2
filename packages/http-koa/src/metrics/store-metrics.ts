/** Whether the store answers, how far its changes have come, and how far they have been followed. */

import type { MovieRepository } from "@movie-store/core";
import { Counter, Gauge, type Registry } from "prom-client";
import { within } from "../deadline.ts";

const DEADLINE_MS = 1_000;

export class StoreMetrics {
  readonly #registry: Registry;
  readonly #followFailures;
  #read: () => Promise<void> = async () => {};

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#followFailures = new Counter({
      name: "movie_store_follow_failures_total",
      help: "Rounds in which the changes of the store could not be followed.",
      registers: [registry],
    });
  }

  takeFollowFailure(): void {
    this.#followFailures.inc();
  }

  /** Once in the life of a registry. */
  watch(repository: Pick<MovieRepository, "followed">, sharesCache: boolean): void {
    const registers = [this.#registry];
    const up = new Gauge({
      name: "movie_store_store_up",
      help: "Whether the store has answered within a second: 1 or 0.",
      registers,
    });
    const version = new Gauge({
      name: "movie_store_version",
      help: "The number of the last change.",
      registers,
    });
    const pending = sharesCache
      ? new Gauge({
          name: "movie_store_pending_invalidations",
          help: "Changes that the shared cache has not been told of.",
          registers,
        })
      : undefined;
    this.#read = async () => {
      // A number that can't be had must not look like one that stands still.
      for (const gauge of [version, pending]) gauge?.remove();
      try {
        const now = await within(DEADLINE_MS, repository.followed());
        up.set(1);
        version.set(now.version);
        pending?.set(now.version - now.followed);
      } catch {
        up.set(0);
      }
    };
  }

  /** Brings the numbers up to date. */
  async read(): Promise<void> {
    await this.#read();
  }
}
