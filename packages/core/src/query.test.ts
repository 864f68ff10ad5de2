import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toBase64url } from "./base64url.ts";
import { MovieStoreError } from "./errors.ts";
import type { FindParameters } from "./find-parameters.ts";
import type { MovieContent } from "./movie.ts";
import { normaliseName } from "./normalise.ts";
import { comparePositions, positionOf, SORTS, writeCursor } from "./page-order.ts";
import { matches, planQuery } from "./query.ts";

const ID = "0123456789abcdef";

function film(facts: Partial<MovieContent>): MovieContent {
  return { id: ID, title: "Heat", providers: ["acme"], ...facts };
}

const found = (parameters: FindParameters, content: MovieContent) =>
  matches(planQuery(parameters).query, content);

function faultOf(parameters: unknown): { code: string; field: string | undefined; message: string } {
  try {
    planQuery(parameters as FindParameters);
  } catch (error) {
    if (error instanceof MovieStoreError)
      return { code: error.code, field: error.field, message: error.message };
  }
  throw new Error("the query was accepted");
}

describe("planQuery and matches", () => {
  const heat = film({
    title: "The Heat of Ámélie's  Night",
    year: 1995,
    cast: ["Al Pacino", "Renée Zellweger"],
    genres: ["Crime", "Film-Noir"],
    providers: ["acme", "bolt"],
  });

  it.each<[FindParameters, boolean]>([
    [{}, true],
    [{ title: "heat" }, true],
    [{ title: "night HEAT" }, true],
    [{ title: "amelie" }, true],
    [{ title: "heat wave" }, false],
    [{ title: "hea" }, false],
    [{ title: "hea", match: "prefix" }, true],
    [{ title: "h", match: "prefix" }, true],
    [{ title: "night hea", match: "prefix" }, true],
    [{ title: "nig heat", match: "prefix" }, false],
    [{ title: "amel", match: "prefix" }, true],
    [{ title: "ameli e", match: "prefix" }, false],
    [{ title: "eat", match: "prefix" }, false],
    [{ title: "heat!", match: "prefix" }, true],
    [{ title: "the heat of amelie's night", match: "exact" }, true],
    [{ title: " THE heat  of Amélie's night ", match: "exact" }, true],
    [{ title: "the heat of amelie s night", match: "exact" }, false],
    [{ title: "the heat", match: "exact" }, false],
    [{ title: "eat of", match: "contains" }, true],
    [{ title: "t", match: "contains" }, true],
    [{ title: "x", match: "contains" }, false],
    [{ title: "'s", match: "contains" }, true],
    [{ title: "ht", match: "contains" }, true],
    [{ title: "tof", match: "contains" }, false],
    [{ title: "eat amelie", match: "contains" }, false],
    [{ year: ["1995"] }, true],
    [{ year: ["1994"] }, false],
    [{ year: ["1990..1999"] }, true],
    [{ year: ["1995..1995"] }, true],
    [{ year: ["1990.."] }, true],
    [{ year: ["..1995"] }, true],
    [{ year: ["..1994"] }, false],
    [{ year: ["1980", "1995"] }, true],
    [{ cast: ["al  PACINO"] }, true],
    [{ cast: ["renee zellweger", "Al Pacino"] }, true],
    [{ cast: ["Al Pacino", "Robert De Niro"] }, false],
    [{ cast: ["Pacino"] }, false],
    [{ "cast.any": ["Robert De Niro", "Al Pacino"] }, true],
    [{ "cast.any": ["Robert De Niro"] }, false],
    [{ "cast.not": ["Robert De Niro"] }, true],
    [{ "cast.not": ["Robert De Niro", "AL PACINO"] }, false],
    [{ genre: ["crime"] }, true],
    [{ genre: ["crime", "drama"] }, false],
    [{ genre: ["Film"] }, false],
    [{ "genre.any": ["drama", "film-noir"] }, true],
    [{ "genre.not": ["drama"] }, true],
    [{ "genre.not": ["crime"] }, false],
    [{ "cast.any": ["Al Pacino"], "genre.any": ["Drama"] }, false],
    [{ provider: "bolt" }, true],
    [{ provider: "cine" }, false],
    [{ title: "heat", year: ["1995"], cast: ["Al Pacino"], genre: ["Crime"], provider: "acme" }, true],
    [{ title: "heat", year: ["1996"], cast: ["Al Pacino"], genre: ["Crime"], provider: "acme" }, false],
  ])("%j finds the film: %s", (parameters, expected) => {
    expect(found(parameters, heat)).toBe(expected);
  });

  it.each(["%", "_", '+"', "@", "a+*", "-", "?!", "…"])("looks for %j in a title as it stands", (title) => {
    for (const match of ["words", "prefix", "contains", "exact"] as const) {
      expect(found({ title, match }, film({ title })), match).toBe(true);
      expect(found({ title, match }, film({ title: "Heat" })), match).toBe(false);
    }
  });

  it("finds a film without a year only where no year is asked for", () => {
    const undated = film({});
    expect(found({}, undated)).toBe(true);
    expect(found({ year: ["..1950"] }, undated)).toBe(false);
    expect(found({ year: ["1990.."] }, undated)).toBe(false);
    expect(found({ year: ["0000"] }, undated)).toBe(false);
    expect(found({ year: ["0000..1950"] }, undated)).toBe(false);
  });

  it("finds by contains and by prefix just what the normalised title has, for any title", () => {
    const title = fc
      .array(fc.constantFrom("a", "b", "É", " ", "-", "🎬"), { maxLength: 7 })
      .map((c) => c.join(""));
    fc.assert(
      fc.property(title, title, (whole, piece) => {
        const normalised = (text: string) =>
          text.toLowerCase().replaceAll("é", "e").replace(/ +/g, " ").trim();
        fc.pre(normalised(whole) !== "" && normalised(piece) !== "");
        const [name, asked] = [normalised(whole), normalised(piece)];
        expect(found({ title: piece, match: "contains" }, film({ title: whole }))).toBe(name.includes(asked));
        const words = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];
        const [last, ...before] = words(asked).reverse();
        if (last === undefined) return;
        expect(found({ title: piece, match: "prefix" }, film({ title: whole }))).toBe(
          before.every((word) => words(name).includes(word)) &&
            words(name).some((word) => word.startsWith(last)),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("makes of years and ranges the fewest ranges, in order", () => {
    const years = (...year: string[]) =>
      planQuery({ year }).query.years.map(({ from, to }) => `${from}-${to}`);
    expect(years("1999", "1990..1995", "1996", "2001", "1994..1997")).toEqual([
      "1990-1997",
      "1999-1999",
      "2001-2001",
    ]);
    expect(years("1999", "1999")).toEqual(["1999-1999"]);
    expect(years("2000..", "..1900")).toEqual(["1-1900", "2000-2100"]);
    expect(planQuery({}).query.years).toEqual([]);
  });
});

describe("planQuery", () => {
  it("names the same query by the same key, however it is asked", () => {
    const key = planQuery({
      title: "love story",
      year: ["1970", "1990..1992"],
      cast: ["Ryan O'Neal", "Ali MacGraw"],
      "genre.any": ["Drama", "Romance"],
      "cast.not": ["A", "B"],
      id: [ID, "0000000000000000"],
    }).cacheKey;
    expect(
      planQuery({
        id: ["0000000000000000", ID, ID],
        "cast.not": ["b", "a", "B"],
        "genre.any": ["ROMANCE", "drama", "Drama"],
        cast: ["ali macgraw", "RYAN  O'NEAL", "Ali MacGraw"],
        year: ["1991..1992", "1970", "1990", "1970"],
        match: "words",
        title: "Story,  LÓVE!",
        sort: "-year",
        limit: 20,
      }).cacheKey,
    ).toBe(key);
  });

  it("names different queries by different keys", () => {
    const different: FindParameters[] = [
      {},
      { title: "up" },
      { title: "up", match: "prefix" },
      { title: "up", match: "exact" },
      { title: "up", match: "contains" },
      { cast: ["up"] },
      { "cast.any": ["up"] },
      { "cast.not": ["up"] },
      { genre: ["up"] },
      { "genre.any": ["up"] },
      { "genre.not": ["up"] },
      { provider: "up" },
      { year: ["1999"] },
      { sort: "year" },
      { limit: 5 },
      { id: [ID] },
      { cursor: writeCursor("-year", { key: 1999, id: ID }) },
    ];
    const keys = different.map((parameters) => planQuery(parameters).cacheKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each<[object, string, string]>([
    [{ colour: "red" }, "colour", "colour is not a parameter"],
    [{ title: "" }, "title", "title is empty"],
    [{ title: " \u0301" }, "title", "title is empty"],
    [{ title: "x".repeat(1_001) }, "title", "title has more than 1000 characters"],
    [{ title: "a\0" }, "title", "title is not clean text"],
    [{ title: "\ud800" }, "title", "title is not clean text"],
    [{ title: ["a", "b"] }, "title", "title is not a text"],
    [{ match: "exact" }, "match", "match says how title is compared, but there is no title"],
    [{ title: "a", match: "fuzzy" }, "match", "match is none of words, prefix, exact, contains"],
    [{ year: ["99"] }, "year", "year is not a year like 1999 nor a range like 1990..1999"],
    [{ year: ["1990-1999"] }, "year", "year is not a year like 1999 nor a range like 1990..1999"],
    [{ year: [".."] }, "year", "year is not a year like 1999 nor a range like 1990..1999"],
    [{ year: ["1999..1990"] }, "year", "year 1999..1990 ends before it begins"],
    [{ cast: ["ok", ""] }, "cast", "cast is empty"],
    [{ cast: Array(51).fill("a") }, "cast", "cast has more than 50 entries"],
    [{ cast: [] }, "cast", "cast has less than 1 entries"],
    [{ "cast.any": ["x".repeat(301)] }, "cast.any", "cast.any has more than 300 characters"],
    [{ "genre.not": ["\0"] }, "genre.not", "genre.not is not clean text"],
    [{ provider: "" }, "provider", "provider is empty"],
    [{ id: ["x"] }, "id", "id is not the id of a film"],
    [{ id: Array(101).fill(ID) }, "id", "id has more than 100 entries"],
    [{ sort: "name" }, "sort", "sort is none of -year, year, title, -title, -updated"],
    [{ limit: 0 }, "limit", "limit is less than 1"],
    [{ limit: 101 }, "limit", "limit is more than 100"],
    [{ limit: 1.5 }, "limit", "limit is not a whole number"],
    [{ limit: Number.NaN }, "limit", "limit is not a number"],
    [{ limit: "5" }, "limit", "limit is not a number"],
  ])("refuses %j and names the parameter", (parameters, field, message) => {
    expect(faultOf(parameters)).toEqual({ code: "invalid-query", field, message });
  });

  it("refuses a cursor of more than 16,000 characters", () => {
    const message = "cursor has more than 16000 characters";
    expect(faultOf({ cursor: "x".repeat(16_001) })).toEqual({
      code: "invalid-query",
      field: "cursor",
      message,
    });
  });

  it("takes its own cursor of the longest title, of 1,000 letters that normalise to 3,000", () => {
    const title = "힣".repeat(1_000);
    const key = normaliseName(title);
    const cursor = writeCursor("title", { key, id: "0123456789abcdef" });
    expect(planQuery({ sort: "title", cursor }).query.after).toEqual({ key, id: "0123456789abcdef" });
  });
});

describe("cursors", () => {
  it("lead back to the place they were written for", () => {
    const position = fc.oneof(
      fc.record({ sort: fc.constantFrom("-year", "year", "-updated"), key: fc.nat(), id: fc.constant(ID) }),
      fc.record({
        sort: fc.constantFrom("title", "-title"),
        key: fc.string({ unit: "grapheme" }),
        id: fc.constant(ID),
      }),
    );
    fc.assert(
      fc.property(position, ({ sort, ...after }) => {
        const cursor = writeCursor(sort as "year", after);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(planQuery({ sort: sort as "year", cursor }).query.after).toEqual(after);
      }),
    );
  });

  const encoded = (value: unknown) => toBase64url(new TextEncoder().encode(JSON.stringify(value)));
  it.each([
    ["", "is not one that this service gave out"],
    ["not a cursor", "is not one that this service gave out"],
    ["AAAA", "is not one that this service gave out"],
    [writeCursor("-year", { key: 1999, id: ID }).slice(0, -2), "is not one that this service gave out"],
    [`${writeCursor("-year", { key: 1999, id: ID })}=`, "is not one that this service gave out"],
    [encoded({ sort: "-year" }), "is not one that this service gave out"],
    [encoded(["-year", 1999]), "is not one that this service gave out"],
    [encoded(["-year", 1999, "x"]), "is not one that this service gave out"],
    [encoded(["-year", 1999, ID, 1]), "is not one that this service gave out"],
    [encoded(["-year", 1.5, ID]), "is not one that this service gave out"],
    [encoded(["-year", null, ID]), "is not one that this service gave out"],
    [encoded(["-year", "heat", ID]), "is not one that this service gave out"],
    [encoded(["name", 1999, ID]), "is not one that this service gave out"],
    [writeCursor("year", { key: 1999, id: ID }), "belongs to sort year"],
    [writeCursor("title", { key: "heat", id: ID }), "belongs to sort title"],
  ])("%j is refused", (cursor, why) => {
    expect(faultOf({ cursor })).toEqual({ code: "invalid-query", field: "cursor", message: `cursor ${why}` });
  });

  it("of a title sort do not take a number for a title", () => {
    expect(faultOf({ sort: "title", cursor: encoded(["title", 5, ID]) })).toMatchObject({ field: "cursor" });
  });
});

describe("comparePositions", () => {
  it("is a total order of films in every sort, ties by ascending id", () => {
    const anyFilm = fc.record({
      content: fc.record({
        id: fc.constantFrom("a", "b", "c"),
        title: fc.constantFrom("Up", "ÚP", "Heat"),
        providers: fc.constant<string[]>(["acme"]),
      }),
      version: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(anyFilm, anyFilm, fc.constantFrom(...SORTS), (one, other, sort) => {
        const a = positionOf(sort, one.content, one.version);
        const b = positionOf(sort, other.content, other.version);
        const order = comparePositions(sort, a, b);
        expect(Math.sign(comparePositions(sort, b, a))).toBe(0 - Math.sign(order));
        if (order === 0) expect(one.content.id).toBe(other.content.id);
        if (a.key === b.key && one.content.id < other.content.id) expect(order).toBeLessThan(0);
      }),
    );
  });

  it.each<[(typeof SORTS)[number], string]>([
    ["year", "c a b"],
    ["-year", "b a c"],
    ["title", "a b c"],
    ["-title", "c b a"],
    ["-updated", "c b a"],
  ])("sorts by %s", (sort, expected) => {
    const films = [
      { content: film({ id: "a", title: "Árgo", year: 1990 }), version: 1 },
      { content: film({ id: "b", title: "Big", year: 2000 }), version: 2 },
      { content: film({ id: "c", title: "cars" }), version: 3 },
    ];
    const order = films
      .map(({ content, version }) => positionOf(sort, content, version))
      .sort((a, b) => comparePositions(sort, a, b));
    expect(order.map(({ id }) => id).join(" ")).toBe(expected);
  });
});
