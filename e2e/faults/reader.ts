/** Asks an API without a pause, and judges every answer. */

import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "@movie-store/core/testing";
import { FILMS, GENRES, type Ledger, statement } from "./ledger.ts";
import type { Tally } from "./tally.ts";

const BETWEEN_MS = 4;
/** An answer takes at most two waits for a connection to MySQL and two for a statement, of 5 s each. */
const GIVEN_UP_MS = 20_000;

interface Question {
  readonly path: string;
  /** The films that the answer has to have. */
  readonly films: readonly number[];
}

interface Shown {
  readonly title: string;
  readonly overview: string;
}

const ALL = Array.from({ length: FILMS }, (_, film) => film);

/** Some are asked again and again, so that caches have them; others hardly ever twice, so that they have not. */
function question(random: Random): Question {
  const limit = random.chance(30) ? FILMS + random.integer(100 - FILMS) : 100;
  const film = random.integer(FILMS);
  return random.pick<() => Question>([
    () => ({ path: `?limit=${limit}`, films: ALL }),
    () => {
      const genre = random.pick(GENRES);
      return {
        path: `?genre=${genre}&limit=${limit}`,
        films: ALL.filter((each) => statement(each, 0).genres[0] === genre),
      };
    },
    () => {
      const { year } = statement(film, 0);
      return {
        path: `?year=${year}&limit=${limit}`,
        films: ALL.filter((each) => statement(each, 0).year === year),
      };
    },
    () => ({ path: `?title=film+${film}&match=exact&limit=${limit}`, films: [film] }),
  ])();
}

export interface ReaderOptions {
  readonly url: string;
  readonly random: Random;
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly isOver: () => boolean;
}

export async function readOn(options: ReaderOptions): Promise<void> {
  const { url, random, tally, isOver } = options;
  while (!isOver()) {
    const asked = question(random);
    await ask(asked, options).catch((error: unknown) => {
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
      tally.violations.add(`${new URL(url).port} ${asked.path}: ${error}${cause}`);
    });
    await pause(BETWEEN_MS);
  }
}

/** @throws Error for an answer that must not be, or none. */
async function ask({ path, films }: Question, { url, ledger, tally }: ReaderOptions): Promise<void> {
  const askedAtMs = performance.now();
  const response = await fetch(`${url}/v1/movies${path}`, { signal: AbortSignal.timeout(GIVEN_UP_MS) });
  const text = await response.text();
  tally.requests++;
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - askedAtMs);
  if (response.status === 503) {
    if (response.headers.get("retry-after") === null) throw new Error("503 without Retry-After");
    tally.refuse((JSON.parse(text) as { readonly code: string }).code);
    return;
  }
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  const { movies } = JSON.parse(text) as { readonly movies: readonly Shown[] };
  let stalest = 0;
  for (const film of films) {
    const shown = movies.find(({ title }) => title === `Film ${film}`);
    if (shown === undefined) throw new Error(`film ${film} is not in the answer`);
    stalest = Math.max(stalest, ledger.staleness(film, Number(shown.overview), askedAtMs));
  }
  tally.serve(stalest);
}
