/** Uncached first pages on MySQL, by kind of query and number of films. */

import type { Film } from "./corpus.ts";
import { timeFirstPages } from "./first-pages.ts";
import { filledMySqlStore } from "./mysql-store.ts";
import { type Figure, percentile } from "./report.ts";

const ROUND_TRIPS = 500;

export async function measureMySqlPages(
  server: string,
  real: readonly Film[],
  sizes: readonly number[],
): Promise<readonly Figure[]> {
  const all: Figure[] = [];
  for (const size of sizes) {
    const { repository } = await filledMySqlStore(server, real, size);
    const times: number[] = [];
    for (let at = 0; at < ROUND_TRIPS; at++) {
      const started = performance.now();
      await repository.version();
      times.push(performance.now() - started);
    }
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    all.push({
      name: `MySQL, a row by its key, ${size.toLocaleString("en")} films`,
      value: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
    });
    const { figures } = await timeFirstPages(repository, real, size);
    all.push(...figures.map((figure) => ({ ...figure, name: `MySQL, ${figure.name}` })));
    await repository.close();
  }
  return all;
}
