import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { type FindParameters, MovieStore } from "@movie-store/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Finished, runCli } from "./cli.ts";
import {
  bruteForce,
  type KnownFilm,
  knownFilms,
  PROVIDER,
  realDataFolder,
  realLines,
  WHY_SKIPPED,
} from "./real-data.ts";
import { searches } from "./searches.ts";

const SEARCHES = 300;

describe.skipIf(realDataFolder === undefined)(`32,608 real films (else: ${WHY_SKIPPED})`, () => {
  const folder = realDataFolder as string;
  let data: string;
  let ingested: Finished;
  let repository: SqliteMovieRepository;
  let store: MovieStore;
  let lines: readonly string[];
  let films: readonly KnownFilm[];

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "movie-store-real-"));
    lines = realLines(folder);
    films = knownFilms(lines);
    ingested = await runCli(data, ["ingest", folder, "--provider", PROVIDER]);
    repository = SqliteMovieRepository.open({ path: join(data, "movie-store.sqlite") });
    store = new MovieStore({ repository });
  }, 120_000);

  afterAll(async () => {
    await repository.close();
    rmSync(data, { recursive: true });
  });

  it("all go in through ingest, and none is rejected", async () => {
    expect(ingested.stderr).toBe("");
    expect(ingested.code).toBe(0);
    expect(ingested.stdout).toContain("32,608 objects");
    expect(ingested.stdout).toContain("0 rejected");
    expect(films).toHaveLength(32_590);
    const all = await allPages({ limit: 100 });
    expect(all).toHaveLength(films.length);
  });

  it("every kind and combination of searches, with all pages walked, gives what brute force gives", async () => {
    const seed = Number(process.env["MOVIE_STORE_SEED"] ?? 20_261_124);
    for (const search of searches(films, SEARCHES, seed)) {
      const found = await allPages(search);
      expect(found, `${JSON.stringify(search)}, MOVIE_STORE_SEED=${seed}`).toEqual(bruteForce(films, search));
    }
  }, 120_000);

  it("the newest changes come first when sorted by -updated, each film once", async () => {
    const western = await allPages({ genre: ["Western"], sort: "-updated", limit: 100 });
    expect([...western].sort()).toEqual([...bruteForce(films, { genre: ["Western"] })].sort());
    const versions = (await store.find({ sort: "-updated", limit: 100 })).movies.map(
      (movie) => movie.version,
    );
    expect(versions).toEqual([...versions].sort((a, b) => b - a));
    expect(versions[0]).toBe(await store.version());
  });

  async function allPages(search: FindParameters): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await store.find({ ...search, ...(cursor === undefined ? {} : { cursor }) });
      ids.push(...page.movies.map((movie) => movie.id));
      cursor = page.page.next;
    }
    return ids;
  }

  const count = async (search: FindParameters) => (await allPages({ limit: 100, ...search })).length;

  // The facts of the data set, as they show in the store.

  it("2,190 titles are shared by several films, Treasure Island by nine", async () => {
    const titles = Map.groupBy(
      lines.map((line) => (JSON.parse(line) as { title: string }).title),
      (title) => title,
    );
    expect([...titles.values()].filter((same) => same.length > 1)).toHaveLength(2_190);
    expect(await count({ title: "Treasure Island", match: "exact" })).toBe(9);
  });

  it("of 28 titles and years that occur twice, the ten with different pages stay two films", async () => {
    const pairs = Map.groupBy(films, (film) => `${film.title} ${film.year}`);
    const doubled = [...pairs.values()].filter((same) => same.length > 1);
    expect(doubled).toHaveLength(10);
    for (const same of doubled) {
      const [{ title, year } = { title: "", year: 0 }] = same;
      expect(await count({ title, year: [`${year}`], match: "exact" }), title).toBe(2);
    }
  });

  it("there are two Carmens of 1915", async () => {
    const { movies } = await store.find({ title: "carmen", match: "exact", year: ["1915"] });
    expect(movies.map((movie) => movie.href).sort()).toEqual([
      "Carmen_(1915_Cecil_B._DeMille_film)",
      "Carmen_(1915_Raoul_Walsh_film)",
    ]);
  });

  it("one page can name two films: The Train Wreckers of 1905 and of 1925", async () => {
    const { movies } = await store.find({ title: "the train wreckers", match: "exact" });
    expect(movies.map((movie) => [movie.year, movie.href])).toEqual([
      [1925, "The_Train_Wreckers"],
      [1905, "The_Train_Wreckers"],
    ]);
  });

  it("the same film given twice is one film: Suspicion of 1918", async () => {
    const { movies } = await store.find({ title: "suspicion", match: "exact", year: ["1918"] });
    expect(movies).toHaveLength(1);
    const sources = await store.sources(movies[0]?.id ?? "");
    expect(sources).toMatchObject({ sources: [{ provider: PROVIDER, withdrawn: false }] });
  });

  it("commas are part of titles and of names", async () => {
    expect(await count({ title: ",", match: "contains" })).toBe(
      films.filter((film) => film.title.includes(",")).length,
    );
    const names = new Set(films.flatMap((film) => film.cast).filter((name) => name.includes(",")));
    expect(names.size).toBe(24);
    for (const name of names) expect(await count({ cast: [name] }), name).toBeGreaterThan(0);
  });

  it("the longest title, of 364 characters, is kept whole and found", async () => {
    const longest = films.reduce((a, b) => (a.title.length >= b.title.length ? a : b)).title;
    expect(longest).toHaveLength(364);
    const { movies } = await store.find({ title: longest, match: "exact" });
    expect(movies.map((movie) => movie.title)).toEqual([longest]);
  });

  it("names that are not ASCII are found with and without their accents", async () => {
    const names = new Set(films.flatMap((film) => film.cast).filter((name) => /[^\0-\x7f]/.test(name)));
    expect(names.size).toBe(429);
    for (const name of names) {
      const bare = name.normalize("NFKD").replace(/\p{M}/gu, "");
      expect(await count({ cast: [bare] }), name).toBe(await count({ cast: [name] }));
    }
  });

  it("titles that look like years are titles", async () => {
    const years = films.filter((film) => /^\d{4}$/.test(film.title));
    expect(years.map((film) => film.title).sort()).toEqual([
      "1408",
      "1776",
      "1900",
      "1941",
      "1969",
      "1984",
      "2010",
      "2012",
    ]);
    for (const { title } of years) expect(await count({ title, match: "exact" }), title).toBe(1);
  });

  it("titles that equal a genre are no genre", async () => {
    const { movies } = await store.find({ title: "romance", match: "exact" });
    expect(movies.map((movie) => movie.year)).toEqual([1930, 1920]);
  });

  it("films without cast and without genres are kept, without these keys", async () => {
    const raw = lines.map((line) => JSON.parse(line) as { cast: unknown[]; genres: unknown[] });
    expect(raw.filter(({ cast }) => cast.length === 0)).toHaveLength(782);
    expect(raw.filter(({ genres }) => genres.length === 0)).toHaveLength(464);
    const silent = films.find((film) => film.cast.length === 0 && film.genres.length === 0) as KnownFilm;
    const answer = await store.get(silent.id);
    expect(answer.status === "live" && Object.keys(answer.movie)).not.toContain("cast");
    expect(answer.status === "live" && Object.keys(answer.movie)).not.toContain("genres");
  });

  it("the largest year, 1917, is walked to its last film", async () => {
    expect(lines.filter((line) => (JSON.parse(line) as { year: number }).year === 1917)).toHaveLength(914);
    expect(await count({ year: ["1917"] })).toBe(films.filter((film) => film.year === 1917).length);
  });

  it("each of the 41 genres and 22,763 names has all its films", async () => {
    const genres = new Set(films.flatMap((film) => film.genres));
    expect(genres.size).toBe(41);
    for (const genre of genres)
      expect(await count({ genre: [genre] }), genre).toBe(bruteForce(films, { genre: [genre] }).length);
    const raw = lines.flatMap((line) => (JSON.parse(line) as { cast: string[] }).cast);
    expect(raw).toHaveLength(106_734);
    expect(new Set(raw).size).toBe(22_763);
    const people = Map.groupBy(
      films.flatMap((film) => [...film.people]),
      (name) => name,
    );
    for (const [name, roles] of [...people].slice(0, 2_000))
      expect(await count({ cast: [name] }), name).toBe(roles.length);
  });
});
