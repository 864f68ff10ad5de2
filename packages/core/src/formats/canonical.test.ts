import { describe, expect, it } from "vitest";
import { readCanonical } from "./canonical.ts";

describe("readCanonical", () => {
  it("reads every field of a film", () => {
    const facts = {
      title: "The Matrix",
      year: 1999,
      cast: ["Keanu Reeves", "Carrie-Anne Moss"],
      genres: ["Action"],
      directors: ["Lana Wachowski", "Lilly Wachowski"],
      countries: ["United States"],
      languages: ["English"],
      overview: "A hacker learns what is real.",
      runtimeMinutes: 136,
      releaseDate: "1999-03-31",
      href: "The_Matrix",
      extract: "The Matrix is a film.",
      thumbnail: "https://films.example/t.jpg",
      thumbnail_width: 220,
      thumbnail_height: 330,
      poster: { url: "https://films.example/p.jpg", width: 500, height: 750 },
      externalIds: { imdb: "tt0133093", tmdb: "603", wikidata: "Q83495" },
    };
    expect(readCanonical({ ...facts, id: "m-1", updatedAt: "2024-05-01T12:00:00Z", rating: 8.7 })).toEqual({
      sourceId: "m-1",
      updatedAtMs: Date.UTC(2024, 4, 1, 12),
      facts,
    });
  });

  it("tells a film without an id by href, title and year together", () => {
    const film = { title: " Heat ", year: "1995", cast: [], genres: [], href: "Heat_(1995_film)" };
    expect(readCanonical(film)).toEqual({
      sourceId: "Heat_(1995_film)|Heat|1995",
      facts: { title: "Heat", year: 1995, href: "Heat_(1995_film)" },
    });
    expect(readCanonical({ title: "Heat", year: 1995 })).toMatchObject({ sourceId: "|Heat|1995" });
  });

  it.each([undefined, null, "", "  ", [], {}])("takes %j for no statement in any field", (nothing) => {
    const silent = {
      ...{ year: nothing, cast: nothing, genres: nothing, directors: nothing, countries: nothing },
      ...{ overview: nothing, runtimeMinutes: nothing, releaseDate: nothing, href: nothing },
      ...{ thumbnail: nothing, thumbnail_width: nothing, poster: nothing, externalIds: nothing },
      updatedAt: nothing,
    };
    expect(readCanonical({ id: "1", title: "Up", ...silent })).toEqual({
      sourceId: "1",
      facts: { title: "Up" },
    });
  });

  it("leaves out empty entries of nested objects", () => {
    const film = {
      id: "1",
      title: "Up",
      externalIds: { imdb: null, tmdb: 14160, wikidata: "" },
      poster: { url: null, width: "" },
    };
    expect(readCanonical(film)).toMatchObject({ facts: { title: "Up", externalIds: { tmdb: "14160" } } });
  });

  it("takes numbers and texts of an id for the same", () => {
    expect(readCanonical({ id: 7, title: "Up" })).toMatchObject({ sourceId: "7" });
    expect(readCanonical({ id: " 7 ", title: "Up" })).toMatchObject({ sourceId: "7" });
  });

  it.each([
    ["2024-05-01", Date.UTC(2024, 4, 1)],
    ["2024-05-01T12:00Z", Date.UTC(2024, 4, 1, 12)],
    ["2024-05-01T12:00:00.250+02:00", Date.UTC(2024, 4, 1, 10, 0, 0, 250)],
  ])("reads the provider's own time %s", (updatedAt, updatedAtMs) => {
    expect(readCanonical({ id: "1", title: "Up", updatedAt })).toMatchObject({ updatedAtMs });
  });

  it("withdraws by id alone, whatever else is in the object", () => {
    expect(readCanonical({ id: "1", deleted: true })).toEqual({ sourceId: "1", facts: undefined });
    expect(
      readCanonical({ id: "1", deleted: true, title: 5, year: "soon", updatedAt: "2024-05-01" }),
    ).toEqual({
      sourceId: "1",
      facts: undefined,
      updatedAtMs: Date.UTC(2024, 4, 1),
    });
  });

  it("withdraws a film without an id by the same title and year that told it", () => {
    expect(readCanonical({ title: "Heat", year: 1995, deleted: true })).toEqual({
      sourceId: "|Heat|1995",
      facts: undefined,
    });
    expect(readCanonical({ title: "Heat", deleted: true })).toMatchObject({
      code: "bad-field",
      field: "year",
    });
  });

  it.each([false, null])("withdraws nothing with deleted: %j", (deleted) => {
    expect(readCanonical({ id: "1", title: "Up", deleted })).toMatchObject({ facts: { title: "Up" } });
  });

  const long = "x".repeat(1_001);
  it.each<[object, string, string]>([
    [{ title: undefined }, "title", "title is missing"],
    [{ title: "" }, "title", "title is missing"],
    [{ title: "\u0301" }, "title", "title is empty"],
    [{ title: 1917 }, "title", "title is not a text"],
    [{ title: long }, "title", "title has more than 1000 characters"],
    [{ year: "1999a" }, "year", "year is not a number"],
    [{ year: 1999.5 }, "year", "year is not a whole number"],
    [{ year: Number.POSITIVE_INFINITY }, "year", "year is not a number"],
    [{ year: 19999 }, "year", "year is more than 2100"],
    [{ year: -1 }, "year", "year is less than 1870"],
    [{ year: true }, "year", "year is not a number"],
    [{ cast: "Al Pacino" }, "cast", "cast is not a list"],
    [{ cast: ["Al Pacino", 5] }, "cast[1]", "cast[1] is not a text"],
    [{ cast: ["Al Pacino", ""] }, "cast[1]", "cast[1] is empty"],
    [{ cast: Array(2_001).fill("x") }, "cast", "cast has more than 2000 entries"],
    [{ genres: [null] }, "genres[0]", "genres[0] is not a text"],
    [{ runtimeMinutes: "136 min" }, "runtimeMinutes", "runtimeMinutes is not a number"],
    [{ runtimeMinutes: 0 }, "runtimeMinutes", "runtimeMinutes is less than 1"],
    [{ releaseDate: "31 Mar 1999" }, "releaseDate", "releaseDate is not a date like 1999-03-31"],
    [{ releaseDate: "1999-02-30" }, "releaseDate", "releaseDate is not a date of the calendar"],
    [{ poster: "p.jpg" }, "poster", "poster is not an object"],
    [{ poster: { width: 5 } }, "poster.url", "poster.url is not a text"],
    [
      { externalIds: { imdb: "0133093" } },
      "externalIds.imdb",
      "externalIds.imdb is not an IMDb id like tt0133093",
    ],
    [{ externalIds: { tmdb: "0" } }, "externalIds.tmdb", "externalIds.tmdb is not a TMDB id like 603"],
    [
      { externalIds: { wikidata: "83495" } },
      "externalIds.wikidata",
      "externalIds.wikidata is not a Wikidata id like Q83495",
    ],
    [{ externalIds: ["tt0133093"] }, "externalIds", "externalIds is not an object"],
    [
      { updatedAt: "yesterday" },
      "updatedAt",
      "updatedAt is not an ISO 8601 time such as 2024-05-01T12:00:00Z",
    ],
    [
      { updatedAt: 1714564800 },
      "updatedAt",
      "updatedAt is not an ISO 8601 time such as 2024-05-01T12:00:00Z",
    ],
    [
      { updatedAt: "2024-05-01T12:00:00" },
      "updatedAt",
      "updatedAt is not an ISO 8601 time such as 2024-05-01T12:00:00Z",
    ],
    [
      { updatedAt: "2024-02-30" },
      "updatedAt",
      "updatedAt is not an ISO 8601 time such as 2024-05-01T12:00:00Z",
    ],
    [{ deleted: "yes" }, "deleted", "deleted is neither true nor false"],
    [{ deleted: 1 }, "deleted", "deleted is neither true nor false"],
    [{ id: "" }, "id", "id is empty"],
    [{ id: 1.5 }, "id", "id is neither a text nor a whole number"],
    [{ id: { a: 1 } }, "id", "id is neither a text nor a whole number"],
    [{ id: "x".repeat(301) }, "id", "id is longer than 300 characters"],
    [
      { id: undefined, year: undefined },
      "year",
      "year is missing: without an id a film is told by href, title and year",
    ],
  ])("refuses %j and names the field", (fault, field, reason) => {
    expect(readCanonical({ id: "1", title: "Heat", year: 1995, ...fault })).toEqual({
      code: "bad-field",
      field,
      reason,
    });
  });
});
