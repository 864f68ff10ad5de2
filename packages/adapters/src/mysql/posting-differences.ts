/** What has to be done to the postings when films change. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { type FilmWrite, type StoredFilm, sortTitle, sortYear, term, termsOf } from "@movie-store/core";
import { idLiteral } from "./ids.ts";
import { sortKeyOfTitle } from "./keys.ts";
import { YEAR_DOWN } from "./schema.ts";
import { textLiteral } from "./sql.ts";

/** A film as its postings have it, in literals of SQL. */
export interface Entry {
  readonly film: string;
  readonly yearDown: number;
  readonly title: string;
  readonly version: number;
}

/** What becomes of a term. */
export interface TermDifference {
  /** By how many films it has grown. */
  readonly films: number;
  readonly added: readonly Entry[];
  readonly removed: readonly Entry[];
  /** Films that keep term and year, but not their title or their version: only their postings by title change. */
  readonly retitled: readonly { readonly before: Entry; readonly after: Entry }[];
}

/** By term. */
export type PostingDifferences = ReadonlyMap<string, TermDifference>;

/** Films between two turns of the event loop: the pages of readers, and the next statement, do not wait long. */
const FILMS_A_TURN = 20;

/** Takes much of the time of a large batch, so it is done while the server writes what comes before. */
export async function postingDifferences(films: readonly FilmWrite[]): Promise<PostingDifferences> {
  const terms = new Map<string, Difference>();
  for (const [at, { before, after }] of films.entries()) {
    if (at % FILMS_A_TURN === FILMS_A_TURN - 1) await nextTurn();
    const old = entryOf(before);
    const now = entryOf(after);
    const was = old === undefined ? NO_TERMS : new Set(old.terms);
    for (const name of now?.terms ?? [])
      differenceOf(terms, name).take(was.delete(name) ? old : undefined, now);
    for (const name of was) differenceOf(terms, name).take(old, undefined);
    countYear(terms, before, -1);
    countYear(terms, after, 1);
  }
  return terms;
}

/** Years are counted like terms, but have no postings of their own. */
function countYear(terms: Map<string, Difference>, film: StoredFilm | undefined, by: number): void {
  if (film?.state.status !== "live" || film.state.content.year === undefined) return;
  differenceOf(terms, term.year(film.state.content.year)).films += by;
}

class Difference implements TermDifference {
  films = 0;
  readonly added: Entry[] = [];
  readonly removed: Entry[] = [];
  readonly retitled: { readonly before: Entry; readonly after: Entry }[] = [];

  /** @param before, after the film as it had the term, and as it has it. */
  take(before: Entry | undefined, after: Entry | undefined): void {
    if (before !== undefined && after !== undefined && before.yearDown === after.yearDown) {
      if (before.title !== after.title || before.version !== after.version)
        this.retitled.push({ before, after });
      return;
    }
    if (before !== undefined) this.removed.push(before);
    if (after !== undefined) this.added.push(after);
    this.films += (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
  }
}

function differenceOf(terms: Map<string, Difference>, name: string): Difference {
  const known = terms.get(name);
  if (known !== undefined) return known;
  const difference = new Difference();
  terms.set(name, difference);
  return difference;
}

const NO_TERMS = new Set<string>();

function entryOf(film: StoredFilm | undefined): (Entry & { readonly terms: readonly string[] }) | undefined {
  if (film?.state.status !== "live") return undefined;
  const { content } = film.state;
  return {
    film: idLiteral(content.id),
    yearDown: YEAR_DOWN - sortYear(content),
    title: textLiteral(sortKeyOfTitle(sortTitle(content))),
    version: film.version,
    terms: termsOf(content),
  };
}
