/**
 * The one statement that reads a page: the finished films, and the version of the store at the same moment. Everything
 * in it is a literal, and every table is read in the order that is written here: the optimiser may choose neither.
 */

import type { MovieQuery } from "@movie-store/core";
import { havePairList } from "./common-terms.ts";
import { idLiteral } from "./ids.ts";
import { MAX_SORT_TITLE_BYTES, sortKeyOfTitle } from "./keys.ts";
import { type Term, textBytes } from "./known-terms.ts";
import type { PagePlan, Part } from "./page-plan.ts";
import { type FilmAtHand, probesOf, yearsOf } from "./probes.ts";
import { STATUS, YEAR_DOWN } from "./schema.ts";
import { bytesLiteral } from "./sql.ts";
import { type Conditions, type Group, listsOf } from "./term-groups.ts";

interface Search extends Omit<Conditions, "groups"> {
  readonly query: MovieQuery;
  /** One more than the page holds. */
  readonly limit: number;
}

/**
 * @returns a statement that gives rows of `store_version`, `place` (by which the page is sorted, before the id) and the
 * columns of the film, in any order; a single row without a film where there is none.
 */
export function pageStatement(query: MovieQuery, conditions: Conditions, plan: PagePlan): string {
  const candidates = candidatesOf({ ...conditions, query, limit: query.limit + 1 }, plan);
  return `SELECT s.number AS store_version, c.place, f.id, f.status, f.version, f.into_id, f.records, j.json
    FROM store s LEFT JOIN (${candidates}) c ON TRUE
    LEFT JOIN film f ON f.id = c.film LEFT JOIN film_json j ON j.id = c.film`;
}

/** How many postings a group has within the years of a query, counted up to a limit. */
export function countStatement(query: MovieQuery, { terms }: Group, limit: number): string {
  return `SELECT COUNT(*) AS films FROM (SELECT 1 FROM posting p FORCE INDEX (PRIMARY)
    WHERE ${oneOf("p.term", terms)} ${yearsOf(query)} LIMIT ${limit}) few`;
}

function candidatesOf(search: Search, plan: PagePlan): string {
  switch (plan.way) {
    case "listed": {
      // A version is that of one film, so there are no ids to be sorted within one.
      if (plan.by === "version")
        return listing(search, VERSIONS, plan.parts, behindKey(search, VERSIONS, "<"), "DESC", "DESC");
      const postings = plan.by === "year" ? YEARS : TITLES;
      const isDown = search.query.sort === "year" || search.query.sort === "-title";
      return isDown ? byKeyDown(search, postings, plan.parts) : byKey(search, postings, plan.parts);
    }
    case "versions":
      return byVersionOfPosting(search, plan.part);
    case "fetched":
      return byFetchedFilm(search, plan.part);
    case "walked":
      return byVersion(search, plan.probes);
  }
}

// ---- lists in the order of the page ----

/** Tables of postings, each posting in one of them, and what they are sorted by behind the term. */
interface Postings {
  readonly tables: readonly string[];
  readonly key: string;
  readonly film: FilmAtHand;
  /** The place where an earlier page ended, as the table has it. */
  readonly keyOf: (place: number | string) => number | string;
}

const YEARS: Postings = {
  tables: ["posting"],
  key: "p.year_down",
  film: { id: "p.film" },
  keyOf: (year) => YEAR_DOWN - Number(year),
};

const TITLES: Postings = {
  tables: ["title_posting", "title_posting_recent"],
  key: "p.title",
  film: { id: "p.film", sortTitle: "p.title" },
  keyOf: (title) => textBytes(sortKeyOfTitle(String(title))),
};

const VERSIONS: Postings = {
  tables: ["version_posting"],
  key: "p.version",
  film: { id: "p.film" },
  keyOf: Number,
};

type Order = "ASC" | "DESC";

/** The postings in the order in which they are stored. */
function byKey(search: Search, postings: Postings, parts: readonly Part[]): string {
  return listing(search, postings, parts, behindKey(search, postings, ">"), "ASC", "ASC");
}

/**
 * The greatest keys first, but the ids ascending within a key: no list can be read in this order. So the last postings
 * are read backwards, which tells with which key the page ends; of that key the first ones are read as well.
 */
function byKeyDown(search: Search, postings: Postings, parts: readonly Part[]): string {
  const behind = behindKey(search, postings, "<");
  const end = `AND ${postings.key} = (SELECT MIN(place) FROM last_postings)`;
  return `WITH last_postings AS (${listing(search, postings, parts, behind, "DESC", "DESC")})
    (SELECT place, film FROM last_postings)
    UNION (${listing(search, postings, parts, `${behind} ${end}`, "ASC", "ASC")})
    ORDER BY place DESC, film LIMIT ${search.limit}`;
}

/** The first postings that pass the probes: of each list, then of all of these together. */
function listing(
  search: Search,
  postings: Postings,
  parts: readonly Part[],
  behind: string,
  keyOrder: Order,
  filmOrder: Order,
): string {
  const { query, limit } = search;
  const { key, film } = postings;
  const lists = parts.flatMap((part) =>
    listsOfPart(search, postings, part).map(({ table, terms, which, probes }) => {
      const { joins, conditions } = probesOf({ ...search, probes }, film);
      return `SELECT ${distinct(terms)} ${key} AS place, p.film FROM ${table} p FORCE INDEX (PRIMARY) ${joins}
        WHERE ${which} ${yearsOf(query, part)} ${behind} ${conditions}
        ORDER BY ${key} ${keyOrder}, p.film ${filmOrder} LIMIT ${limit}`;
    }),
  );
  return firstOf(lists, `ORDER BY place ${keyOrder}, film ${filmOrder} LIMIT ${limit}`);
}

interface List {
  readonly table: string;
  readonly terms: readonly Term[];
  /** The condition for its postings. */
  readonly which: string;
  readonly probes: readonly Group[];
}

function listsOfPart(search: Search, { tables }: Postings, part: Part): readonly List[] {
  const { driver, probes, partner } = part;
  const other = partner?.terms[0];
  const [paired, others] = divided(driver.terms, (term) => other !== undefined && havePairList(term, other));
  const ofPairs = paired.map((term) => ({
    table: "pair_posting",
    terms: [term],
    which: pairOf(term, other as Term),
    probes: probes.filter((probe) => probe !== partner),
  }));
  const ofTerms = listsOf({ terms: others }, readsOf(search, probes)).flatMap((terms) =>
    tables.map((table) => ({ table, terms, which: oneOf("p.term", terms), probes })),
  );
  return [...ofPairs, ...ofTerms];
}

function divided<T>(values: readonly T[], isOfFirst: (value: T) => boolean): readonly [T[], T[]] {
  return [values.filter(isOfFirst), values.filter((value) => !isOfFirst(value))];
}

function pairOf(one: Term, other: Term): string {
  return `p.a = ${Math.min(one.id, other.id)} AND p.b = ${Math.max(one.id, other.id)}`;
}

/** How many postings of a list are read until a page is full, if the probes let through what they do of all films. */
function readsOf({ limit, contains, every }: Search, probes: readonly Group[]): number {
  if (contains !== undefined) return Infinity;
  return probes.reduce((reads, { films }) => (reads * every.films) / films, limit);
}

/** @param order of the lists, and how many are wanted. */
function firstOf(lists: readonly string[], order: string): string {
  return lists.length === 1 ? lists.join("") : `${lists.map((list) => `(${list})`).join(" UNION ")} ${order}`;
}

function behindKey({ query: { after } }: Search, { key, keyOf }: Postings, beyond: "<" | ">"): string {
  if (after === undefined) return "";
  const end = keyOf(after.key);
  return `AND (${key} ${beyond} ${end} OR (${key} = ${end} AND p.film > ${idLiteral(after.id)}))`;
}

// ---- lists that are sorted ----

/** The postings of the driver by the version of the film. */
function byVersionOfPosting(search: Search, { driver, probes }: Part): string {
  const { query, limit } = search;
  const order = `ORDER BY place DESC LIMIT ${limit}`;
  const { joins, conditions } = probesOf({ ...search, probes }, TITLES.film);
  const lists = TITLES.tables.map(
    (
      table,
    ) => `SELECT ${distinct(driver.terms)} p.version AS place, p.film FROM ${table} p FORCE INDEX (PRIMARY) ${joins}
      WHERE ${oneOf("p.term", driver.terms)} ${behindVersion(query, "p.film")} ${yearsOf(query)} ${conditions} ${order}`,
  );
  return firstOf(lists, order);
}

/** Live films by their last change, which each has for itself. */
function byVersion(search: Search, probes: readonly Group[]): string {
  const { query, limit } = search;
  const { joins, conditions } = probesOf({ ...search, probes }, { id: "p.id", title: "p.title" });
  return `SELECT p.version AS place, p.id AS film FROM film p FORCE INDEX (film_by_version) ${joins}
    WHERE p.status = ${STATUS.live} ${behindVersion(query, "p.id")} ${yearsOf(query)} ${conditions}
    ORDER BY p.version DESC LIMIT ${limit}`;
}

function behindVersion({ after }: MovieQuery, film: string): string {
  if (after === undefined) return "";
  const version = Number(after.key);
  return `AND p.version <= ${version} AND (p.version < ${version} OR ${film} > ${idLiteral(after.id)})`;
}

/** Fetches the few films of the driver, by version or title. */
function byFetchedFilm(search: Search, { driver, probes }: Part): string {
  const { query, limit } = search;
  const { sort, after } = query;
  const place = sort === "-updated" ? "f.version" : `LEFT(f.title, ${MAX_SORT_TITLE_BYTES})`;
  const [order, beyond] = sort.startsWith("-") ? ["DESC", "<"] : ["ASC", ">"];
  const end = typeof after?.key === "number" ? after.key : firstBytes(after?.key ?? "");
  const behind =
    after === undefined
      ? ""
      : `AND (${place} ${beyond} ${end} OR (${place} = ${end} AND f.id > ${idLiteral(after.id)}))`;
  const { joins, conditions } = probesOf({ ...search, probes }, { id: "p.film", title: "f.title" });
  return `SELECT ${distinct(driver.terms)} ${place} AS place, p.film
    FROM posting p FORCE INDEX (PRIMARY) ${joins} STRAIGHT_JOIN film f ON f.id = p.film
    WHERE ${oneOf("p.term", driver.terms)} ${yearsOf(query)} ${conditions} ${behind}
    ORDER BY place ${order}, film LIMIT ${limit}`;
}

function firstBytes(title: string): string {
  return bytesLiteral(Buffer.from(title).subarray(0, MAX_SORT_TITLE_BYTES));
}

// ---- what several need ----

/** A film may have several of the terms. */
function distinct(terms: Group["terms"]): string {
  return terms.length === 1 ? "" : "DISTINCT";
}

function oneOf(column: string, terms: Group["terms"]): string {
  const ids = terms.map(({ id }) => id);
  return ids.length === 1 ? `${column} = ${ids[0]}` : `${column} IN (${ids.join(",")})`;
}
