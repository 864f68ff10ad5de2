/** How fast MySQL takes in films, from empty and with very many films in it. */

import type { Film } from "./corpus.ts";
import { dropMySqlStore, filledMySqlStore, openMySqlStore, takeIn } from "./mysql-store.ts";
import type { Figure } from "./report.ts";
import { textbookInsertRate } from "./textbook-insert.ts";

const LIMIT_RATE = 2_200;
const MEASURED_FILMS = 20_000;
const TEXTBOOK_FILMS = 3_000;
/** 2,200 films a second, where the textbook's way of inserting made 430. */
const LIMIT_TIMES = 5.1;
const EMPTY = "movie_store_bench_empty";

/** @param full how many films the full store has before. */
export async function measureMySqlIngest(
  server: string,
  real: readonly Film[],
  full: number,
): Promise<readonly Figure[]> {
  const textbook = await textbookInsertRate(server, real.slice(-TEXTBOOK_FILMS));
  await dropMySqlStore(server, EMPTY);
  const empty = await openMySqlStore(server, EMPTY);
  const fromEmpty = await takeIn(empty, real, real.length);
  await empty.repository.close();
  await dropMySqlStore(server, EMPTY);

  const filled = await filledMySqlStore(server, real, full);
  const whenFull = await takeIn(filled, real, MEASURED_FILMS);
  await filled.repository.close();
  const times = ((fromEmpty.films / fromEmpty.ms) * 1000) / textbook;
  return [
    {
      name: "MySQL, a textbook's inserts, one by one",
      value: `${Math.round(textbook).toLocaleString("en")} films/s`,
    },
    {
      name: "MySQL, ingest from empty against these",
      value: `${times.toFixed(1)} times`,
      limit: `>= ${LIMIT_TIMES}`,
      met: times >= LIMIT_TIMES,
    },
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
