/** What the find cases ask for: searches of every kind, and combinations drawn from films. */

import { type FindParameters, MATCHES } from "../find-parameters.ts";
import type { StoredFilm } from "../movie.ts";
import { SORTS } from "../page-order.ts";
import type { Random } from "./random.ts";

/** Each kind of condition with the films it has to find, and with some that it has to leave. */
export const SEARCHES: readonly { readonly name: string; readonly searches: readonly FindParameters[] }[] = [
  {
    name: "all words of a title, in any order",
    searches: [
      "carmen",
      "the kid",
      "seven samurai",
      "kid the",
      "up",
      "it",
      "m",
      "東京",
      "8½",
      "100",
      "no such film",
    ].map((title) => ({ title })),
  },
  {
    name: "words of which the last is unfinished",
    searches: [
      "c",
      "ca",
      "car",
      "carm",
      "carmen",
      "samurai s",
      "seven sam",
      "東",
      "𠮷",
      "tiger, hid",
      "zz",
    ].map((title) => ({ title, match: "prefix" as const })),
  },
  {
    name: "a whole title",
    searches: [
      "Carmen",
      "M",
      "🎬",
      "…",
      "L'Avventura",
      "L’Avventura",
      "strasse",
      "straße",
      "istanbul",
      "A b",
      "carm",
    ].map((title) => ({ title, match: "exact" as const })),
  },
  {
    name: "a piece of a title",
    searches: [
      "arm",
      "r, h",
      "e",
      "%",
      "_",
      '"',
      "'",
      "\\",
      "\ufdfd",
      "🎬",
      "🎬 ta",
      "京物",
      "up &",
      ", the",
      "xcase",
    ].map((title) => ({ title, match: "contains" as const })),
  },
  {
    name: "all of several cast members and genres",
    searches: [
      { cast: ["Theda Bara"] },
      { cast: ["renee adoree", "Max"] },
      { cast: ["三船 敏郎"] },
      { cast: ["A_B"] },
      { cast: ["100%"] },
      { cast: ["D'Artagnan, Jr."] },
      { cast: ["Nobody"] },
      { genre: ["drama"] },
      { genre: ["film noir", "comedy"] },
      { genre: ["Sci-Fi", "Western"], cast: ["Max von Sydow"] },
    ],
  },
  {
    name: "at least one of several cast members and genres",
    searches: [
      { "cast.any": ["Theda Bara", "Nobody"] },
      { "cast.any": ["Theda Bara", "Max", "Ryan O'Neal"], sort: "title" },
      { "genre.any": ["Drama", "Western"], "cast.any": ["Max", "A_B"], sort: "-updated" },
      { "genre.any": ["Nothing", "None"] },
    ],
  },
  {
    name: "none of several cast members and genres",
    searches: [
      { "cast.not": ["Theda Bara", "Max"] },
      { "genre.not": ["drama", "comedy", "film noir"] },
      { genre: ["Drama"], "genre.not": ["Drama"] },
      { "cast.not": ["Nobody"], title: "carmen" },
    ],
  },
  {
    name: "years and ranges of years, films without a year among them",
    searches: [
      { year: ["1997"] },
      { year: ["1995..1996"] },
      { year: ["1999.."] },
      { year: ["..1996"] },
      { year: ["1995", "1997", "1999..2000"], sort: "year" },
      { year: ["1900..1950"] },
      { title: "2010" },
    ],
  },
  {
    name: "the films that a provider describes",
    searches: ["acme", "zeta", "ciné.fr", "northlight", "ACME", "nobody"].map((provider) => ({ provider })),
  },
];

/** Searches of one to four kinds of conditions, most of which some film meets. */
export function generatedSearches(
  random: Random,
  films: readonly StoredFilm[],
  count: number,
): readonly FindParameters[] {
  const contents = films.flatMap(({ state }) => (state.status === "live" ? [state.content] : []));
  return Array.from({ length: count }, (): FindParameters => {
    const film = random.pick(contents);
    const { title, year, cast = [], genres = [] } = film;
    const [name, other, genre] = [cast[0], random.pick(contents).cast?.[0], genres[0]];
    const start = random.integer(title.length);
    const piece = title.slice(start, start + 1 + random.integer(6));
    const asked = random.pick([title, piece]);
    // A piece may be cut through a character of two units, which no caller can send.
    const hasTitle = random.chance(50) && asked.isWellFormed() && asked.trim() !== "";
    return {
      ...(hasTitle ? { title: asked, match: random.pick(MATCHES) } : {}),
      ...(name !== undefined && random.chance(40) ? { cast: [name] } : {}),
      ...(other !== undefined && random.chance(15) ? { "cast.any": [other, name ?? other] } : {}),
      ...(other !== undefined && random.chance(15) ? { "cast.not": [other] } : {}),
      ...(genre !== undefined && random.chance(30) ? { genre: [genre] } : {}),
      ...(genre !== undefined && random.chance(10) ? { "genre.not": [random.pick(genres)] } : {}),
      ...(year !== undefined && random.chance(30)
        ? { year: [`${year - 1}..${year + random.integer(2)}`] }
        : {}),
      ...(random.chance(15) ? { provider: random.pick(film.providers) } : {}),
      sort: random.pick(SORTS),
      limit: random.pick([4, 20, 100]),
    };
  });
}
