/** The values that films are counted by: genres, years and cast members. */

import type { MovieContent } from "./movie.ts";
import { normaliseName } from "./normalise.ts";
import { term } from "./terms.ts";

export const VALUE_KINDS = ["genre", "year", "cast"] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

export interface ValueQuery {
  readonly kind: ValueKind;
  /** Only values whose key begins with this; normalised, "" for all. */
  readonly prefix: string;
  /** Only values whose key is greater; "" for the beginning. */
  readonly after: string;
  /** 1 to 1,000. */
  readonly limit: number;
}

/** A value that at least one film has. */
export interface KeptValue {
  /** The normalised name; of a year, its four digits. */
  readonly key: string;
  /** As the newest film has it: the first in the order of `-year`. */
  readonly name: string;
  /** How many films have it. */
  readonly films: number;
}

const TERM_OF_KEY: Readonly<Record<ValueKind, string>> = {
  genre: term.genre(""),
  year: term.year(""),
  cast: term.cast(""),
};

/** The term under which the films of a value are counted. */
export function termOfValue(kind: ValueKind, key: string): string {
  return TERM_OF_KEY[kind] + key;
}

/** The names of a kind that a film has, as they are written in it. */
export function namesIn(content: MovieContent, kind: ValueKind): readonly string[] {
  if (kind === "year") return content.year === undefined ? [] : [String(content.year)];
  return (kind === "genre" ? content.genres : content.cast) ?? [];
}

/** How a film writes the name that has this term; `undefined` if it has none. */
export function spellingOf(
  content: MovieContent,
  kind: ValueKind,
  isMeant: (term: string) => boolean,
): string | undefined {
  return namesIn(content, kind).find((name) => isMeant(termOfValue(kind, normaliseName(name))));
}
