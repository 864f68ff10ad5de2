/** Films long enough that an export of them does not fit into the buffers of a connection, and updates of them. */

import { setTimeout as pause } from "node:timers/promises";
import type { MovieStore, ReceivedObject } from "@movie-store/core";
import type { Random } from "@movie-store/core/testing";

export const FILMS = 5_000;
export const GENRES = ["Drama", "Comedy", "Western", "Crime", "Musical", "War", "Horror", "Romance"];
export const WORDS =
  "storm night river silent city gold return daughter winter last king broken road star sea"
    .split(" ")
    .flatMap((word) => [word, `${word}s`]);
const NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Fritz", "Greta", "Hal", "Ida", "Jean"];
const FIRST_YEAR = 1920;
const YEARS = 100;
const BATCH = 500;
const BETWEEN_UPDATES_MS = 150;
const OVERVIEW = "What happens in it takes a while to tell, and is told here at some length. ".repeat(25);

export function personOf(number: number): string {
  return `${NAMES[number % NAMES.length]} ${WORDS[Math.floor(number / NAMES.length) % WORDS.length]}`;
}

export function yearOf(film: number): number {
  return FIRST_YEAR + (film % YEARS);
}

export function titleOf(film: number): string {
  return `${WORDS[film % WORDS.length]} ${WORDS[Math.floor(film / WORDS.length) % WORDS.length]} ${film}`;
}

/** The n-th thing that is said of a film. */
function objectOf(film: number, n: number): ReceivedObject {
  const statement = {
    id: `film-${film}`,
    title: titleOf(film),
    year: yearOf(film),
    genres: [GENRES[film % GENRES.length], GENRES[(film + n) % GENRES.length]],
    cast: [personOf(film), personOf(film + 7 + n)],
    overview: `${n}: ${OVERVIEW}`,
  };
  return {
    bucket: "films",
    key: `providers/acme/${film}.json`,
    versionId: `version-${n}`,
    eventTimeMs: Date.UTC(2026, 0, 1) + n,
    bytes: new TextEncoder().encode(JSON.stringify(statement)),
  };
}

export async function takeInAll(store: MovieStore): Promise<void> {
  for (let at = 0; at < FILMS; at += BATCH) {
    await store.ingestMany(Array.from({ length: BATCH }, (_, film) => objectOf(at + film, 0)));
  }
}

/** @returns how many updates were taken in. */
export async function updateOn(store: MovieStore, random: Random, isOver: () => boolean): Promise<number> {
  let updates = 0;
  while (!isOver()) {
    updates++;
    await store.ingest(objectOf(random.integer(FILMS), updates));
    await pause(BETWEEN_UPDATES_MS);
  }
  return updates;
}
