/** Searches of every kind, asked for films that are in the store. */

import type { FindParameters } from "@movie-store/core";
import { type Film, randomNumbers, scaledFilms } from "./corpus.ts";

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

/** @param size of the store that is asked. @returns `count` questions of each kind, or a few less. */
export function questionsByKind(
  real: readonly Film[],
  size: number,
  count: number,
): ReadonlyMap<string, readonly FindParameters[]> {
  const films = [...sample(scaledFilms(real, size), Math.ceil(size / 5_000))].filter(
    (film) => film.cast.length > 0 && film.genres.length > 0,
  );
  return new Map(Object.entries(KINDS).map(([kind, ask]) => [kind, questionsOf(ask, films, count)]));
}

function questionsOf(
  ask: (film: Film, draw: Draw) => FindParameters,
  films: readonly Film[],
  count: number,
): readonly FindParameters[] {
  const random = randomNumbers(7);
  const draw: Draw = (values) => values[Math.floor(random() * values.length)] as (typeof values)[number];
  return Array.from({ length: count }, () => ask(draw(films), draw)).filter(
    ({ title }) => title === undefined || title.trim() !== "",
  );
}

function* sample<T>(values: Iterable<T>, every: number): Generator<T> {
  let at = 0;
  for (const value of values) if (at++ % every === 0) yield value;
}
