/** What a seed stands for, besides the order of the steps: what is put, what is asked, and whose clock is wrong. */

import {
  type Cache,
  MemoryMovieRepository,
  MovieStore,
  type ReceivedObject,
  type TextAnswer,
} from "@movie-store/core";
import { GENERATED_START_MS, generatedUpdates, Random } from "@movie-store/core/testing";
import type { NamedObject } from "./bucket.ts";

export interface Query {
  readonly name: string;
  ask(store: MovieStore): Promise<TextAnswer>;
}

export interface Scenario {
  readonly objects: readonly NamedObject[];
  readonly queries: readonly Query[];
  /** How much the time of day of each process differs from the true one. */
  readonly skewsMs: Readonly<Record<string, number>>;
  readonly startMs: number;
  /** What stories call an entry of the cache. */
  readonly nameOf: (key: string) => string;
}

export const APIS = ["api 1", "api 2"] as const;
export const INGESTS = ["ingest 1", "ingest 2"] as const;
const HOUR_MS = 3_600_000;

const SEARCHES: readonly Query[] = [
  { name: "all films", ask: (store) => store.findText(store.plan({})) },
  { name: "dramas", ask: (store) => store.findText(store.plan({ genre: ["Drama"] })) },
  {
    name: "comedies by title",
    ask: (store) => store.findText(store.plan({ genre: ["Comedy"], sort: "title" })),
  },
  {
    name: "films with Buster Keaton",
    ask: (store) => store.findText(store.plan({ cast: ["Buster Keaton"] })),
  },
  { name: "the genres", ask: (store) => store.valuesText("genre") },
];

export async function scenarioOf(seed: number): Promise<Scenario> {
  const random = new Random(seed);
  const updates = random.chance(50) ? restlessFilm(random) : manifoldUpdates(random);
  const objects = updates.map((object, at) => ({ name: `object ${at + 1}`, object }));
  const ids = await filmIdsOf(objects);
  const films = random.some(ids, 2).map((id, at) => ({
    name: `film ${at + 1}`,
    ask: (store: MovieStore) => store.getText(id),
  }));
  const skewsMs = Object.fromEntries(
    [...APIS, ...INGESTS].map((name) => [name, random.pick([0, 0, 137, -HOUR_MS, HOUR_MS])]),
  );
  const queries = random.some([...SEARCHES, ...films], 1 + random.integer(3));
  const names = await namesOfKeys(queries);
  const nameOf = (key: string) => names.get(key) ?? key;
  return { objects, queries, skewsMs, startMs: GENERATED_START_MS + HOUR_MS, nameOf };
}

async function namesOfKeys(queries: readonly Query[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { name, ask } of queries) {
    const cache: Cache = {
      shared: true,
      get: async (key) => {
        names.set(key, name);
        return { hit: false, snapshot: "" };
      },
      set: async () => {},
      invalidate: async () => true,
      close: async () => {},
    };
    await ask(new MovieStore({ repository: new MemoryMovieRepository(), cache }));
  }
  return names;
}

/** Several providers, and all that they do. */
function manifoldUpdates(random: Random): readonly ReceivedObject[] {
  const sizes = { updates: 4 + random.integer(15), films: random.pick([1, 1, 2, 4]) };
  return generatedUpdates(random.integer(1_000_000), { ...sizes, repeatedPercent: 0 });
}

/** One film that goes from genre to genre. */
function restlessFilm(random: Random): readonly ReceivedObject[] {
  return Array.from({ length: 4 + random.integer(15) }, (_, number) => {
    const genres = random.some(["Drama", "Comedy"], random.integer(3));
    const cast = random.some(["Buster Keaton"], random.integer(2));
    return {
      bucket: "films",
      key: "providers/acme/film.json",
      versionId: `v${number}`,
      sequencer: number.toString(16).padStart(8, "0"),
      eventTimeMs: GENERATED_START_MS + 1_000 * number,
      bytes: new TextEncoder().encode(JSON.stringify({ id: "1", title: "Heat", year: 1995, genres, cast })),
    };
  });
}

async function filmIdsOf(objects: readonly NamedObject[]): Promise<readonly string[]> {
  const store = await replayed(objects);
  const page = await store.find({});
  return page.movies.map(({ id }) => id);
}

/** A store that has taken in these objects in this order, one by one. */
export async function replayed(
  objects: readonly NamedObject[],
  repository = new MemoryMovieRepository(),
): Promise<MovieStore> {
  const store = new MovieStore({ repository, cache: null, clock: () => GENERATED_START_MS + HOUR_MS });
  for (const { object } of objects) await store.ingest(object);
  return store;
}
