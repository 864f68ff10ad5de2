/** The conditions of a search that are tried on each film that its driver gives. */

import type { MovieQuery } from "@movie-store/core";
import { MAX_SORT_TITLE_BYTES } from "./keys.ts";
import { type Term, textBytes } from "./known-terms.ts";
import { YEAR_DOWN } from "./schema.ts";
import type { Conditions, Group } from "./term-groups.ts";

/** Where the columns of the film at hand stand; its year is `p.year_down`. */
export interface FilmAtHand {
  readonly id: string;
  /** Its whole title; absent where it would have to be looked up. */
  readonly title?: string;
  /** The title by which it is sorted, which is all of it but for very long ones. */
  readonly sortTitle?: string;
}

/** Sorted titles of more bytes than this may have been cut. */
const SURELY_WHOLE_BYTES = MAX_SORT_TITLE_BYTES - 4;

/** A title is looked up in the time of so many probes. */
const PROBES_A_TITLE = 2;

interface Probing extends Pick<Conditions, "none" | "contains"> {
  readonly probes: readonly Group[];
}

/** What is tried on the rows of `p`: tables to join, and conditions. */
export interface Probes {
  readonly joins: string;
  readonly conditions: string;
}

/**
 * Single terms are joined, which takes a third less than conditions: a film has one posting of each, or none. Not so
 * where there is more to try, because conditions come before all joins, and some of them take long.
 */
export function probesOf({ probes, none, contains }: Probing, film: FilmAtHand): Probes {
  const isSingle = (group: Group) => group.terms.length === 1 && !isTitleFirst(group, film);
  if (none.length === 0 && contains === undefined && probes.every(isSingle))
    return {
      joins: probes.map(({ terms }, at) => joined(terms[0] as Term, at, film)).join(" "),
      conditions: "",
    };
  const conditions = [
    ...probes.flatMap((group) => groupProbes(group, film)),
    ...none.map((term) => `${posting(term, film)} IS NULL`),
    ...(contains === undefined ? [] : [titleContains(contains, film)]),
  ];
  return { joins: "", conditions: conditions.map((condition) => `AND ${condition}`).join(" ") };
}

function joined({ id }: Term, at: number, film: FilmAtHand): string {
  return `STRAIGHT_JOIN posting q${at} FORCE INDEX (PRIMARY)
    ON q${at}.term = ${id} AND q${at}.year_down = p.year_down AND q${at}.film = ${film.id}`;
}

/** Looking at a title at hand takes less than a probe, and looking a title up less than several. */
function isTitleFirst({ terms, titleHas }: Group, film: FilmAtHand): boolean {
  const isTitleAtHand = film.title !== undefined || film.sortTitle !== undefined;
  return titleHas !== undefined && (isTitleAtHand || terms.length > PROBES_A_TITLE);
}

function groupProbes(group: Group, film: FilmAtHand): readonly string[] {
  const { terms, titleHas, isTitleHas } = group;
  const looked = titleHas !== undefined && isTitleFirst(group, film) ? [titleContains(titleHas, film)] : [];
  if (looked.length > 0 && isTitleHas) return looked;
  return [...looked, `(${terms.map((term) => `${posting(term, film)} = 1`).join(" OR ")})`];
}

/** A scalar subselect: what is written with EXISTS, MySQL and MariaDB read whole and keep in a temporary table. */
function posting({ id }: Term, film: FilmAtHand): string {
  return `(SELECT 1 FROM posting q WHERE q.term = ${id} AND q.year_down = p.year_down AND q.film = ${film.id})`;
}

function titleContains(text: string, { id, title, sortTitle }: FilmAtHand): string {
  const has = (column: string) => `INSTR(${column}, ${textBytes(text)}) > 0`;
  if (title !== undefined) return has(title);
  const whole = has(`(SELECT t.title FROM film t WHERE t.id = ${id})`);
  if (sortTitle === undefined) return whole;
  return `(${has(sortTitle)} OR (LENGTH(${sortTitle}) > ${SURELY_WHOLE_BYTES} AND ${whole}))`;
}

/** @param within the first and the last year that is wanted, counted down as in the postings. */
export function yearsOf(
  { years }: Pick<MovieQuery, "years">,
  { from, upTo }: { readonly from?: number; readonly upTo?: number } = {},
): string {
  const ranges = years.map(({ from, to }) => `p.year_down BETWEEN ${YEAR_DOWN - to} AND ${YEAR_DOWN - from}`);
  return [
    ...(from === undefined ? [] : [`AND p.year_down >= ${from}`]),
    ...(upTo === undefined ? [] : [`AND p.year_down <= ${upTo}`]),
    ...(ranges.length === 0 ? [] : [`AND (${ranges.join(" OR ")})`]),
  ].join(" ");
}
