/** What became of the objects that this process took in. */

import type { Receipt, RejectionCode, Verdict } from "@movie-store/core";
import { Counter, Histogram, type Registry } from "prom-client";

/** A record, so that a new one can't be forgotten: every series is there from the start, else the first is no increase. */
const VERDICTS: Readonly<Record<Verdict, true>> = {
  accepted: true,
  duplicate: true,
  superseded: true,
  rejected: true,
};
const CODES: Readonly<Record<RejectionCode, true>> = {
  "bad-key": true,
  gone: true,
  "too-large": true,
  empty: true,
  "bad-encoding": true,
  "bad-json": true,
  "bad-csv": true,
  "not-an-object": true,
  "unknown-format": true,
  "bad-field": true,
};
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

export class IngestMetrics {
  readonly #startedAtMs: number;
  readonly #updates;
  readonly #rejections;
  readonly #failures;
  readonly #delay;
  readonly #receipts;

  /** @param startedAtMs when this process began, milliseconds since 1970. */
  constructor(registry: Registry, startedAtMs = Date.now()) {
    this.#startedAtMs = startedAtMs;
    const registers = [registry];
    this.#updates = new Counter({
      name: "movie_store_ingest_updates_total",
      help: "Objects taken in, by verdict.",
      labelNames: ["verdict"] as const,
      registers,
    });
    this.#rejections = new Counter({
      name: "movie_store_ingest_rejections_total",
      help: "Objects put into the quarantine, by reason.",
      labelNames: ["code"] as const,
      registers,
    });
    this.#failures = new Counter({
      name: "movie_store_ingest_failures_total",
      help: "Batches of objects that could not be taken in, and come again.",
      registers,
    });
    this.#delay = new Histogram({
      name: "movie_store_ingest_delay_seconds",
      help: "From the writing of an object to the moment from which readers find it; accepted ones, written since this process began.",
      buckets: SECONDS,
      registers,
    });
    this.#receipts = new Counter({
      name: "movie_store_ingest_receipts_total",
      help: "Receipts for providers put into the bucket, by whether they got there.",
      labelNames: ["result"] as const,
      registers,
    });
    for (const result of ["written", "failed"]) this.#receipts.inc({ result }, 0);
    for (const verdict of Object.keys(VERDICTS)) this.#updates.inc({ verdict }, 0);
    for (const code of Object.keys(CODES)) this.#rejections.inc({ code }, 0);
  }

  /**
   * The delay of an object that was waiting before this process began (a backfill, the sample) would say how long
   * nobody took it in, and hide how fast this process is.
   */
  take(receipts: readonly Receipt[]): void {
    for (const { verdict, rejection, eventTimeMs, readableAtMs } of receipts) {
      this.#updates.inc({ verdict });
      if (verdict === "rejected" && rejection !== undefined) this.#rejections.inc({ code: rejection.code });
      if (verdict !== "accepted" || readableAtMs === undefined || eventTimeMs < this.#startedAtMs) continue;
      this.#delay.observe(Math.max(0, readableAtMs - eventTimeMs) / 1_000);
    }
  }

  fail(): void {
    this.#failures.inc();
  }

  takeReceipts({ written, failed }: { readonly written: number; readonly failed: number }): void {
    this.#receipts.inc({ result: "written" }, written);
    this.#receipts.inc({ result: "failed" }, failed);
  }
}
