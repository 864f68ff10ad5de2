/** The film as the store answers it, and what can become of a film's id. */

import * as z from "zod";
import { factsSchema } from "./facts.ts";

/** 16 characters of `0-9a-v`: 80 bits of a SHA-256, told by the film's first provider record. */
export const MOVIE_ID_PATTERN = /^[0-9a-v]{16}$/;

/** What is said of a film by its providers together. */
export const movieContentSchema = factsSchema.extend({
  id: z.string().regex(MOVIE_ID_PATTERN),
  /** The providers that describe the film now, in alphabetical order. */
  providers: z.array(z.string()),
});

export const movieSchema = movieContentSchema.extend({
  /** The number of the film's last change. */
  version: z.int().min(1),
  /** When the film last changed in this store, ISO 8601 in UTC. */
  updatedAt: z.string(),
});

export type MovieContent = Readonly<z.infer<typeof movieContentSchema>>;
export type Movie = Readonly<z.infer<typeof movieSchema>>;

/**
 * What an id stands for. Every provider record has an id of its own; it is `live` for the oldest record of a film and
 * `merged` for the others, so each id that was ever given out keeps leading to its film.
 */
export type FilmState = LiveFilm | WithdrawnFilm | MergedFilm;

export interface LiveFilm {
  readonly id: string;
  readonly status: "live";
  readonly content: MovieContent;
  /** The ids of the provider records that make up the film, sorted. */
  readonly records: readonly string[];
}

export interface WithdrawnFilm {
  readonly id: string;
  readonly status: "withdrawn";
  readonly records: readonly string[];
}

export interface MergedFilm {
  readonly id: string;
  readonly status: "merged";
  readonly into: string;
}

/** A film as stored: its state, the number of its last change (0 while it has none) and its finished JSON. */
export interface StoredFilm {
  readonly state: FilmState;
  readonly version: number;
  /** The finished answer text of a live film, see {@link renderMovie}; empty otherwise. */
  readonly json: string;
}

/** The finished JSON of a film, as every answer contains it. */
export function renderMovie(content: MovieContent, version: number, updatedAt: string): string {
  const movie: Movie = { ...content, version, updatedAt };
  return JSON.stringify(movie);
}

/** The content that {@link renderMovie} was given. */
export function readMovie(json: string): MovieContent {
  const { version: _, updatedAt: __, ...content } = JSON.parse(json) as Movie;
  return content;
}

/** A stored film whose state is read when it is first asked for: a page of films needs their finished JSON alone. */
export function lazyStoredFilm(version: number, json: string, readState: () => FilmState): StoredFilm {
  let state: FilmState | undefined;
  return {
    get state() {
      state ??= readState();
      return state;
    },
    version,
    json,
  };
}
