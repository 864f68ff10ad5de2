/**
 * What a reader gets is never older than the invalidations that were finished when it asked: writers and readers at
 * once, each as a process has them, on a real MySQL and a real Redis.
 */

import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { RedisCache, RedisInvalidationChannel } from "@movie-store/adapters/redis";
import {
  type Cache,
  type FindParameters,
  LayeredCache,
  MAX_NEAR_AGE_MS,
  MemoryCache,
  type Movie,
  type MovieRepository,
  MovieStore,
} from "@movie-store/core";
import { Random } from "@movie-store/core/testing";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type FreshDatabase, freshDatabase } from "./fresh-database.ts";

const [mysqlUrl, redisUrl] = [inject("mysqlUrl"), inject("redisUrl")];

const FILMS = 6;
const WRITERS = 3;
const UPDATES_A_WRITER = 120;
const GENRES = ["Drama", "Comedy", "War"];
const YEARS = [1990, 1991];

/** What the n-th update says of a film: enough to tell from any answer how old it is. */
function statement(film: number, n: number) {
  return {
    id: `film-${film}`,
    title: `Film ${film} ${n % 2 === 0 ? "even" : "odd"}`,
    year: YEARS[n % YEARS.length],
    genres: [GENRES[n % GENRES.length]],
    cast: [`Actor ${n % 5}`],
    overview: String(n),
  };
}

const QUERIES: readonly { readonly ask: FindParameters; readonly has: (n: number) => boolean }[] = [
  { ask: {}, has: () => true },
  ...GENRES.map((genre, at) => ({ ask: { genre: [genre] }, has: (n: number) => n % GENRES.length === at })),
  ...YEARS.map((year, at) => ({
    ask: { year: [String(year)] },
    has: (n: number) => n % YEARS.length === at,
  })),
  { ask: { title: "even" }, has: (n) => n % 2 === 0 },
  { ask: { cast: ["actor 3"], genre: ["drama"] }, has: (n) => n % 5 === 3 && n % GENRES.length === 0 },
];

/** Of one film: the number of the change that each of its updates made, in order. */
type Numbers = number[];

describe.skipIf(mysqlUrl === undefined || redisUrl === undefined)("answers are never too old", () => {
  let database: FreshDatabase;
  const open: { close(): Promise<void> }[] = [];
  const prefix = `e2e-${randomBytes(6).toString("hex")}`;

  beforeAll(async () => {
    database = await freshDatabase(mysqlUrl as string);
  });
  afterAll(async () => {
    for (const part of open) await part.close();
    await database.drop();
  });

  function openRepository(): MovieRepository {
    const repository = MySqlMovieRepository.open({ url: database.url });
    open.push(repository);
    return repository;
  }

  function openCache(layers: "redis" | "layered"): Cache {
    const options = { url: redisUrl as string, prefix };
    const far = RedisCache.open(options);
    const cache =
      layers === "redis"
        ? far
        : new LayeredCache({
            near: new MemoryCache(),
            far,
            channel: RedisInvalidationChannel.open(options),
          });
    open.push(cache);
    return cache;
  }

  it("under writes, evictions and relays", { timeout: 120_000 }, async () => {
    const numbers: Numbers[] = Array.from({ length: FILMS }, () => []);
    const layers = new Map<string, number>();
    let writing = WRITERS;

    const write = async (writer: number) => {
      const store = new MovieStore({ repository: openRepository(), cache: openCache("redis") });
      const random = new Random(writer);
      const mine = numbers.keys().filter((film) => film % WRITERS === writer);
      const films = [...mine];
      for (let update = 0; update < UPDATES_A_WRITER; update++) {
        const film = random.pick(films);
        const n = numbers[film]?.length ?? 0;
        const receipt = await store.ingest({
          bucket: "films",
          key: `providers/acme/${film}/${n}.json`,
          eventTimeMs: Date.UTC(2026, 0, 1) + n,
          bytes: new TextEncoder().encode(JSON.stringify(statement(film, n))),
        });
        numbers[film]?.push(receipt.changes[0] ?? 0);
      }
      writing--;
    };

    const read = async (reader: number, layered: boolean) => {
      const repository = openRepository();
      const store = new MovieStore({ repository, cache: openCache(layered ? "layered" : "redis") });
      const random = new Random(100 + reader);
      /** How far the changes had been followed, and when. */
      const finished: { readonly atMs: number; readonly followed: number }[] = [];
      while (writing > 0) {
        if (reader === 0) await store.catchUp();
        const { followed } = await repository.followed();
        const askedAtMs = Date.now();
        finished.push({ atMs: askedAtMs, followed });
        const seenAtMs = askedAtMs - (layered ? MAX_NEAR_AGE_MS : 0);
        const bound = finished.findLast(({ atMs }) => atMs <= seenAtMs)?.followed ?? 0;
        const oldest = numbers.map((made) => made.filter((number) => number <= bound).length - 1);
        const { ask, has } = random.pick(QUERIES);
        const answer = await store.findText(store.plan({ ...ask, limit: 100 }));
        layers.set(answer.layer, (layers.get(answer.layer) ?? 0) + 1);
        const { movies } = JSON.parse(answer.text) as { readonly movies: readonly Movie[] };
        for (const [film, first] of oldest.entries()) {
          const shown = movies.find(({ title }) => title.startsWith(`Film ${film} `));
          // An update that is under way may be shown or not; one more than is counted may be committed already.
          const last = numbers[film]?.length ?? 0;
          const possible = Array.from({ length: last - first + 1 }, (_, at) => first + at);
          const isRight =
            shown === undefined
              ? possible.some((n) => n < 0 || !has(n))
              : possible.includes(Number(shown.overview)) && has(Number(shown.overview));
          if (!isRight) {
            const what = shown === undefined ? "not there" : `said ${shown.overview}`;
            throw new Error(
              `${JSON.stringify(ask)} from ${answer.layer}: film ${film} is ${what}, but ${first} to ${last} were possible`,
            );
          }
        }
        await nextTurn();
      }
    };

    /** Evicts entries and tags as a Redis that is full would. */
    const evict = async () => {
      const redis = new Redis(redisUrl as string);
      const random = new Random(7);
      while (writing > 0) {
        const [, keys] = await redis.scan(0, "MATCH", `${prefix}*`, "COUNT", 1_000);
        if (keys.length > 0 && random.chance(10)) await redis.del(random.pick(keys));
        await nextTurn();
      }
      await redis.quit();
    };

    await Promise.all([
      ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
      ...Array.from({ length: 4 }, (_, reader) => read(reader, reader % 2 === 1)),
      evict(),
    ]);
    for (const layer of ["l1", "l2", "db"]) expect(layers.get(layer)).toBeGreaterThan(20);

    const repository = openRepository();
    const { followed, version } = await repository.followed();
    expect(followed).toBe(version);
    const [cached, uncached] = [
      new MovieStore({ repository, cache: openCache("redis") }),
      new MovieStore({ repository, cache: null }),
    ];
    for (const { ask } of QUERIES) {
      expect((await cached.find({ ...ask, limit: 100 })).movies).toEqual(
        (await uncached.find({ ...ask, limit: 100 })).movies,
      );
    }
  });
});
