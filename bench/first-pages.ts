/** Searches of every kind, asked for films that are in the store, and how long their uncached first pages take. */

import { hash } from "node:crypto";
import { type FindParameters, type MovieRepository, MovieStore } from "@movie-store/core";
import { type Film, randomNumbers, scaledFilms } from "./corpus.ts";
import { type Figure, percentile } from "./report.ts";

const QUERIES_A_KIND = 300;
const WARM_UP = 50;
const LIMIT_MS = 5;

type Draw = <T>(values: readonly T[]) => T;

const wordOf = (film: Film, draw: Draw) => draw(film.title.match(/[\p{L}\p{N}]+/gu) ?? ["the"]);

/** One kind of query each, asked for films drawn from the store. */
const KINDS: Readonly<Record<string, (film: Film, draw: Draw) => FindParameters>> = {
  year: (film) => ({ year: [`${film.year}`] }),
  "year range": (film) => ({ year: [`${film.year - 5}..${film.year + 5}`] }),
  "title word": (film, draw) => ({ title: wordOf(film, draw) }),
  "title, all words": (film) => ({ title: film.title }),
  "title prefix": (film, draw) => ({
    title: wordOf(film, draw).slice(0, draw([1, 2, 3, 4, 5])),
    match: "prefix",
  }),
  "title exact": (film) => ({ title: film.title, match: "exact" }),
  "title contains": (film, draw) => ({
    title: film.title.slice(draw([0, 1, 2])).slice(0, draw([2, 3, 4, 6, 8])),
    match: "contains",
  }),
  cast: (film, draw) => ({ cast: [draw(film.cast)] }),
  genre: (film, draw) => ({ genre: [draw(film.genres)] }),
  "cast + genre": (film, draw) => ({ cast: [draw(film.cast)], genre: [draw(film.genres)] }),
  "genre + year": (film, draw) => ({ genre: [draw(film.genres)], year: [`${film.year}`] }),
  "genre + word": (film, draw) => ({ genre: [draw(film.genres)], title: wordOf(film, draw) }),
  "two genres": (film) => ({ genre: film.genres.slice(0, 2) }),
  "any of two genres": (film, draw) => ({ "genre.any": [draw(film.genres), "Western"] }),
  "genre, not cast": (film, draw) => ({ genre: [draw(film.genres)], "cast.not": [draw(film.cast)] }),
  "sort year": (film, draw) => ({ genre: [draw(film.genres)], sort: "year" }),
  "sort title": (film, draw) => ({ genre: [draw(film.genres)], sort: "title" }),
  "sort -updated": (film, draw) => ({ genre: [draw(film.genres)], sort: "-updated" }),
};

/** @returns the middle of the times of each kind in milliseconds, and the figures. */
export async function timeFirstPages(
  repository: MovieRepository,
  real: readonly Film[],
  size: number,
): Promise<{ readonly middles: ReadonlyMap<string, number>; readonly figures: readonly Figure[] }> {
  const store = new MovieStore({
    repository,
    cache: null,
    digest: (text) => hash("sha1", text, "base64url"),
  });
  const films = [...sample(scaledFilms(real, size), Math.ceil(size / 5_000))].filter(
    (film) => film.cast.length > 0 && film.genres.length > 0,
  );
  const middles = new Map<string, number>();
  const figures: Figure[] = [];
  for (const [kind, ask] of Object.entries(KINDS)) {
    const times = await timesOf(store, ask, films);
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    middles.set(kind, p50);
    figures.push({
      name: `${kind}, ${size.toLocaleString("en")} films`,
      value: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
      limit: `p99 < ${LIMIT_MS} ms`,
      met: p99 < LIMIT_MS,
    });
  }
  return { middles, figures };
}

async function timesOf(
  store: MovieStore,
  ask: (film: Film, draw: Draw) => FindParameters,
  films: readonly Film[],
): Promise<readonly number[]> {
  const random = randomNumbers(7);
  const draw: Draw = (values) => values[Math.floor(random() * values.length)] as (typeof values)[number];
  const questions = Array.from({ length: QUERIES_A_KIND }, () => ask(draw(films), draw)).filter(
    ({ title }) => title === undefined || title.trim() !== "",
  );
  // Warm: code is compiled and pages that every query of the kind reads are in memory. The queries measured are others.
  for (const question of questions.slice(0, WARM_UP)) await store.findText(store.plan(question));
  const times: number[] = [];
  for (const question of questions.slice(WARM_UP)) {
    const started = performance.now();
    await store.findText(store.plan(question));
    times.push(performance.now() - started);
  }
  return times;
}

function* sample<T>(values: Iterable<T>, every: number): Generator<T> {
  let at = 0;
  for (const value of values) if (at++ % every === 0) yield value;
}
