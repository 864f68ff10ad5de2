/** How fast MySQL takes in films, from empty and with very many films in it. */

import type { Film } from "./corpus.ts";
import { dropMySqlStore, filledMySqlStore, openMySqlStore, takeIn } from "./mysql-store.ts";
import type { Figure } from "./report.ts";

const LIMIT_RATE = 2_200;
const MEASURED_FILMS = 20_000;
const EMPTY = "movie_store_bench_empty";

/** @param full how many films the full store has before. */
export async function measureMySqlIngest(
  server: string,
  real: readonly Film[],
  full: number,
): Promise<readonly Figure[]> {
  await dropMySqlStore(server, EMPTY);
  const empty = await openMySqlStore(server, EMPTY);
  const fromEmpty = await takeIn(empty, real, real.length);
  await empty.repository.close();
  await dropMySqlStore(server, EMPTY);

  const filled = await filledMySqlStore(server, real, full);
  const whenFull = await takeIn(filled, real, MEASURED_FILMS);
  await filled.repository.close();
  return [
    figure(`MySQL, ingest of ${real.length.toLocaleString("en")} films from empty`, fromEmpty, LIMIT_RATE),
    figure(`MySQL, ingest with ${full.toLocaleString("en")} films in`, whenFull, LIMIT_RATE / 2),
  ];
}

function figure(
  name: string,
  { films, ms }: { readonly films: number; readonly ms: number },
  limit: number,
): Figure {
  const rate = (films / ms) * 1000;
  return {
    name,
    value: `${Math.round(rate).toLocaleString("en")} films/s`,
    limit: `>= ${limit.toLocaleString("en")}`,
    met: rate >= limit,
  };
}
