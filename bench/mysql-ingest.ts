/**
 * How fast MySQL takes in films, from empty and with very many films in it. Films a second are printed beside their
 * aims, which were set on another machine; what is judged is how many times the textbook's inserts of the same run they
 * are.
 */

import type { Film } from "./corpus.ts";
import { dropMySqlStore, filledMySqlStore, openMySqlStore, takeIn } from "./mysql-store.ts";
import type { Figure } from "./report.ts";
import { textbookInsertRate } from "./textbook-insert.ts";

const AIM_RATE = 2_200;
const MEASURED_FILMS = 20_000;
const TEXTBOOK_FILMS = 3_000;
/** The aim on the machine that it was set on, where the textbook's way of inserting made 430 films a second. */
const LIMIT_TIMES = 5.1;
/** What bulk is to be worth, wherever it is measured. */
const BULK_TIMES = 10;
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
  const [emptyRate, fullRate] = [rateOf(fromEmpty), rateOf(whenFull)];
  const fromEmptyName = `ingest of ${real.length.toLocaleString("en")} films from empty`;
  const whenFullName = `ingest with ${full.toLocaleString("en")} films in`;
  return [
    { name: "MySQL, a textbook's inserts, one by one", value: filmsASecond(textbook) },
    told(fromEmptyName, emptyRate, AIM_RATE),
    told(whenFullName, fullRate, AIM_RATE / 2),
    judged(`${fromEmptyName}, against the textbook`, emptyRate / textbook, LIMIT_TIMES),
    judged(`${whenFullName}, against the textbook`, fullRate / textbook, LIMIT_TIMES / 2),
    judged("bulk against one by one, from empty", emptyRate / textbook, BULK_TIMES),
  ];
}

function rateOf({ films, ms }: { readonly films: number; readonly ms: number }): number {
  return (films / ms) * 1000;
}

function told(name: string, rate: number, aim: number): Figure {
  const verdict = rate >= aim ? "reached" : "not reached";
  return {
    name: `MySQL, ${name}`,
    value: `${filmsASecond(rate)}, aim ${aim.toLocaleString("en")}: ${verdict}`,
  };
}

function judged(name: string, times: number, limit: number): Figure {
  return {
    name: `MySQL, ${name}`,
    value: `${times.toFixed(1)} times`,
    limit: `>= ${limit}`,
    met: times >= limit,
  };
}

function filmsASecond(rate: number): string {
  return `${Math.round(rate).toLocaleString("en")} films/s`;
}
