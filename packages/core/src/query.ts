/** From the parameters of a search to a query that a repository can answer. */

import type * as z from "zod";
import { MovieStoreError } from "./errors.ts";
import { MAX_YEAR } from "./facts.ts";
import { DEFAULT_LIMIT, type FindParameters, findParametersSchema, type Match } from "./find-parameters.ts";
import { phraseOf } from "./issue.ts";
import type { MovieContent } from "./movie.ts";
import { compareText, normaliseName, PIECE_LENGTH, wordsOf } from "./normalise.ts";
import { type Position, readCursor, type Sort } from "./page-order.ts";
import { genrePairs, sortTitle, sortYear, tag, term, termsOf, WORD_START_LENGTH } from "./terms.ts";

/** From and to inclusive. A film without a year counts as year 0. */
export interface YearRange {
  readonly from: number;
  readonly to: number;
}

/** What a repository is asked. All conditions must hold; names are normalised already. */
export interface MovieQuery {
  /** Terms that the film has, all of them. */
  readonly all: readonly string[];
  /** Of each group at least one. */
  readonly any: readonly (readonly string[])[];
  /** None of these. */
  readonly none: readonly string[];
  /** For each of these, at least one term that starts with it. */
  readonly starts: readonly string[];
  /** This text occurs in the normalised title. The terms above are already necessary for it. */
  readonly contains: string | undefined;
  /** The year lies in one of these ranges, which are disjoint, not adjacent and ascending; empty: any year. */
  readonly years: readonly YearRange[];
  readonly sort: Sort;
  /** 1 to {@link MAX_LIMIT}. */
  readonly limit: number;
  /** Only films behind this place. */
  readonly after: Position | undefined;
}

export interface PlannedQuery {
  readonly query: MovieQuery;
  /** Batch get: the ids asked for, without repetitions. */
  readonly ids: readonly string[] | undefined;
  /** Equal for parameters that mean the same. */
  readonly cacheKey: string;
  /** An answer stays right until one of these changes. */
  readonly tags: readonly string[];
  /** The answer has to reflect this change; 0: any will do. Not part of the key, nor of the query. */
  readonly minVersion: number;
}

/** @throws MovieStoreError `invalid-query`; `field` names the parameter. */
export function planQuery(parameters: FindParameters): PlannedQuery {
  const checked = findParametersSchema.safeParse(parameters);
  if (!checked.success) throw invalidQuery(checked.error.issues[0]);
  const given = checked.data;
  const sort = given.sort ?? "-year";
  if (given.match !== undefined && given.title === undefined) {
    throw new MovieStoreError("invalid-query", "match says how title is compared, but there is no title", {
      field: "match",
    });
  }
  const text = given.title === undefined ? NO_TITLE : planTitle(given.title, given.match ?? "words");
  const query: MovieQuery = {
    all: distinct([
      ...text.all,
      ...(given.cast ?? []).map(term.cast),
      ...(given.genre ?? []).map(term.genre),
      ...genrePairs(given.genre ?? []),
      ...(given.provider === undefined ? [] : [term.provider(given.provider)]),
    ]),
    any: [(given["cast.any"] ?? []).map(term.cast), (given["genre.any"] ?? []).map(term.genre)]
      .filter((group) => group.length > 0)
      .map(distinct),
    none: distinct([
      ...(given["cast.not"] ?? []).map(term.cast),
      ...(given["genre.not"] ?? []).map(term.genre),
    ]),
    starts: text.starts,
    contains: text.contains,
    years: mergeRanges((given.year ?? []).map(readYears)),
    sort,
    limit: given.limit ?? DEFAULT_LIMIT,
    after: given.cursor === undefined ? undefined : readCursor(given.cursor, sort),
  };
  const ids = given.id === undefined ? undefined : distinct(given.id);
  return {
    query,
    ids,
    cacheKey: `find:${JSON.stringify([query, ids ?? null])}`,
    tags: ids === undefined ? tagsOfQuery(query) : ids.map(tag.movie),
    minVersion: given.minVersion ?? 0,
  };
}

function invalidQuery(issue: z.core.$ZodIssue | undefined): MovieStoreError {
  if (issue?.code === "unrecognized_keys") {
    const field = issue.keys[0] ?? "";
    return new MovieStoreError("invalid-query", `${field} is not a parameter`, { field });
  }
  const field = String(issue?.path[0] ?? "");
  return new MovieStoreError("invalid-query", `${field} ${phraseOf(issue)}`, { field });
}

interface TitlePlan {
  readonly all: readonly string[];
  readonly starts: readonly string[];
  readonly contains: string | undefined;
}

const NO_TITLE: TitlePlan = { all: [], starts: [], contains: undefined };

function planTitle(title: string, match: Match): TitlePlan {
  const name = normaliseName(title);
  if (match === "exact") return { ...NO_TITLE, all: [term.title(name)] };
  const words = wordsOf(name);
  // A title of signs alone has no words: it is looked for as it stands.
  if (match === "contains" || words.length === 0) return planContains(name);
  if (match === "words") return { ...NO_TITLE, all: words.map(term.word) };
  const last = /[\p{L}\p{N}]+(?=[^\p{L}\p{N}]*$)/u.exec(name)?.[0] ?? "";
  const before = wordsOf(name.slice(0, name.lastIndexOf(last))).map(term.word);
  if ([...last].length <= WORD_START_LENGTH) return { ...NO_TITLE, all: [...before, term.wordStart(last)] };
  return { ...NO_TITLE, all: before, starts: [term.word(last)] };
}

function planContains(name: string): TitlePlan {
  const characters = [...name];
  if (characters.length < PIECE_LENGTH) {
    // The titles that have a piece which starts with the text. For a text so short these may be very many pieces, so
    // that a repository may rather look at the titles themselves.
    return { ...NO_TITLE, starts: [term.piece(name)], contains: name };
  }
  const pieces = characters
    .slice(PIECE_LENGTH - 1)
    .map((_, at) => term.piece(characters.slice(at, at + PIECE_LENGTH).join("")));
  return { all: distinct([...pieces, ...wordTermsWithin(name)]), starts: [], contains: name };
}

/** A piece of a title that spans several words tells some of them whole, and how the last one begins. */
function wordTermsWithin(text: string): readonly string[] {
  const terms: string[] = [];
  for (const { 0: word, index } of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    if (index === 0) continue; // may be the end of a longer word
    const isWhole = index + word.length < text.length;
    terms.push(isWhole ? term.word(word) : term.wordStart([...word].slice(0, WORD_START_LENGTH).join("")));
  }
  return terms;
}

function readYears(text: string): YearRange {
  const [from = "", to] = text.split("..");
  // No range takes in the films without a year, which count as year 0.
  const numberOf = (year: string) => Math.max(1, Number(year));
  if (to === undefined) return { from: numberOf(from), to: numberOf(from) };
  const range = { from: numberOf(from), to: to === "" ? MAX_YEAR : numberOf(to) };
  if (range.from > range.to) {
    throw new MovieStoreError("invalid-query", `year ${text} ends before it begins`, { field: "year" });
  }
  return range;
}

function mergeRanges(ranges: readonly YearRange[]): readonly YearRange[] {
  const merged: YearRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && range.from <= last.to + 1) {
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else merged.push(range);
  }
  return merged;
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort(compareText);
}

/** Ranges of up to this many years depend on the single years, wider ones on everything. */
const MAX_YEAR_TAGS = 10;

/**
 * A film that a change moves into or out of a result meets every condition before or after the change, so the tags
 * of any one condition are enough. The condition that few films meet is the best, because few changes touch it.
 */
function tagsOfQuery(query: MovieQuery): readonly string[] {
  const cast = query.all.filter((each) => each.startsWith("c:"));
  if (cast[0] !== undefined) return [cast[0]];
  const [title] = query.all.filter((each) => each.startsWith("t:"));
  const words = [
    ...query.all.filter((each) => each.startsWith("w:")),
    ...(title === undefined ? [] : wordsOf(title.slice(2)).map(tag.word)),
  ].sort((a, b) => b.length - a.length);
  if (words[0] !== undefined) return [words[0]];
  const castAny = query.any.find((group) => group[0]?.startsWith("c:"));
  if (castAny !== undefined) return castAny;
  const years = query.years.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (years > 0 && years <= MAX_YEAR_TAGS) return query.years.flatMap(yearTags);
  const genres = query.all.filter((each) => each.startsWith("g:"));
  if (genres[0] !== undefined) return [genres[0]];
  return query.any.find((group) => group[0]?.startsWith("g:")) ?? [tag.all];
}

function yearTags({ from, to }: YearRange): readonly string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => tag.year(from + at));
}

/** Whether a film meets the conditions of a query, wherever its page begins: what every repository must agree with. */
export function matches(query: MovieQuery, content: MovieContent): boolean {
  const terms = new Set(termsOf(content));
  const year = sortYear(content);
  return (
    query.all.every((each) => terms.has(each)) &&
    query.any.every((group) => group.some((each) => terms.has(each))) &&
    !query.none.some((each) => terms.has(each)) &&
    query.starts.every((start) => terms.values().some((each) => each.startsWith(start))) &&
    (query.contains === undefined || sortTitle(content).includes(query.contains)) &&
    (query.years.length === 0 || query.years.some(({ from, to }) => from <= year && year <= to))
  );
}
