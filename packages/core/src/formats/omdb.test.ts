import { describe, expect, it } from "vitest";
import { readOmdb } from "./omdb.ts";

const matrix = {
  Title: "The Matrix",
  Year: "1999",
  Rated: "R",
  Released: "31 Mar 1999",
  Runtime: "136 min",
  Genre: "Action, Sci-Fi",
  Director: "Lana Wachowski, Lilly Wachowski",
  Actors: "Keanu Reeves, Laurence Fishburne",
  Plot: "A hacker learns what is real.",
  Language: "English",
  Country: "United States, Australia",
  Poster: "https://films.example/p.jpg",
  imdbID: "tt0133093",
  Type: "movie",
  Response: "True",
};

describe("readOmdb", () => {
  it("reads a film, told by its IMDb id", () => {
    expect(readOmdb(matrix)).toEqual({
      sourceId: "tt0133093",
      facts: {
        title: "The Matrix",
        year: 1999,
        cast: ["Keanu Reeves", "Laurence Fishburne"],
        genres: ["Action", "Sci-Fi"],
        directors: ["Lana Wachowski", "Lilly Wachowski"],
        countries: ["United States", "Australia"],
        languages: ["English"],
        overview: "A hacker learns what is real.",
        runtimeMinutes: 136,
        releaseDate: "1999-03-31",
        poster: { url: "https://films.example/p.jpg" },
        externalIds: { imdb: "tt0133093" },
      },
    });
  });

  it.each(["N/A", "", " ", null, undefined])("takes %j for no statement", (nothing) => {
    const silent = Object.fromEntries(Object.keys(matrix).map((field) => [field, nothing]));
    expect(readOmdb({ ...silent, Title: "Up", imdbID: "tt1049413" })).toEqual({
      sourceId: "tt1049413",
      facts: { title: "Up", externalIds: { imdb: "tt1049413" } },
    });
  });

  it.each([
    ["1 Jan 1950", "1950-01-01"],
    ["09 Dec 2001", "2001-12-09"],
  ])("reads the date %s", (Released, releaseDate) => {
    expect(readOmdb({ ...matrix, Released })).toMatchObject({ facts: { releaseDate } });
  });

  it.each<[object, string, string]>([
    [{ Type: "series" }, "Type", "Type is not movie: only films are kept"],
    [{ imdbID: undefined }, "imdbID", "imdbID is missing"],
    [{ imdbID: "" }, "imdbID", "imdbID is missing"],
    [{ imdbID: "N/A" }, "imdbID", "imdbID is missing"],
    [{ imdbID: null }, "imdbID", "imdbID is missing"],
    [{ imdbID: 133093 }, "imdbID", "imdbID is not a text"],
    [{ imdbID: "133093" }, "imdbID", "imdbID is not an IMDb id like tt0133093"],
    [{ Title: "N/A" }, "Title", "Title is missing"],
    [{ Year: "1999–2003" }, "Year", "Year is not a number"],
    [{ Year: "1066" }, "Year", "Year is less than 1870"],
    [{ Runtime: "2 h" }, "Runtime", "Runtime is not a number"],
    [{ Released: "31 Foo 1999" }, "Released", "Released is not a date like 1999-03-31"],
    [{ Released: "31 Feb 1999" }, "Released", "Released is not a date of the calendar"],
    [{ Actors: 5 }, "Actors", "Actors is not a list"],
    [{ Actors: `A, ${"x".repeat(301)}` }, "Actors[1]", "Actors[1] has more than 300 characters"],
    [{ Poster: 5 }, "Poster", "Poster is not a text"],
    [{ Plot: "x".repeat(50_001) }, "Plot", "Plot has more than 50000 characters"],
  ])("refuses %j by OMDb's own name of the field", (fault, field, reason) => {
    expect(readOmdb({ ...matrix, ...fault })).toEqual({ code: "bad-field", field, reason });
  });
});
