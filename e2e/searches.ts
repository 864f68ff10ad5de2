/** Searches of every kind and combination, drawn from the films themselves. */

import type { FindParameters } from "@movie-store/core";
import type { KnownFilm } from "./real-data.ts";

type Draw = <T>(values: readonly T[]) => T;

/** A generator of draws that gives the same ones for the same seed (mulberry32). */
function drawing(seed: number): Draw {
  let state = seed >>> 0;
  return (values) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return values[((mixed ^ (mixed >>> 14)) >>> 0) % values.length] as (typeof values)[number];
  };
}

/** One way to ask for a film that exists. */
type Condition = (film: KnownFilm, draw: Draw) => FindParameters;

const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.normalize("NFD").replace(" ", "   "),
];

const TITLES: readonly Condition[] = [
  (film, draw) => ({ title: draw(SPELLINGS)(draw(film.title.split(" "))) }),
  (film, draw) => ({ title: draw(SPELLINGS)(film.title.split(" ").reverse().join(" ")) }),
  (film, draw) => ({ title: film.title.slice(0, draw([1, 2, 3, 4, 6, 9])), match: "prefix" }),
  (film, draw) => ({ title: draw(SPELLINGS)(film.title), match: "exact" }),
  (film, draw) => ({
    title: film.title.slice(draw([0, 1, 2, 3])).slice(0, draw([1, 2, 3, 5, 8])),
    match: "contains",
  }),
  (film, draw) => ({ title: draw([film.title, "%", "_", '+"', "@", "'", "x' OR 1=1"]) }),
];

const YEARS: readonly Condition[] = [
  (film) => ({ year: [`${film.year}`] }),
  (film, draw) => ({ year: [`${film.year - draw([0, 1, 5])}..${film.year + draw([0, 3, 20])}`] }),
  (film) => ({ year: [`${film.year}..`] }),
  (film) => ({ year: [`..${film.year}`] }),
  (film) => ({ year: [`${film.year}`, `${film.year + 10}`, `..1905`] }),
];

const CAST: readonly Condition[] = [
  (film, draw) => ({ cast: [draw(SPELLINGS)(draw(film.cast))] }),
  (film) => ({ cast: film.cast.slice(0, 2) }),
  (film, draw) => ({ "cast.any": [draw(film.cast), draw(film.cast), "John Wayne"] }),
  (film, draw) => ({ "cast.not": [draw(film.cast)] }),
];

const GENRES: readonly Condition[] = [
  (film, draw) => ({ genre: [draw(SPELLINGS)(draw(film.genres))] }),
  (film) => ({ genre: film.genres.slice(0, 3) }),
  (film, draw) => ({ "genre.any": [draw(film.genres), "Western"] }),
  (film, draw) => ({ "genre.not": [draw(film.genres), "Drama"] }),
];

const KINDS = [TITLES, YEARS, CAST, GENRES];
const SORTS = ["-year", "year", "title", "-title"] as const;

/** `count` searches, each with one to four kinds of conditions. Empty names are left out. */
export function searches(
  films: readonly KnownFilm[],
  count: number,
  seed: number,
): readonly FindParameters[] {
  const draw = drawing(seed);
  const drawn: FindParameters[] = [];
  while (drawn.length < count) {
    const film = draw(
      films.filter((each) => each.cast.length > 0 && each.genres.length > 0).slice(draw([0, 5_000, 20_000])),
    );
    const wanted = draw([1, 1, 2, 2, 3, 4]);
    const first = draw([0, 1, 2, 3]);
    const conditions = Array.from({ length: wanted }, (_, at) =>
      draw(KINDS[(first + at) % 4] as readonly Condition[]),
    );
    const search = Object.assign(
      {},
      ...conditions.map((condition) => condition(film, draw)),
    ) as FindParameters;
    if (search.title?.trim() === "") continue;
    drawn.push({ ...search, sort: draw(SORTS), limit: draw([7, 20, 100]) });
  }
  return drawn;
}
