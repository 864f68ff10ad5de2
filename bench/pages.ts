/** Uncached first pages on SQLite, by kind of query and number of films. */

import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import type { Film } from "./corpus.ts";
import { timeFirstPages } from "./first-pages.ts";
import type { Figure } from "./report.ts";
import { storeInMemory } from "./scaled-store.ts";

/** From 32,608 films to a million, thirty times as many, a page may take this many times as long. */
const LIMIT_GROWTH = 3;

export async function measurePages(
  real: readonly Film[],
  sizes: readonly number[],
): Promise<readonly Figure[]> {
  const all: Figure[] = [];
  const first = new Map<string, number>();
  for (const size of sizes) {
    const path = await storeInMemory(real, size);
    const repository = SqliteMovieRepository.open({ path });
    const { middles, figures } = await timeFirstPages(repository, real, size);
    await repository.close();
    all.push(...figures);
    for (const [kind, p50] of middles) {
      const before = first.get(kind);
      if (before === undefined) first.set(kind, p50);
      else {
        const growth = p50 / before;
        all.push({
          name: `${kind}, growth of p50`,
          value: `${growth.toFixed(1)} times`,
          limit: `< ${LIMIT_GROWTH}`,
          met: growth < LIMIT_GROWTH,
        });
      }
    }
  }
  return all;
}
