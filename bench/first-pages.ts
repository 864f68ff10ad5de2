/** How long uncached pages of every kind take, one after the other. */

import { hash } from "node:crypto";
import { type FindParameters, type MovieRepository, MovieStore } from "@movie-store/core";
import type { Film } from "./corpus.ts";
import { questionsByKind } from "./query-kinds.ts";
import { type Figure, percentile } from "./report.ts";

const QUERIES_A_KIND = 300;
const WARM_UP = 50;
const LIMIT_MS = 5;

/** @returns the middle of the times of each kind in milliseconds, and the figures. */
export async function timeFirstPages(
  repository: MovieRepository,
  real: readonly Film[],
  size: number,
): Promise<{ readonly middles: ReadonlyMap<string, number>; readonly figures: readonly Figure[] }> {
  const store = new MovieStore({
    repository,
    cache: null,
    digest: (text) => hash("sha1", text, "base64url"),
  });
  const middles = new Map<string, number>();
  const figures: Figure[] = [];
  const kinds = await questionsByKind(
    real,
    size,
    QUERIES_A_KIND,
    async (question) => (await store.find(question)).page.next,
  );
  for (const [kind, questions] of kinds) {
    const times = await timesOf(store, questions);
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    middles.set(kind, p50);
    figures.push({
      name: `${kind}, ${size.toLocaleString("en")} films`,
      value: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
      amounts: { p50, p99 },
      limit: `p99 < ${LIMIT_MS} ms`,
      met: p99 < LIMIT_MS,
    });
  }
  return { middles, figures };
}

async function timesOf(store: MovieStore, questions: readonly FindParameters[]): Promise<readonly number[]> {
  // Warm: code is compiled and pages that every query of the kind reads are in memory. The queries measured are others.
  for (const question of questions.slice(0, WARM_UP)) await store.findText(store.plan(question));
  const times: number[] = [];
  for (const question of questions.slice(WARM_UP)) {
    const started = performance.now();
    await store.findText(store.plan(question));
    times.push(performance.now() - started);
  }
  return times;
}
