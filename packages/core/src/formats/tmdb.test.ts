import { describe, expect, it } from "vitest";
import { readTmdb } from "./tmdb.ts";

const matrix = {
  id: 603,
  title: "The Matrix",
  original_title: "The Matrix",
  release_date: "1999-03-31",
  runtime: 136,
  overview: "A hacker learns what is real.",
  imdb_id: "tt0133093",
  poster_path: "/p.jpg",
  genres: [
    { id: 28, name: "Action" },
    { id: 878, name: "Science Fiction" },
  ],
  production_countries: [{ iso_3166_1: "US", name: "United States of America" }],
  spoken_languages: [{ english_name: "English", iso_639_1: "en", name: "" }],
  credits: {
    cast: [
      { name: "Carrie-Anne Moss", order: 2 },
      { name: "Keanu Reeves", order: 0 },
      { name: "Keanu Reeves", order: 7 },
      { name: "An Extra" },
    ],
    crew: [
      { name: "Lana Wachowski", job: "Director" },
      { name: "Bill Pope", job: "Director of Photography" },
      { name: "Lilly Wachowski", job: "Director" },
    ],
  },
};

describe("readTmdb", () => {
  it("reads a film with its credits in billing order, each name once", () => {
    expect(readTmdb(matrix)).toEqual({
      sourceId: "603",
      facts: {
        title: "The Matrix",
        year: 1999,
        cast: ["Keanu Reeves", "Carrie-Anne Moss", "An Extra"],
        genres: ["Action", "Science Fiction"],
        directors: ["Lana Wachowski", "Lilly Wachowski"],
        countries: ["United States of America"],
        languages: ["English"],
        overview: "A hacker learns what is real.",
        runtimeMinutes: 136,
        releaseDate: "1999-03-31",
        poster: { url: "https://image.tmdb.org/t/p/w500/p.jpg", width: 500 },
        externalIds: { imdb: "tt0133093", tmdb: "603" },
      },
    });
  });

  it.each([undefined, null, "", []])("takes %j for no statement", (nothing) => {
    const silent = Object.fromEntries(Object.keys(matrix).map((field) => [field, nothing]));
    expect(readTmdb({ ...silent, id: 5, title: "Up", runtime: 0 })).toEqual({
      sourceId: "5",
      facts: { title: "Up", externalIds: { tmdb: "5" } },
    });
  });

  it.each<[object, string, string]>([
    [{ id: "603" }, "id", "id is not a TMDB id"],
    [{ id: 0 }, "id", "id is not a TMDB id"],
    [{ id: 1.5 }, "id", "id is not a TMDB id"],
    [{ id: 1e13 }, "id", "id is not a TMDB id like 603"],
    [{ title: null }, "title", "title is missing"],
    [{ release_date: "31.3.1999" }, "release_date", "release_date is not a date like 1999-03-31"],
    [{ release_date: "1999-13-01" }, "release_date", "release_date is not a date of the calendar"],
    [{ release_date: 1999 }, "release_date", "release_date is not a text"],
    [{ runtime: -5 }, "runtime", "runtime is less than 1"],
    [{ imdb_id: "603" }, "imdb_id", "imdb_id is not an IMDb id like tt0133093"],
    [{ poster_path: 5 }, "poster_path", "poster_path is not a text"],
    [{ genres: "Action" }, "genres", "genres is not a list"],
    [{ genres: ["Action"] }, "genres[0]", "genres[0] is not a text"],
    [{ credits: { cast: [{ name: 5 }] } }, "credits.cast[0]", "credits.cast[0] is not a text"],
    [{ credits: { cast: { name: "A" } } }, "credits.cast", "credits.cast is not a list"],
    [{ production_countries: [{}] }, "production_countries[0]", "production_countries[0] is not a text"],
  ])("refuses %j by TMDB's own name of the field", (fault, field, reason) => {
    expect(readTmdb({ ...matrix, ...fault })).toEqual({ code: "bad-field", field, reason });
  });
});
