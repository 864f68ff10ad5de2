/**
 * Searches. Every condition is a group of terms of which a film has at least one. The smallest group drives: its
 * postings are read in the order of the page, and the other groups are probed by primary key. Nothing is scanned.
 */

import type { SQLInputValue } from "node:sqlite";
import {
  comparePositions,
  type FilmPage,
  type MovieQuery,
  type Position,
  type Sort,
  type YearRange,
} from "@movie-store/core";
import { lastChange } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { filmOfId } from "./films.ts";
import { everyFilm, type Group, readConditions, SORTED_AT_ONCE, termsNamed } from "./term-groups.ts";

interface Candidate {
  readonly key: number | string;
  readonly film: string;
}

/** A piece of SQL with its values. */
interface Sql {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

const YEAR_MIN = 0;
const YEAR_MAX = 9_999;

export function findFilms(connection: Connection, query: MovieQuery): FilmPage {
  const version = lastChange(connection).number;
  const candidates = findCandidates(connection, query);
  const films = candidates
    .slice(0, query.limit)
    .map(({ film }) => filmOfId(connection, film))
    .filter((film) => film !== undefined);
  return { films, more: candidates.length > query.limit, version };
}

/** The first of the matching films, one more than the page holds. */
function findCandidates(connection: Connection, query: MovieQuery): readonly Candidate[] {
  const { groups, contains } = readConditions(connection, query);
  const [smallest] = groups;
  if (smallest === undefined || smallest.films === 0) return [];
  const none = query.none.flatMap((term) => termsNamed(connection, term)).map(({ id }) => id);
  const rest = (driver: Group) => groups.filter((group) => group !== driver);
  const search = { connection, query: { ...query, contains }, none, limit: query.limit + 1 };
  switch (query.sort) {
    case "-year":
      return byYearDown({ ...search, driver: smallest, probes: rest(smallest) });
    case "year":
      return byYearUp({ ...search, driver: smallest, probes: rest(smallest) });
    case "title":
    case "-title": {
      if (!smallest.byTitle && smallest.films <= SORTED_AT_ONCE) {
        return sortedAtOnce({ ...search, driver: smallest, probes: rest(smallest) });
      }
      const driver = groups.find((group) => group.byTitle) ?? everyFilm(connection);
      return byTitle({ ...search, driver, probes: rest(driver) });
    }
    case "-updated":
      if (smallest.films <= SORTED_AT_ONCE) {
        return sortedAtOnce({ ...search, driver: smallest, probes: rest(smallest) });
      }
      return byVersion({ ...search, driver: smallest, probes: groups });
  }
}

interface Search {
  readonly connection: Connection;
  readonly query: MovieQuery;
  readonly none: readonly number[];
  readonly limit: number;
  readonly driver: Group;
  readonly probes: readonly Group[];
}

// ---- the orders ----

function byYearDown(search: Search): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const segment of segmentsDown(search.query.years, search.query.after)) {
    if (found.length >= search.limit) break;
    found.push(...postings(search, segment, "p.year DESC, p.film", search.limit - found.length));
  }
  return found;
}

/** Years ascend, but within a year the ids ascend as well: so one year is read at a time. */
function byYearUp(search: Search): readonly Candidate[] {
  const found: Candidate[] = [];
  const { years, after } = search.query;
  for (const range of years.length === 0 ? [{ from: YEAR_MIN, to: YEAR_MAX }] : years) {
    let from = after === undefined ? range.from : Math.max(range.from, Number(after.key));
    for (;;) {
      const year = from > range.to ? undefined : firstYear(search, from);
      if (year === undefined || year > range.to || found.length >= search.limit) break;
      const behind = after !== undefined && year === after.key ? { after: after.id } : {};
      found.push(
        ...postings(search, { from: year, to: year, ...behind }, "p.film", search.limit - found.length),
      );
      from = year + 1;
    }
  }
  return found;
}

function firstYear({ connection, driver }: Search, from: number): number | undefined {
  const sql = "SELECT year FROM posting WHERE term = ? AND year >= ? ORDER BY year LIMIT 1";
  const years = driver.terms.map((term) => connection.get(sql, term, from)?.["year"] as number | undefined);
  return years.reduce((least, year) =>
    least === undefined || (year !== undefined && year < least) ? year : least,
  );
}

interface Segment extends YearRange {
  /** Only films with a greater id; the segment is a single year then. */
  readonly after?: string;
}

function segmentsDown(years: readonly YearRange[], after: Position | undefined): readonly Segment[] {
  const ranges = (years.length === 0 ? [{ from: YEAR_MIN, to: YEAR_MAX }] : years).toReversed();
  if (after === undefined) return ranges;
  const year = Number(after.key);
  return ranges.flatMap(({ from, to }): Segment[] => {
    if (from > year) return [];
    if (to < year) return [{ from, to }];
    const rest = from < year ? [{ from, to: year - 1 }] : [];
    return [{ from: year, to: year, after: after.id }, ...rest];
  });
}

/** The first postings of the driver within a segment that pass the probes. */
function postings(search: Search, segment: Segment, order: string, limit: number): readonly Candidate[] {
  const { connection, driver } = search;
  const after = segment.after === undefined ? NOTHING : { text: "AND p.film > ?", values: [segment.after] };
  const select = (terms: readonly number[], from: number, before: Sql) => {
    const conditions = joined([after, before, ...probesOf(search)]);
    const sql = `SELECT DISTINCT p.year AS key, p.film FROM posting p
      WHERE p.term ${oneOf(terms)} AND p.year BETWEEN ? AND ? ${conditions.text} ORDER BY ${order} LIMIT ?`;
    const values = [...terms, from, segment.to, ...conditions.values, limit];
    return connection.all(sql, ...values) as unknown as readonly Candidate[];
  };
  // A few postings are sorted at once. Of many, each list gives its first, as far as they come before those that the
  // lists before it have given.
  if (driver.films <= SORTED_AT_ONCE) return select(driver.terms, segment.from, NOTHING);
  let found: readonly Candidate[] = [];
  for (const term of driver.terms) {
    const last = found[limit - 1];
    const next =
      last === undefined
        ? select([term], segment.from, NOTHING)
        : select([term], Number(last.key), {
            text: "AND (p.year > ? OR p.film < ?)",
            values: [last.key, last.film],
          });
    if (next.length > 0) found = merged([found, next], "-year", limit);
  }
  return found;
}

function byTitle(search: Search): readonly Candidate[] {
  const { connection, driver, query, limit } = search;
  const down = query.sort === "-title";
  const order = down ? "p.title DESC, p.film" : "p.title, p.film";
  const conditions = joined([yearsOf(query, "p.year"), ...probesOf(search, "p.title")]);
  const found: Candidate[] = [];
  for (const place of titlePlaces(query.after, down)) {
    const sql = `SELECT p.title AS key, p.film FROM title_posting p
      WHERE p.term = ? ${place.text} ${conditions.text} ORDER BY ${order} LIMIT ?`;
    const wanted = limit - found.length;
    if (wanted === 0) break;
    const lists = driver.terms.map((term) =>
      connection.all(sql, term, ...place.values, ...conditions.values, wanted),
    );
    found.push(...merged(lists as unknown as Candidate[][], query.sort, wanted));
  }
  return found;
}

/** Behind a place: first the rest of its title, then the titles after it. */
function titlePlaces(after: Position | undefined, down: boolean): readonly Sql[] {
  if (after === undefined) return [NOTHING];
  return [
    { text: "AND p.title = ? AND p.film > ?", values: [after.key, after.id] },
    { text: down ? "AND p.title < ?" : "AND p.title > ?", values: [after.key] },
  ];
}

function byVersion(search: Search): readonly Candidate[] {
  const { connection, query, limit } = search;
  const behind =
    query.after === undefined ? NOTHING : { text: "AND p.version < ?", values: [query.after.key] };
  const conditions = joined([behind, yearsOf(query, "p.year"), ...probesOf(search, "p.title", "p.id")]);
  const sql = `SELECT p.version AS key, p.id AS film FROM film p
    WHERE p.status = 'live' ${conditions.text} ORDER BY p.version DESC LIMIT ?`;
  return connection.all(sql, ...conditions.values, limit) as unknown as readonly Candidate[];
}

/** Fetches and sorts the few films of the driver. */
function sortedAtOnce(search: Search): readonly Candidate[] {
  const { connection, driver, query, limit } = search;
  const [column, order] =
    query.sort === "-updated"
      ? ["f.version", "f.version DESC, f.id"]
      : ["f.title", query.sort === "title" ? "f.title, f.id" : "f.title DESC, f.id"];
  const conditions = joined([
    behindOf(query, column),
    yearsOf(query, "p.year"),
    ...probesOf(search, "f.title"),
  ]);
  const sql = `SELECT DISTINCT ${column} AS key, f.id AS film FROM posting p JOIN film f ON f.id = p.film
    WHERE p.term ${oneOf(driver.terms)} ${conditions.text} ORDER BY ${order} LIMIT ?`;
  return connection.all(sql, ...driver.terms, ...conditions.values, limit) as unknown as readonly Candidate[];
}

function behindOf({ sort, after }: MovieQuery, column: string): Sql {
  if (after === undefined) return NOTHING;
  const beyond = sort.startsWith("-") ? "<" : ">";
  return {
    text: `AND (${column} ${beyond} ? OR (${column} = ? AND f.id > ?))`,
    values: [after.key, after.key, after.id],
  };
}

// ---- the conditions ----

const NOTHING: Sql = { text: "", values: [] };

/** @param title where the title of the film at hand stands, if it does not have to be looked up. */
function probesOf(
  search: Search,
  title = "(SELECT title FROM film WHERE id = p.film)",
  film = "p.film",
): readonly Sql[] {
  const { probes, none, query } = search;
  const exists = (terms: readonly number[], not: string): Sql => ({
    text: `AND ${not} EXISTS (SELECT 1 FROM posting q WHERE q.term ${oneOf(terms)} AND q.year = p.year AND q.film = ${film})`,
    values: terms,
  });
  const text = query.contains;
  return [
    ...probes.map(({ terms }) => exists(terms, "")),
    ...(none.length === 0 ? [] : [exists(none, "NOT")]),
    ...(text === undefined ? [] : [{ text: `AND instr(${title}, ?) > 0`, values: [text] }]),
  ];
}

function yearsOf({ years }: MovieQuery, column: string): Sql {
  if (years.length === 0) return NOTHING;
  return {
    text: `AND (${years.map(() => `${column} BETWEEN ? AND ?`).join(" OR ")})`,
    values: years.flatMap(({ from, to }) => [from, to]),
  };
}

function joined(parts: readonly Sql[]): Sql {
  return { text: parts.map(({ text }) => text).join(" "), values: parts.flatMap(({ values }) => values) };
}

/** For a single value `=`: an IN list is made anew for every probe. */
function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? "= ?" : `IN (${values.map(() => "?").join(",")})`;
}

/** The first of several lists together, each film once. */
function merged(lists: readonly (readonly Candidate[])[], sort: Sort, limit: number): readonly Candidate[] {
  const [only] = lists;
  if (lists.length === 1 && only !== undefined) return only;
  const distinct = new Map(lists.flat().map((candidate) => [candidate.film, candidate]));
  return [...distinct.values()]
    .sort((a, b) => comparePositions(sort, { key: a.key, id: a.film }, { key: b.key, id: b.film }))
    .slice(0, limit);
}
