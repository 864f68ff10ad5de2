import { type FindParameters, planQuery } from "@movie-store/core";
import { describe, expect, it } from "vitest";
import type { Term } from "./known-terms.ts";
import { type Conditions, listsOf, readConditions, wantedTerms } from "./term-groups.ts";

const EVERY = 1_000_000;

/** @param films how many films each term has; those that begin with what is asked for are found by it. */
function conditionsOf(
  parameters: FindParameters,
  films: Readonly<Record<string, number>>,
): Conditions | undefined {
  const { query } = planQuery(parameters);
  const terms = Object.entries({ "*": EVERY, ...films }).map(
    ([term, count], id): Term => ({ id, term, films: count, isCommon: false }),
  );
  const { names, starts } = wantedTerms(query);
  return readConditions(query, {
    named: new Map(terms.filter(({ term }) => names.includes(term)).map((each) => [each.term, each])),
    starting: new Map(starts.map(({ start }) => [start, terms.filter(({ term }) => term.startsWith(start))])),
    version: 1,
  });
}

function termsOf(conditions: Conditions | undefined): readonly (readonly string[])[] | undefined {
  return conditions?.groups.map(({ terms }) => terms.map(({ term }) => term));
}

/** Pieces that begin with a text, with so many films each. */
function pieces(text: string, count: number, films: number): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`4:${text}${String.fromCodePoint(0x4e00 + at)}`, films]),
  );
}

describe("conditions", () => {
  it("come narrowest first; without any, every film meets them", () => {
    const films = { "g:drama": 400_000, "w:night": 30_000, "c:max": 20 };
    const parameters: FindParameters = { genre: ["drama"], title: "night", cast: ["max"] };
    expect(termsOf(conditionsOf(parameters, films))).toEqual([["c:max"], ["w:night"], ["g:drama"]]);
    expect(termsOf(conditionsOf({}, films))).toEqual([["*"]]);
  });

  it("can't be met if one of them is met by no film, but one of several may be", () => {
    const films = { "g:drama": 5 };
    expect(conditionsOf({ genre: ["drama", "western"] }, films)).toBeUndefined();
    expect(conditionsOf({ title: "zz", match: "contains" }, films)).toBeUndefined();
    expect(termsOf(conditionsOf({ "genre.any": ["drama", "western"] }, films))).toEqual([["g:drama"]]);
    expect(conditionsOf({ "genre.not": ["western"] }, films)?.none).toEqual([]);
  });

  it("probe the rarest of the pieces of a text, and look at the title in the end", () => {
    const title = "abcdefghij";
    const films = Object.fromEntries(
      Array.from({ length: 7 }, (_, at) => [`4:${title.slice(at, at + 4)}`, 10 * (at + 1)]),
    );
    const conditions = conditionsOf({ title, match: "contains" }, films);
    expect(termsOf(conditions)).toEqual([["4:abcd"], ["4:bcde"], ["4:cdef"], ["4:defg"]]);
    expect(conditions?.contains).toBe(title);
  });

  it("do not look at titles for a text that is one piece", () => {
    const conditions = conditionsOf({ title: "abcd", match: "contains" }, { "4:abcd": 10 });
    expect(termsOf(conditions)).toEqual([["4:abcd"]]);
    expect(conditions?.contains).toBeUndefined();
  });
});

describe("a text shorter than a piece", () => {
  const contains = (title: string, more: FindParameters = {}) => ({
    title,
    match: "contains" as const,
    ...more,
  });

  it("is found by its pieces while these are few", () => {
    const conditions = conditionsOf(contains("zz"), pieces("zz", 40, 3));
    expect(conditions?.groups[0]?.terms).toHaveLength(40);
    expect(conditions?.contains).toBeUndefined();
  });

  it.each<[string, FindParameters, Readonly<Record<string, number>>]>([
    ["where many titles have it", contains("th"), pieces("th", 300, 1_000)],
    ["where it begins very many pieces", contains("t"), pieces("t", 2_000, 1)],
    [
      "beside a narrower condition",
      contains("zz", { cast: ["max"] }),
      { ...pieces("zz", 40, 50), "c:max": 20 },
    ],
    [
      "where the pieces are not in the order of the page",
      contains("zz", { sort: "title" }),
      pieces("zz", 40, 100),
    ],
  ])("is looked for in titles %s", (_, parameters, films) => {
    const conditions = conditionsOf(parameters, films);
    expect(conditions?.groups.flatMap(({ terms }) => terms)).toHaveLength(1);
    expect(conditions?.contains).toBe(parameters.title);
  });
});

describe("the lists of a group", () => {
  it("are one for the many small terms together, and one for each of the others", () => {
    const films = { ...pieces("zz", 30, 10), "4:zz a": 9_000, "4:zzb ": 3_000 };
    const [group] = conditionsOf({ title: "zz", match: "contains" }, films)?.groups ?? [];
    const lists = listsOf(group ?? { terms: [], films: 0, byTitle: false, byVersion: false });
    expect(lists.map((list) => list.length)).toEqual([1, 1, 30]);
    expect(lists.slice(0, 2).flat()).toMatchObject([{ films: 9_000 }, { films: 3_000 }]);
  });

  it("are of their own where only the first postings of them are read", () => {
    const terms = [9_000, 500, 300, 40, 3].map((films, id) => ({
      id,
      term: `${id}`,
      films,
      isCommon: false,
    }));
    const sizes = (reads: number) => listsOf({ terms }, reads).map((list) => list.map(({ films }) => films));
    expect(sizes(Infinity)).toEqual([[9_000], [500, 300, 40, 3].toReversed()]);
    expect(sizes(20)).toEqual([[9_000], [500], [300], [3, 40]]);
    expect(sizes(300)).toEqual([[9_000], [500], [3, 40, 300]]);
  });
});
