import { describe, expect, test } from "vitest";
import { addressOf, EVERYTHING, type Place, placeOf, searchTarget, yearsOf, yearText } from "./place.ts";

const SEARCH = {
  view: "search",
  text: "don't look & now?",
  year: "1970..1979",
  genres: ["Drama", "Science Fiction"],
  cast: ["Zbigniew Cybulski", "José García"],
  sort: "-title",
} as const;

describe("an address", () => {
  test.each<[Place, string]>([
    [EVERYTHING, "/"],
    [{ ...EVERYTHING, text: "heat" }, "/?q=heat"],
    [{ view: "film", id: "gkl14f9ub183dlfh" }, "/?film=gkl14f9ub183dlfh"],
    [{ view: "film", id: "gkl14f9ub183dlfh", at: 200 }, "/?film=gkl14f9ub183dlfh&at=200"],
    [{ view: "changes" }, "/?view=changes"],
    [{ view: "ingest" }, "/?view=ingest"],
  ])("of %j is %s, and leads back to it", (place, address) => {
    expect(addressOf(place)).toBe(address);
    expect(placeOf(address.slice(1))).toEqual(place);
  });

  test("keeps all of a search", () => {
    expect(placeOf(addressOf(SEARCH).slice(1))).toEqual(SEARCH);
  });

  test.each([
    ["?year=soon&sort=best&colour=red", EVERYTHING],
    ["?year=1999-2001", EVERYTHING],
    ["?view=nothing", EVERYTHING],
    ["?film=x&at=yesterday", { view: "film", id: "x" }],
    ["?film=x&at=-1", { view: "film", id: "x" }],
  ])("%s is read as far as it is understood", (query, place) => {
    expect(placeOf(query)).toEqual(place);
  });
});

test("the API is asked for what is chosen, with the last word perhaps unfinished", () => {
  const target = new URL(searchTarget({ ...SEARCH, text: " heat " }, 24, "abc"), "http://localhost");
  expect(target.pathname).toBe("/v1/movies");
  expect([...target.searchParams]).toEqual([
    ["title", "heat"],
    ["match", "prefix"],
    ["year", "1970..1979"],
    ["genre", "Drama"],
    ["genre", "Science Fiction"],
    ["cast", "Zbigniew Cybulski"],
    ["cast", "José García"],
    ["sort", "-title"],
    ["limit", "24"],
    ["cursor", "abc"],
  ]);
});

test("spaces alone are no title", () => {
  expect(searchTarget({ ...EVERYTHING, text: "  " }, 24)).toBe("/v1/movies?limit=24");
});

test.each([
  ["", undefined, undefined],
  ["1999", 1999, 1999],
  ["1990..1999", 1990, 1999],
  ["1990..", 1990, undefined],
  ["..1999", undefined, 1999],
])("the years %j go from %s to %s", (year, from, to) => {
  expect(yearsOf(year)).toEqual([from, to]);
  expect(yearText(from, to)).toBe(year);
});

test("years in the wrong order change places", () => {
  expect(yearText(1999, 1990)).toBe("1990..1999");
});
