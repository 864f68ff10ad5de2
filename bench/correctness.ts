/** What the log, the history, the change counter and the tags of the cache cost: each left out in turn. */

import { hash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { RedisCache } from "@movie-store/adapters/redis";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { type Cache, MemoryCache, type MovieRepository, MovieStore } from "@movie-store/core";
import { freshDatabase } from "../e2e/fresh-database.ts";
import { type Film, objectOf } from "./corpus.ts";
import { removeKeys } from "./correctness-reads.ts";
import { type Part, without } from "./dropped-statements.ts";
import { type Figure, percentile } from "./report.ts";

const ROUNDS = 3;

interface Variant {
  readonly name: string;
  readonly tags: boolean;
  readonly dropped: readonly Part[];
}

const AS_IT_IS = "as it is";
const WITHOUT_TAGS = "without tags";

/** Without a feed nothing can be followed, so what is dropped is held against the store without tags. */
const VARIANTS: readonly Variant[] = [
  { name: AS_IT_IS, tags: true, dropped: [] },
  { name: WITHOUT_TAGS, tags: false, dropped: [] },
  { name: "without tags and log", tags: false, dropped: ["log"] },
  { name: "without tags and history", tags: false, dropped: ["history"] },
  { name: "without tags and counter", tags: false, dropped: ["counter"] },
  { name: "without all four", tags: false, dropped: ["log", "history", "counter"] },
];

interface Load {
  readonly films: number;
  readonly batch: number;
}

const LARGE_BATCHES: Load = { films: 8_000, batch: 2_000 };
/** As a function takes them from a queue that is nearly empty. */
const SMALL_BATCHES: Load = { films: 1_000, batch: 10 };

export async function measureSqliteCorrectness(real: readonly Film[]): Promise<readonly Figure[]> {
  const variants = VARIANTS.filter(({ name }) => name !== "without tags and counter");
  return measureLoad("SQLite", variants, real, LARGE_BATCHES, async (tags, work) => {
    const folder = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
    const repository = SqliteMovieRepository.open({ path: join(folder, "films.db") });
    try {
      return await work(repository, tags ? new MemoryCache() : null);
    } finally {
      await repository.close();
      rmSync(folder, { recursive: true });
    }
  });
}

/** @param redis of which the tags are; its other keys are left alone. */
export async function measureMySqlCorrectness(
  mysql: string,
  redis: string,
  real: readonly Film[],
): Promise<readonly Figure[]> {
  const open: Opener = async (tags, work) => {
    const database = await freshDatabase(mysql);
    const repository = MySqlMovieRepository.open({ url: database.url });
    const prefix = `bench-${randomUUID()}`;
    const cache = tags ? RedisCache.open({ url: redis, prefix }) : null;
    try {
      return await work(repository, cache);
    } finally {
      await cache?.close();
      if (tags) await removeKeys(redis, prefix);
      await repository.close();
      await database.drop();
    }
  };
  return [
    ...(await measureLoad("MySQL", VARIANTS, real, LARGE_BATCHES, open)),
    ...(await measureLoad("MySQL", VARIANTS, real, SMALL_BATCHES, open)),
  ];
}

type Opener = <T>(
  tags: boolean,
  work: (repository: MovieRepository, cache: Cache | null) => Promise<T>,
) => Promise<T>;

async function measureLoad(
  engine: string,
  variants: readonly Variant[],
  real: readonly Film[],
  load: Load,
  open: Opener,
): Promise<readonly Figure[]> {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    // In turns, and each time beginning with another, so that a drift of the machine meets all of them.
    for (let turn = 0; turn < variants.length; turn++) {
      const { name, tags, dropped } = variants[(turn + round) % variants.length] as Variant;
      const rate = await without(dropped, () =>
        open(tags, (repository, cache) => ingestRate(repository, cache, real, load)),
      );
      rates.set(name, [...(rates.get(name) ?? []), rate]);
    }
  }
  const middle = (name: string) => percentile(rates.get(name) ?? [], 0.5);
  return variants.map((variant) => {
    const rate = middle(variant.name);
    const rival = variant.tags ? undefined : variant.dropped.length === 0 ? AS_IT_IS : WITHOUT_TAGS;
    const times = rival === undefined ? "" : `, ${(rate / middle(rival)).toFixed(2)} times ${rival}`;
    return {
      name: `${engine}, batches of ${load.batch.toLocaleString("en")}, ${variant.name}`,
      value: `${Math.round(rate).toLocaleString("en")} films/s${times}`,
    };
  });
}

async function ingestRate(
  repository: MovieRepository,
  cache: Cache | null,
  real: readonly Film[],
  { films, batch }: Load,
): Promise<number> {
  const digest = (text: string) => hash("sha1", text, "base64url");
  const store = new MovieStore({ repository, cache, digest, nextTurn });
  // A cache of one process follows changes from the first answer that it keeps.
  if (cache !== null) await store.findText(store.plan({}));
  const objects = real.slice(0, films).map((film, at) => objectOf(film, at));
  const started = performance.now();
  for (let at = 0; at < films; at += batch) await store.ingestMany(objects.slice(at, at + batch));
  return (films / (performance.now() - started)) * 1000;
}
