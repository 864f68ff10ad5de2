/** Requests and how long they took, told by the frame around them. */

import { Counter, Histogram, type Registry } from "prom-client";
import type { EndedRequest } from "../request-frame.ts";

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
/** Close to each other around the 5 ms that an answer may take. */
const SECONDS = [0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

const LABELS = ["route", "method", "status", "consumer", "layer"] as const;
type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

/** What is counted under one set of labels: found once, as finding it takes longer than counting. */
interface Series {
  readonly labels: Labels;
  count: number;
  readonly take: (seconds: number) => void;
}

export class RequestMetrics {
  readonly #series = new Map<string, Series>();
  readonly #seconds;
  readonly #problems;

  constructor(registry: Registry) {
    const registers = [registry];
    const series = this.#series;
    new Counter({
      name: "movie_store_http_requests_total",
      help: "Requests that have ended.",
      labelNames: LABELS,
      registers,
      collect() {
        this.reset();
        for (const { labels, count } of series.values()) this.inc(labels, count);
      },
    });
    this.#seconds = new Histogram({
      name: "movie_store_http_request_duration_seconds",
      help: "From the first line of a request to the end of its answer; without streams and aborted requests.",
      labelNames: ["route", "layer"] as const,
      buckets: SECONDS,
      registers,
    });
    this.#problems = new Counter({
      name: "movie_store_http_problems_total",
      help: "Requests that were answered with a problem, by its code.",
      labelNames: ["code"] as const,
      registers,
    });
  }

  /**
   * The labels have values from the code and the configuration alone: a caller can't make new ones, whatever it sends.
   */
  take(request: EndedRequest): void {
    const { durationMs, problem } = request;
    const route = request.route ?? "unknown";
    const method = METHODS.has(request.method) ? request.method : "other";
    const status = request.isAborted && !request.isStream ? "aborted" : `${request.status}`;
    const consumer = request.consumer ?? "";
    const layer = request.layer ?? "none";
    const isTimed = !request.isStream && !request.isAborted;
    const series = this.#seriesOf({ route, method, status, consumer, layer }, isTimed);
    series.count++;
    series.take(durationMs / 1_000);
    if (problem !== undefined) this.#problems.inc({ code: problem.code });
  }

  /** What node:http could not parse, and so has no path, nor a method that can be trusted. */
  takeUnparsed(problem: { readonly status: number; readonly code: string }): void {
    const status = `${problem.status}`;
    this.#seriesOf({ route: "unknown", method: "other", status, consumer: "", layer: "none" }, false).count++;
    this.#problems.inc({ code: problem.code });
  }

  #seriesOf(labels: Labels, isTimed: boolean): Series {
    const { route, method, status, consumer, layer } = labels;
    const key = `${route} ${method} ${status} ${layer} ${consumer} ${isTimed}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      const times = this.#seconds.labels({ route, layer });
      series = { labels, count: 0, take: isTimed ? (seconds) => times.observe(seconds) : () => {} };
      this.#series.set(key, series);
    }
    return series;
  }
}
