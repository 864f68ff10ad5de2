/** Stores on a MySQL server, filled through the ordinary ingest; one of many films is kept for later runs. */

import { hash } from "node:crypto";
import { MySqlMovieRepository, migrateMySql } from "@movie-store/adapters/mysql";
import { MovieStore } from "@movie-store/core";
import { createConnection } from "mysql2/promise";
import { type Film, objectOf, scaledFilms } from "./corpus.ts";

const BATCH = 5_000;

export interface MySqlStore {
  readonly repository: MySqlMovieRepository;
  /** How many objects it has taken in. */
  readonly size: number;
}

/** @param name of the database, which is made if it is not there. */
export async function openMySqlStore(server: string, name: string): Promise<MySqlStore> {
  const connection = await createConnection(server);
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${name}`);
  await connection.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  await migrateMySql({ url: url.href });
  const repository = MySqlMovieRepository.open({ url: url.href });
  const [newest] = await repository.findReceipts({ limit: 1 });
  return { repository, size: newest?.sequence ?? 0 };
}

export async function dropMySqlStore(server: string, name: string): Promise<void> {
  const connection = await createConnection(server);
  await connection.query(`DROP DATABASE IF EXISTS ${name}`);
  await connection.end();
}

/** The store of `count` films, or a few more; filling it goes on where an earlier run was ended. */
export async function filledMySqlStore(
  server: string,
  real: readonly Film[],
  count: number,
): Promise<MySqlStore> {
  const opened = await openMySqlStore(server, `movie_store_bench_${count}`);
  if (opened.size >= count) return opened;
  const started = performance.now();
  const { films } = await takeIn(opened, real, count - opened.size);
  const seconds = (performance.now() - started) / 1000;
  console.error(`${films} films taken in in ${seconds.toFixed(0)} s (${Math.round(films / seconds)}/s)`);
  return { ...opened, size: count };
}

/** Takes in the next films of the scaled corpus. @returns how many, and the milliseconds that the store took. */
export async function takeIn(
  { repository, size }: MySqlStore,
  real: readonly Film[],
  count: number,
): Promise<{ readonly films: number; readonly ms: number }> {
  const store = new MovieStore({
    repository,
    cache: null,
    digest: (text) => hash("sha1", text, "base64url"),
  });
  let ms = 0;
  let batch = [];
  for (const [at, film] of scaledFilms(real, size + count).map((film, at) => [at, film] as const)) {
    if (at < size) continue;
    batch.push(objectOf(film, at));
    if (batch.length < BATCH && at < size + count - 1) continue;
    const started = performance.now();
    await store.ingestMany(batch);
    ms += performance.now() - started;
    batch = [];
  }
  return { films: count, ms };
}
