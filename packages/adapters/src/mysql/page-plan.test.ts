import { type FindParameters, type MovieQuery, planQuery } from "@movie-store/core";
import { describe, expect, it } from "vitest";
import { COMMON_FILMS, canBeCommon } from "./common-terms.ts";
import type { FoundTerms, Term } from "./known-terms.ts";
import { type PagePlan, planPage, worthCounting } from "./page-plan.ts";
import { type Conditions, readConditions } from "./term-groups.ts";

const FILMS: Readonly<Record<string, number>> = {
  "*": 1_000_000,
  "g:drama": 400_000,
  "g:silent": 200_000,
  "g:noir": 8_000,
  "g:rare": 900,
  "s:acme": 7_000,
  "gg:drama\tsilent": 90_000,
  "w:night": 30_000,
  "w:love": 17_000,
  "w:the": 350_000,
  "w:of": 130_000,
  "p:zo": 1_200,
  "p:bla": 6_000,
  "p:the": 300_000,
  "c:theda bara": 40,
};
/** Counted down from 9999: silent films end in the thirties, the others go on. */
const ENDS: Readonly<Record<string, NonNullable<Term["ends"]>>> = {
  "g:drama": { newest: 9_999 - 2023, oldest: 9_999 - 1908 },
  "g:silent": { newest: 9_999 - 1936, oldest: 9_999 - 1903 },
  "p:bla": { newest: 9_999 - 2021, oldest: 9_999 - 1914 },
};

function conditionsOf(query: MovieQuery): Conditions {
  const named = Object.entries(FILMS).map(([term, films], id): [string, Term] => {
    const ends = ENDS[term];
    return [
      term,
      {
        id,
        term,
        films,
        isCommon: canBeCommon(term) && films >= COMMON_FILMS,
        ...(ends === undefined ? {} : { ends }),
      },
    ];
  });
  const found: FoundTerms = { named: new Map(named), starting: new Map(), version: undefined };
  const conditions = readConditions(query, found);
  if (conditions === undefined) throw new Error("no film can meet them");
  return conditions;
}

function plan(parameters: FindParameters, fewest?: number): { query: MovieQuery; plan: PagePlan } {
  const { query } = planQuery(parameters);
  const conditions = conditionsOf(query);
  return { query, plan: planPage(query, conditions, fewest ?? conditions.groups[0]?.films ?? 0) };
}

/** The way, and the terms that drive it. */
function wayOf(parameters: FindParameters, fewest?: number): string {
  const made = plan(parameters, fewest).plan;
  if (made.way === "walked") return "walked";
  const parts = made.way === "listed" ? made.parts : [made.part];
  const drivers = parts.map(({ driver, partner }) =>
    [driver, partner]
      .filter((group) => group !== undefined)
      .map(({ terms }) => terms.map(({ term }) => term).join(" or "))
      .join(" with "),
  );
  return `${made.way}${made.way === "listed" ? ` by ${made.by}` : ""}: ${drivers.join(", then ")}`;
}

describe("the way to a page", () => {
  it.each<[FindParameters, string]>([
    [{}, "listed by year: *"],
    [{ genre: ["drama"], cast: ["Theda Bara"] }, "listed by year: c:theda bara"],
    [{ genre: ["drama"], title: "night", sort: "year" }, "listed by year: w:night with g:drama"],
    [{ title: "the night of love" }, "listed by year: w:love with w:night"],
    [{ title: "the night", genre: ["drama", "silent"] }, "listed by year: w:night with g:silent"],
    [{ title: "night", cast: ["Theda Bara"] }, "listed by year: c:theda bara"],
    [
      { title: "bla", match: "prefix", "genre.any": ["noir", "rare"], sort: "year" },
      "listed by year: g:noir or g:rare",
    ],
    [{ title: "love love" }, "listed by year: w:love"],
    [{ "genre.any": ["drama", "noir"], title: "night" }, "listed by year: g:drama or g:noir with w:night"],
    [{ "genre.any": ["silent", "rare"], title: "night" }, "listed by year: g:silent or g:rare with w:night"],
    [{ genre: ["drama"], sort: "title" }, "listed by title: g:drama"],
    [{ genre: ["rare"], sort: "-title" }, "listed by title: g:rare"],
    [{ title: "zo", match: "prefix", sort: "title" }, "fetched: p:zo"],
    [{ title: "the", match: "prefix", sort: "title" }, "listed by title: *"],
    [{ title: "the", match: "prefix", genre: ["drama"], sort: "title" }, "listed by title: g:drama"],
    [{ title: "bla", match: "prefix", sort: "title" }, "listed by title: *"],
    [{ title: "bla", match: "prefix", "cast.not": ["theda bara"], sort: "title" }, "fetched: p:bla"],
    [{ title: "bla", match: "prefix", genre: ["drama"], sort: "title" }, "listed by title: g:drama"],
    [{ title: "bla", match: "prefix", genre: ["drama"], sort: "-updated" }, "fetched: p:bla"],
    [{ genre: ["rare"], sort: "-updated" }, "listed by version: g:rare"],
    [{ "genre.any": ["noir", "drama"], sort: "-updated" }, "listed by version: g:drama or g:noir"],
    [{ provider: "acme", sort: "-updated" }, "versions: s:acme"],
    [{ title: "zo", match: "prefix", sort: "-updated" }, "fetched: p:zo"],
    [{ genre: ["drama"], sort: "-updated" }, "listed by version: g:drama"],
    [{ genre: ["drama"], title: "night", sort: "-updated" }, "listed by version: g:drama"],
    [{ title: "night", sort: "-updated" }, "walked"],
  ])("%o: %s", (parameters, way) => {
    expect(wayOf(parameters)).toBe(way);
  });

  it("takes the few films of some years where a list would be long", () => {
    const parameters: FindParameters = { genre: ["drama"], year: ["1908"], sort: "title" };
    expect(wayOf(parameters)).toBe("listed by title: g:drama");
    expect(wayOf(parameters, 300)).toBe("fetched: g:drama");
    expect(wayOf({ ...parameters, sort: "-updated" }, 300)).toBe("fetched: g:drama");
  });

  it("counts the films of some years only where the plan depends on it", () => {
    const countedOf = (parameters: FindParameters) => {
      const { query } = planQuery(parameters);
      return worthCounting(query, conditionsOf(query)) !== undefined;
    };
    expect(countedOf({ genre: ["drama"], year: ["1908"], sort: "title" })).toBe(true);
    expect(countedOf({ genre: ["drama"], year: ["1908"] })).toBe(false);
    expect(countedOf({ genre: ["rare"], year: ["1908"], sort: "title" })).toBe(false);
    expect(countedOf({ genre: ["drama"], sort: "title" })).toBe(false);
  });
});

describe("a condition that is thin where the page begins", () => {
  const partsOf = (parameters: FindParameters) => {
    const made = plan(parameters).plan;
    if (made.way !== "listed") throw new Error(made.way);
    return made.parts.map(({ driver, probes, from, upTo }) => ({
      driver: driver.terms[0]?.term,
      probes: probes.map(({ terms }) => terms[0]?.term),
      from,
      upTo,
    }));
  };

  it("drives the years of that end, and the smallest condition the rest", () => {
    expect(partsOf({ title: "bla", match: "prefix", genre: ["silent"] })).toEqual([
      { driver: "g:silent", probes: ["p:bla"], upTo: 9_999 - 1937 },
      { driver: "p:bla", probes: ["g:silent"], from: 9_999 - 1936 },
    ]);
  });

  it("is not asked for where the page begins at the other end", () => {
    expect(partsOf({ title: "bla", match: "prefix", genre: ["silent"], sort: "year" })).toEqual([
      { driver: "p:bla", probes: ["g:silent"] },
    ]);
  });

  it("is not asked for where few films drive", () => {
    expect(partsOf({ cast: ["Theda Bara"], genre: ["silent"] })).toEqual([
      { driver: "c:theda bara", probes: ["g:silent"] },
    ]);
  });
});
