/** Films to measure with: the real ones where they are at hand, and as many more as are wanted, made from them. */

import { createReadStream, existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { ReceivedObject } from "@movie-store/core";

export interface Film {
  readonly title: string;
  readonly year: number;
  readonly cast: readonly string[];
  readonly genres: readonly string[];
  readonly [field: string]: unknown;
}

const REAL_DATA = process.env["MOVIE_STORE_REAL_DATA"] ?? resolve(import.meta.dirname, "../../shared/data");

/** The real films, or `undefined` with a message where they are not there. */
export async function realFilms(): Promise<readonly Film[] | undefined> {
  if (!existsSync(REAL_DATA)) {
    console.error("no real films: set MOVIE_STORE_REAL_DATA to a folder of wikipedia-movie-data as .ndjson");
    return undefined;
  }
  const films: Film[] = [];
  for (const file of readdirSync(REAL_DATA).sort()) {
    if (!file.endsWith(".ndjson")) continue;
    for await (const line of createInterface({ input: createReadStream(join(REAL_DATA, file)) })) {
      if (line !== "") films.push(JSON.parse(line) as Film);
    }
  }
  return films;
}

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * `count` films: the real ones first, then variations of them. A variation keeps year and genres, has one word of its
 * title changed for one of the vocabulary, and its own people: as a store grows, genres and words gather more films,
 * while a person still has a career's worth of them.
 */
export function* scaledFilms(real: readonly Film[], count: number): Generator<Film> {
  const random = randomNumbers(1);
  const vocabulary = real.flatMap((film) => film.title.split(" "));
  for (let at = 0; at < count; at++) {
    const film = real[at % real.length] as Film;
    const generation = Math.floor(at / real.length);
    if (generation === 0) {
      yield film;
      continue;
    }
    const words = film.title.split(" ");
    words[Math.floor(random() * words.length)] = vocabulary[
      Math.floor(random() * vocabulary.length)
    ] as string;
    yield {
      ...film,
      title: words.join(" "),
      cast: film.cast.map((name) => `${name} ${ROMAN[generation] ?? generation}`),
      href: `${film["href"] ?? film.title}_${generation}`,
    };
  }
}

const ROMAN = ["", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"];

export function objectOf(film: Film, at: number, provider = "wikipedia"): ReceivedObject {
  return {
    bucket: "bench",
    key: `providers/${provider}/${at}.json`,
    versionId: "1",
    eventTimeMs: 1_700_000_000_000 + at,
    bytes: Buffer.from(JSON.stringify(film)),
  };
}
