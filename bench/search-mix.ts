/** Searches by year, title, cast and genre, a quarter each, drawn from the films: what every rival can answer. */

import { type Film, randomNumbers } from "./corpus.ts";

export function searchMix(real: readonly Film[], count: number): readonly string[] {
  const random = randomNumbers(3);
  const draw = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const whole = real.filter((film) => film.cast.length > 0 && film.genres.length > 0);
  const kinds = [
    (film: Film) => `year=${film.year}`,
    (film: Film) => `title=${encodeURIComponent(draw(film.title.split(" ")))}`,
    (film: Film) => `cast=${encodeURIComponent(draw(film.cast))}`,
    (film: Film) => `genre=${encodeURIComponent(draw(film.genres))}`,
  ];
  return Array.from({ length: count }, (_, at) => `/v1/movies?${kinds[at % kinds.length]?.(draw(whole))}`);
}
