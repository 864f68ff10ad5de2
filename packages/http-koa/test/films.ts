/** A few films, and the requests that are refused. */

import type { FilmUpdate } from "./running-api.ts";

export const HEAT: FilmUpdate = {
  id: "heat",
  title: "Heat",
  year: 1995,
  cast: ["Al Pacino", "Robert De Niro"],
  genres: ["Crime"],
  externalIds: { imdb: "tt0113277" },
};
export const RONIN: FilmUpdate = {
  id: "ronin",
  title: "Ronin",
  year: 1998,
  cast: ["Robert De Niro", "Jean Reno"],
  genres: ["Action", "Crime"],
};
export const AMELIE: FilmUpdate = { id: "amelie", title: "Amélie", year: 2001, cast: ["Audrey Tautou"] };

/** So many films of one year, told by number. */
export function filmsOf(year: number, count: number): readonly FilmUpdate[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `${year}-${at}`,
    title: `Film ${at} & more`,
    year,
  }));
}
