/**
 * Terms: the strings under which a film can be found. A repository keeps, for each term, the films that have it, in
 * the order of the first page. Equal terms mean equal names, so queries and films meet as bytes.
 *
 * | term | stands for |
 * | --- | --- |
 * | `*` | every film |
 * | `w:love` | a word of the title |
 * | `p:lov` | the first one, two or three characters of a word of the title |
 * | `4:love` | four characters in a row of the title, over three spaces at its end |
 * | `t:love story` | the whole title |
 * | `c:ryan o'neal` | a cast member |
 * | `g:drama` | a genre |
 * | `gg:comedy⇥drama` | two genres together: each alone has very many films, both may have few |
 * | `s:northlight` | a provider that describes the film |
 *
 * Years are counted as terms, `y:1999`, but have no list of films: every list is in the order of years.
 */

import type { FilmState, MovieContent } from "./movie.ts";
import { compareText, normaliseName, piecesOf, wordsOf } from "./normalise.ts";

export const EVERY_FILM = "*";

/** Beginnings of words up to this length have postings of their own; longer ones share few words. */
export const WORD_START_LENGTH = 3;

export const term = {
  word: (word: string) => `w:${word}`,
  wordStart: (start: string) => `p:${start}`,
  piece: (piece: string) => `4:${piece}`,
  title: (normalised: string) => `t:${normalised}`,
  cast: (name: string) => `c:${normaliseName(name)}`,
  genre: (name: string) => `g:${normaliseName(name)}`,
  provider: (name: string) => `s:${name}`,
  /** Only counted; years have four digits. */
  year: (year: number | string) => `y:${year}`,
} as const;

/** The terms of each two of the genres, however they are written and ordered. A tab is in no normalised name. */
export function genrePairs(genres: readonly string[]): readonly string[] {
  const names = [...new Set(genres.map(normaliseName))].sort(compareText);
  return names.flatMap((first, at) => names.slice(at + 1).map((second) => `gg:${first}\t${second}`));
}

/** The distinct terms of a film. */
export function termsOf(content: MovieContent): readonly string[] {
  const title = normaliseName(content.title);
  const words = wordsOf(title);
  const terms = new Set([EVERY_FILM, term.title(title)]);
  for (const word of words) {
    terms.add(term.word(word));
    const characters = [...word];
    for (let length = 1; length <= Math.min(WORD_START_LENGTH, characters.length); length++) {
      terms.add(term.wordStart(characters.slice(0, length).join("")));
    }
  }
  for (const piece of piecesOf(title)) terms.add(term.piece(piece));
  for (const name of content.cast ?? []) terms.add(term.cast(name));
  for (const name of content.genres ?? []) terms.add(term.genre(name));
  for (const pair of genrePairs(content.genres ?? [])) terms.add(pair);
  for (const name of content.providers) terms.add(term.provider(name));
  return [...terms];
}

/** The year under which a film is sorted and found; 0 for one without a year. */
export function sortYear(content: MovieContent): number {
  return content.year ?? 0;
}

/** The title by which a film is sorted. */
export function sortTitle(content: MovieContent): string {
  return normaliseName(content.title);
}

/** Cache tags, see the cache port: an answer that depends on a tag is dropped when a film with that tag changes. */
export const tag = {
  all: "all",
  movie: (id: string) => `m:${id}`,
  year: (year: number) => `y:${year}`,
  genre: term.genre,
  cast: term.cast,
  word: term.word,
} as const;

/** The tags of one state of an id. The ids of all its records are among them, for they lead to the film as well. */
export function tagsOf(state: FilmState | undefined): readonly string[] {
  if (state === undefined) return [];
  if (state.status === "merged") return [tag.movie(state.id)];
  const ids = [state.id, ...state.records].map(tag.movie);
  if (state.status === "withdrawn") return [...new Set(ids)];
  const { content } = state;
  const tags = new Set<string>([tag.all, ...ids, tag.year(sortYear(content))]);
  for (const word of wordsOf(normaliseName(content.title))) tags.add(tag.word(word));
  for (const name of content.cast ?? []) tags.add(tag.cast(name));
  for (const name of content.genres ?? []) tags.add(tag.genre(name));
  return [...tags];
}
