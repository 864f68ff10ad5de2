import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FindParameters } from "./find-parameters.ts";
import type { FilmState, MovieContent } from "./movie.ts";
import { matches, planQuery } from "./query.ts";
import { tagsOf, termsOf } from "./terms.ts";

const content: MovieContent = {
  id: "0123456789abcdef",
  title: "Up & Áway",
  year: 2009,
  cast: ["Ed  Asner"],
  genres: ["Comedy", "comedy"],
  providers: ["Acme"],
};

describe("termsOf", () => {
  it("lists each term of a film once", () => {
    expect(termsOf(content)).toEqual([
      "*",
      "t:up & away",
      ...["w:up", "p:u", "p:up", "w:away", "p:a", "p:aw", "p:awa"],
      "4:up &",
      "4:p & ",
      "4: & a",
      "4:& aw",
      "4: awa",
      "4:away",
      "4:way ",
      "4:ay  ",
      "4:y   ",
      ...["c:ed asner", "g:comedy", "s:Acme"],
    ]);
  });
});

describe("tagsOf", () => {
  it("names what a film can be found by, its ids included", () => {
    const state: FilmState = {
      id: content.id,
      status: "live",
      content,
      records: ["1111111111111111", content.id],
    };
    expect([...tagsOf(state)].sort()).toEqual(
      [
        ...["all", "c:ed asner", "g:comedy", "m:0123456789abcdef", "m:1111111111111111"],
        ...["w:away", "w:up", "y:2009"],
      ].sort(),
    );
  });

  it("names the ids alone where there is no film", () => {
    expect(tagsOf(undefined)).toEqual([]);
    expect(tagsOf({ id: "a", status: "merged", into: "b" })).toEqual(["m:a"]);
    expect(tagsOf({ id: "a", status: "withdrawn", records: ["a", "b"] })).toEqual(["m:a", "m:b"]);
  });
});

const names = ["Ann", "ÁNN", "Bo", "Cy"];
const titles = ["Up", "úp away", "Away", "+", "Up Up", "%", "Carmen of the Night"];
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });

function withoutAbsent<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]: Exclude<T[K], undefined> };
}

const anyState: fc.Arbitrary<FilmState | undefined> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<FilmState>(
      { id: content.id, status: "withdrawn", records: [content.id] },
      { id: content.id, status: "merged", into: "1111111111111111" },
    ),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({
        title: fc.constantFrom(...titles),
        year: maybe(fc.constantFrom(1998, 1999, 2009)),
        cast: maybe(fc.subarray(names)),
        genres: maybe(fc.subarray(names)),
        providers: fc.subarray(["acme", "bolt"], { minLength: 1 }),
      })
      .map((facts): FilmState => {
        const film: MovieContent = { id: content.id, ...withoutAbsent(facts) };
        return { id: film.id, status: "live", content: film, records: [film.id] };
      }),
  },
);

const several = fc.subarray(names, { minLength: 1 });
const anyQuery: fc.Arbitrary<FindParameters> = fc
  .record({
    title: maybe(fc.constantFrom(...titles, "u", "up aw", "men of", "ight")),
    match: maybe(fc.constantFrom("words", "prefix", "exact", "contains")),
    year: maybe(
      fc.subarray(["1999", "2009", "1990..1999", "..1998", "2000.."], { minLength: 1, maxLength: 2 }),
    ),
    cast: maybe(several),
    "cast.any": maybe(several),
    "cast.not": maybe(several),
    genre: maybe(several),
    "genre.any": maybe(several),
    "genre.not": maybe(several),
    provider: maybe(fc.constantFrom("acme", "bolt")),
    sort: maybe(fc.constantFrom("-year", "title", "-updated")),
  })
  .map((given) => {
    // Most queries ask for few things, so that they find something.
    const { title, match, ...rest } = withoutAbsent(given);
    return { ...rest, ...(title === undefined ? {} : { title, ...(match === undefined ? {} : { match }) }) };
  });

describe("the tags of a query and of a change", () => {
  it("share one wherever the change can show in the answer", () => {
    let shown = 0;
    fc.assert(
      fc.property(anyQuery, anyState, anyState, (parameters, before, after) => {
        const { query, tags } = planQuery(parameters);
        const finds = (state: FilmState | undefined) =>
          state?.status === "live" && matches(query, state.content);
        if (!finds(before) && !finds(after)) return;
        shown++;
        const changed = new Set([...tagsOf(before), ...tagsOf(after)]);
        expect(
          tags.some((tag) => changed.has(tag)),
          `${tags} against ${[...changed]}`,
        ).toBe(true);
      }),
      { numRuns: 5_000 },
    );
    // The property has said something: a good part of the pairs were found.
    expect(shown).toBeGreaterThan(200);
  });

  it("are few, so that a look-up stays one short read", () => {
    const many = Array.from({ length: 50 }, (_, at) => `Name ${at}`);
    for (const parameters of [
      {},
      { "cast.any": many, "genre.any": many },
      { year: ["1990..1999"] },
      { year: ["1900..1999"] },
      { id: Array.from({ length: 100 }, (_, at) => String(at).padStart(16, "0")) },
    ]) {
      const { tags } = planQuery(parameters);
      expect(tags.length).toBeGreaterThanOrEqual(1);
      expect(tags.length).toBeLessThanOrEqual(100);
    }
  });
});
