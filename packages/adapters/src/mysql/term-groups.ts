/** The conditions of a query as groups of terms, with the kept counts that tell which of them is the narrowest. */

import { EVERY_FILM, type MovieQuery, term } from "@movie-store/core";
import type { FoundTerms, Term, WantedTerms } from "./known-terms.ts";
import { hasTitlePostings, isOfTitle } from "./postings.ts";
import { hasVersionPostings } from "./version-postings.ts";

/** Terms of which a film has at least one. */
export interface Group {
  /** Those with the most films first. */
  readonly terms: readonly Term[];
  /** How many postings they have together. */
  readonly films: number;
  /** Whether they have postings in the order of titles too. */
  readonly byTitle: boolean;
  /** Whether they have postings in the order of versions too. */
  readonly byVersion: boolean;
  /** The years in which the newest and the oldest films end of those of its terms that have very many, see {@link Term}. */
  readonly ends?: Required<Term>["ends"];
  /** A text that is in the title of every film of the group, where the terms are pieces of titles. */
  readonly titleHas?: string;
  /** Whether it is in the title of no other film. */
  readonly isTitleHas?: boolean;
}

export interface Conditions {
  /** Those with the fewest films first. */
  readonly groups: readonly Group[];
  readonly none: readonly Term[];
  readonly every: Group;
  /** The text that is still to be looked for in the titles, if the groups do not say it all. */
  readonly contains: string | undefined;
}

/** Up to so many postings of several terms are read and sorted at once. */
const SORTED_AT_ONCE = 2_000;

/** Titles are looked at in the end, so only the rarest of the pieces of a text are worth a probe besides the driver. */
const PROBED_PIECES = 3;

/** A text that begins more pieces than this is in so many titles that looking at titles finds it soon. */
const SHORT_TEXT_PIECES = 1_000;

/** A posting list of its own in a statement takes as long as looking at this many titles. */
const TITLES_A_LIST = 20;

/** and as sorting so many postings. */
const SORTED_A_LIST = 80;

export function wantedTerms(query: MovieQuery): WantedTerms {
  const short = shortTextOf(query);
  return {
    names: [...new Set([EVERY_FILM, ...query.all, ...query.any.flat(), ...query.none])],
    starts: query.starts.map((start) =>
      start === short ? { start, limit: SHORT_TEXT_PIECES + 1 } : { start },
    ),
  };
}

/** @returns `undefined` if no film can meet them all. */
export function readConditions(query: MovieQuery, found: FoundTerms): Conditions | undefined {
  const named = (names: readonly string[]) =>
    groupOf(names.map((name) => found.named.get(name)).filter((each) => each !== undefined));
  const every = named([EVERY_FILM]);
  const short = shortTextOf(query);
  const groups = [
    ...query.all.map((name) => named([name])),
    ...query.any.map(named),
    ...query.starts
      .filter((start) => start !== short)
      .map((start) => groupOf(found.starting.get(start) ?? [], start.slice(2))),
  ].sort(byFilms);
  const none = query.none.map((name) => found.named.get(name)).filter((each) => each !== undefined);
  const pieces =
    short === undefined
      ? undefined
      : { ...groupOf(found.starting.get(short) ?? [], short.slice(2)), isTitleHas: true };
  const isHopeless = [every, ...groups, ...(pieces === undefined ? [] : [pieces])].some(
    ({ films }) => films === 0,
  );
  if (isHopeless) return undefined;
  if (pieces !== undefined) return { ...withShortText(query, groups, every, pieces), none, every };
  const contains = isOnePiece(query) ? undefined : query.contains;
  return { groups: groups.length === 0 ? [every] : fewPieces(groups), none, every, contains };
}

/** A text as long as a piece is in the titles that have the piece, and in no others. */
function isOnePiece({ contains, all }: MovieQuery): boolean {
  return contains !== undefined && all.includes(term.piece(contains));
}

/** The beginning of pieces that a text shorter than a piece stands for. */
function shortTextOf({ contains, starts }: MovieQuery): string | undefined {
  return contains === undefined ? undefined : starts.find((start) => start === term.piece(contains));
}

/**
 * A text shorter than a piece is in the titles that have a piece which starts with it. Either the postings of these
 * pieces lead to the films, or, where they are many and their films as well, titles are looked at in the order of the
 * page until enough have it.
 */
function withShortText(
  { limit, contains, sort }: MovieQuery,
  groups: readonly Group[],
  every: Group,
  pieces: Group,
): Pick<Conditions, "groups" | "contains"> {
  const byTitles = { groups: groups.length === 0 ? [every] : groups, contains };
  if (pieces.terms.length > SHORT_TEXT_PIECES) return byTitles;
  const narrowest = groups[0]?.films ?? every.films;
  const titles = Math.min(narrowest, (limit * every.films) / pieces.films);
  const isInOrder = sort === "-year" || sort === "year" || pieces.films <= SORTED_AT_ONCE;
  const lists = listsOf(pieces).length;
  if (titles < TITLES_A_LIST * lists || !isInOrder || pieces.films > narrowest) return byTitles;
  // As the driver these pieces say it all.
  return { groups: [pieces, ...groups], contains: undefined };
}

function fewPieces(groups: readonly Group[]): readonly Group[] {
  const pieces = groups.filter(isPiece);
  return groups.filter((group) => !isPiece(group) || pieces.indexOf(group) <= PROBED_PIECES);
}

function isPiece({ terms }: Group): boolean {
  return terms.every((each) => each.term.startsWith(term.piece("")));
}

/**
 * The terms of a group as the lists that are read for it: the many small ones together, sorted at once; each of the
 * others alone, of which only the first postings are read.
 *
 * @param reads how many postings of a list alone are read, as far as can be told.
 */
export function listsOf({ terms }: Pick<Group, "terms">, reads = Infinity): readonly (readonly Term[])[] {
  const together: Term[] = [];
  let films = 0;
  for (const each of terms.toReversed()) {
    films += each.films;
    if (films > SORTED_AT_ONCE || each.films > reads + SORTED_A_LIST) break;
    together.push(each);
  }
  const alone = terms.slice(0, terms.length - together.length).map((each) => [each]);
  return together.length === 0 ? alone : [...alone, together];
}

function groupOf(terms: readonly Term[], titleHas?: string): Group {
  const text = titleHas ?? titleTextOf(terms);
  const ends = terms.map((each) => each.ends).filter((each) => each !== undefined);
  return {
    terms: terms.toSorted((a, b) => b.films - a.films),
    films: terms.reduce((films, each) => films + each.films, 0),
    byTitle: terms.every((each) => hasTitlePostings(each.term)),
    byVersion: terms.every((each) => hasVersionPostings(each.term)),
    ...(text === undefined ? {} : { titleHas: text }),
    ...(ends.length === 0
      ? {}
      : {
          ends: {
            newest: Math.min(...ends.map(({ newest }) => newest)),
            oldest: Math.max(...ends.map(({ oldest }) => oldest)),
          },
        }),
  };
}

/** Of a single term that is made from the title. Pieces reach over spaces at the end of the title. */
function titleTextOf(terms: readonly Term[]): string | undefined {
  const [only] = terms;
  if (only === undefined || terms.length > 1 || !isOfTitle(only.term)) return undefined;
  return only.term.slice(2).trimEnd();
}

function byFilms(a: Group, b: Group): number {
  return a.films - b.films;
}
