/** Which way to a page is the shortest, told from the counts of its terms. */

import type { MovieQuery } from "@movie-store/core";
import { havePairList } from "./common-terms.ts";
import { MANY_FILMS, type Term } from "./known-terms.ts";
import type { Conditions, Group } from "./term-groups.ts";

/** A group whose postings are read in order, and those that each of its films is tried on. */
export interface Part {
  readonly driver: Group;
  readonly probes: readonly Group[];
  /** One of the probes, a single term: where one of the driver has a list together with it, that list is read instead. */
  readonly partner?: Group;
  /** Only years from or up to here, counted down as in the postings. */
  readonly from?: number;
  readonly upTo?: number;
}

export type PagePlan =
  /** Postings lie in the order of the page. */
  | { readonly way: "listed"; readonly by: "year" | "title" | "version"; readonly parts: readonly Part[] }
  /** All postings of a group are read with the version beside them, and sorted. */
  | { readonly way: "versions"; readonly part: Part }
  /** The films of a few postings are fetched, and sorted. */
  | { readonly way: "fetched"; readonly part: Part }
  /** All films are walked through, the last changed first. */
  | { readonly way: "walked"; readonly probes: readonly Group[] };

/** So many films are fetched in 5 ms. Where there are more, walking through a list soon meets enough of them, */
const FETCHED_AT_ONCE = 1_500;
/** unless other conditions leave few of them: these are tried before the film is fetched. */
const TRIED_AT_ONCE = 10_000;
/** So many postings are read and sorted by version in 4 ms. */
const VERSIONS_AT_ONCE = 10_000;
/** Fetching a film takes as long as reading so many postings. */
const POSTINGS_A_FETCH = 8;
/** Looking for a film in the list of another term takes as long as reading so many postings of a list, */
const POSTINGS_A_PROBE = 6;
/** and looking its title up as long as so many. */
const POSTINGS_A_TITLE = 16;

/**
 * Up to how many postings of the smallest group are worth counting within the years of the query, to plan the page;
 * `undefined` where the plan does not depend on it.
 */
export function worthCounting(query: MovieQuery, conditions: Conditions): number | undefined {
  const { sort, years } = query;
  if (sort === "-year" || sort === "year" || years.length === 0) return undefined;
  const few = fewOf(query, conditions);
  return smallestOf(conditions).films > few ? few : undefined;
}

export function smallestOf({ groups, every }: Conditions): Group {
  return groups[0] ?? every;
}

/** How many postings are few enough to fetch their films. */
function fewOf({ sort }: MovieQuery, { groups, none, contains }: Conditions): number {
  const isOnly = groups.length === 1 && none.length === 0 && contains === undefined;
  const hasListInOrder = sort !== "-updated" && groups.some((group) => group.byTitle);
  return isOnly || hasListInOrder ? FETCHED_AT_ONCE : TRIED_AT_ONCE;
}

/** @param fewest how many postings the smallest group has within the years of the query, as far as they were counted. */
export function planPage(query: MovieQuery, conditions: Conditions, fewest: number): PagePlan {
  const { sort } = query;
  const { groups, every } = conditions;
  const smallest = smallestOf(conditions);
  const isFew = fewest <= fewOf(query, conditions);
  const drivenBy = (driver: Group): Part => ({ driver, probes: groups.filter((group) => group !== driver) });
  switch (sort) {
    case "-year":
    case "year":
      return { way: "listed", by: "year", parts: partsByYear(shortestByYear(conditions), sort) };
    case "title":
    case "-title": {
      const isInOrder = smallest.byTitle && fewest === smallest.films;
      if (!isInOrder && isFew) return { way: "fetched", part: drivenBy(smallest) };
      const driver = groups.find((group) => group.byTitle) ?? every;
      return { way: "listed", by: "title", parts: [drivenBy(driver)] };
    }
    case "-updated": {
      // The years of the query may leave fewer films than the walk through the list would meet.
      const isFewer = isFew && fewest * POSTINGS_A_FETCH < smallest.films;
      if (smallest.byVersion && !isFewer)
        return { way: "listed", by: "version", parts: [drivenBy(smallest)] };
      if (smallest.byTitle && smallest.films <= VERSIONS_AT_ONCE && !isFewer)
        return { way: "versions", part: drivenBy(smallest) };
      if (isFew) return { way: "fetched", part: drivenBy(smallest) };
      const driver = groups.find((group) => group.byVersion);
      return driver === undefined
        ? { way: "walked", probes: groups }
        : { way: "listed", by: "version", parts: [drivenBy(driver)] };
    }
  }
}

/**
 * The group whose postings are the fewest to go through, counting what their first probe takes, and the single term
 * together with which it has lists that make them fewer still.
 */
function shortestByYear({ groups, every }: Conditions): Part {
  const [smallest = every] = groups;
  let shortest: Part = { driver: smallest, probes: groups.filter((group) => group !== smallest) };
  let least = Infinity;
  for (const driver of groups) {
    const probes = groups.filter((group) => group !== driver);
    for (const partner of [undefined, ...probes.filter(({ terms }) => terms.length === 1)]) {
      const length = driver.terms.reduce((sum, term) => sum + lengthOf(term, probes, partner, every), 0);
      if (length >= least) continue;
      least = length;
      shortest = { driver, probes, ...(partner === undefined ? {} : { partner }) };
    }
  }
  return shortest;
}

/**
 * What it takes to go through the list of a term, or the one that it has together with a partner, in postings read. How
 * many films two terms share is not counted: it is taken to lie between what chance would give and all of the rarer
 * one's, for most films with "devil" have "s" as well.
 */
function lengthOf(term: Term, probes: readonly Group[], partner: Group | undefined, every: Group): number {
  const other = partner?.terms[0];
  if (other === undefined || !havePairList(term, other)) return term.films * (1 + probeLength(probes[0]));
  const [first] = probes.filter((probe) => probe !== partner);
  const [fewer, more] = [Math.min(term.films, other.films), Math.max(term.films, other.films)];
  return fewer * Math.sqrt(more / every.films) * (1 + probeLength(first));
}

function probeLength(group: Group | undefined): number {
  if (group === undefined) return 0;
  const terms = group.terms.length * POSTINGS_A_PROBE;
  return group.titleHas === undefined ? terms : Math.min(terms, POSTINGS_A_TITLE);
}

/**
 * Silent films are many, but few of them are new. A page of new silent films with a common word would be looked for
 * among all new films with the word. So where a probe is thinner than the driver at the end at which the page begins,
 * the years of that end are driven by the probe.
 */
function partsByYear(whole: Part, sort: "-year" | "year"): readonly Part[] {
  const { driver, probes } = whole;
  if (whole.partner !== undefined || driver.films <= MANY_FILMS || driver.ends === undefined) return [whole];
  // How far from the end at which the page begins the first films of a group reach.
  const reach = ({ ends }: Group) => (ends === undefined ? 0 : sort === "-year" ? ends.newest : -ends.oldest);
  const [thinnest] = probes
    .filter(({ terms, ends }) => terms.length === 1 && ends !== undefined)
    .toSorted((a, b) => reach(b) - reach(a));
  if (thinnest?.ends === undefined) return [whole];
  if (reach(thinnest) <= reach(driver)) return [whole];
  const thin: Part = { driver: thinnest, probes: [driver, ...probes.filter((probe) => probe !== thinnest)] };
  // The year in which the end lies may have very many films, so it is left to the other part.
  const { newest, oldest } = thinnest.ends;
  return sort === "-year"
    ? [
        { ...thin, upTo: newest - 1 },
        { ...whole, from: newest },
      ]
    : [
        { ...thin, from: oldest + 1 },
        { ...whole, upTo: oldest },
      ];
}
