/** The conditions of a query as groups of terms, with the kept counts that tell which of them is the narrowest. */

import { EVERY_FILM, type MovieQuery, term } from "@movie-store/core";
import type { Connection } from "./connection.ts";
import { hasTitlePostings } from "./postings.ts";

/** Terms of which a film has at least one. */
export interface Group {
  /** Those with the most films first. */
  readonly terms: readonly number[];
  /** How many postings they have together. */
  readonly films: number;
  /** Whether they have postings in the order of titles too. */
  readonly byTitle: boolean;
  /** Whether they are pieces of a title. */
  readonly isPiece: boolean;
}

export interface Conditions {
  /** Those with the fewest films first; never empty. */
  readonly groups: readonly Group[];
  /** The text that is still to be looked for in the titles, if the groups do not say it all. */
  readonly contains: string | undefined;
}

interface Term {
  readonly id: number;
  readonly term: string;
  readonly films: number;
}

/**
 * Up to so many films are fetched and sorted, where no posting list is in the order of the page; above, so many have
 * the term that walking a list which is in that order meets enough of them soon.
 */
export const SORTED_AT_ONCE = 2_000;

/** Titles are looked at in the end, so only the rarest of the pieces of a text are worth a probe besides the driver. */
const PROBED_PIECES = 3;

export function readConditions(connection: Connection, query: MovieQuery): Conditions {
  const exact = (terms: readonly string[]) => groupOf(terms.flatMap((each) => termsNamed(connection, each)));
  const { contains } = query;
  const short =
    contains === undefined ? undefined : query.starts.find((start) => start === term.piece(contains));
  const groups = [
    ...query.all.map((each) => exact([each])),
    ...query.any.map(exact),
    ...query.starts
      .filter((start) => start !== short)
      .map((start) => groupOf(termsStarting(connection, start))),
  ].sort(byFilms);
  if (short !== undefined) return shortTextConditions(connection, query, groups, short);
  if (groups.length === 0) return { groups: [everyFilm(connection)], contains };
  if (contains === undefined) return { groups, contains };
  const pieces = groups.filter((group) => group.isPiece);
  return {
    groups: groups.filter((group) => !group.isPiece || pieces.indexOf(group) <= PROBED_PIECES),
    contains,
  };
}

/**
 * A text shorter than a piece is in the titles that have a piece which starts with it. Either the postings of these
 * pieces lead to the films, or, where they are many and their films as well, titles are looked at in the order of the
 * page until enough have it.
 */
function shortTextConditions(
  connection: Connection,
  { limit, contains, sort }: MovieQuery,
  groups: readonly Group[],
  start: string,
): Conditions {
  const every = everyFilm(connection);
  const { terms, films } = countStarting(connection, start);
  if (films === 0) return { groups: [NO_FILMS], contains: undefined };
  const narrowest = groups[0]?.films ?? every.films;
  // Looking at a title takes about as long as beginning to read a posting list.
  const titles = Math.min(narrowest, (limit * every.films) / films);
  const isInOrder = sort === "-year" || sort === "year" || films <= SORTED_AT_ONCE;
  if (titles < terms || !isInOrder) return { groups: groups.length === 0 ? [every] : groups, contains };
  const pieces = groupOf(termsStarting(connection, start));
  // As the driver these pieces say it all; beside a narrower one they would be probed all for each film.
  if (pieces.films <= narrowest) return { groups: [pieces, ...groups], contains: undefined };
  return { groups, contains };
}

export function termsNamed(connection: Connection, name: string): readonly Term[] {
  return connection.all(
    "SELECT id, term, films FROM term WHERE term = ?",
    name,
  ) as unknown as readonly Term[];
}

export function everyFilm(connection: Connection): Group {
  return groupOf(termsNamed(connection, EVERY_FILM));
}

const NO_FILMS: Group = { terms: [], films: 0, byTitle: false, isPiece: false };

function byFilms(a: Group, b: Group): number {
  return a.films - b.films;
}

function groupOf(terms: readonly Term[]): Group {
  return {
    terms: terms.toSorted((a, b) => b.films - a.films).map(({ id }) => id),
    films: terms.reduce((films, each) => films + each.films, 0),
    byTitle: terms.every((each) => hasTitlePostings(each.term)),
    isPiece: terms.length > 0 && terms.every((each) => each.term.startsWith(term.piece(""))),
  };
}

const STARTING = "FROM term WHERE term >= ? AND term < ? AND films > 0";

function termsStarting(connection: Connection, start: string): readonly Term[] {
  return connection.all(
    `SELECT id, term, films ${STARTING}`,
    start,
    endOf(start),
  ) as unknown as readonly Term[];
}

function countStarting(
  connection: Connection,
  start: string,
): { readonly terms: number; readonly films: number } {
  const row = connection.get(
    `SELECT count(*) AS terms, total(films) AS films ${STARTING}`,
    start,
    endOf(start),
  );
  return { terms: Number(row?.["terms"]), films: Number(row?.["films"]) };
}

/** The greatest code point ends the range of everything that starts with a text. */
export function endOf(start: string): string {
  return `${start}\u{10ffff}`;
}
