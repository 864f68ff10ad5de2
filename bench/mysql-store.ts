/** Stores on a MySQL server, filled through the ordinary ingest; one of many films is kept for later runs. */

import { hash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { MySqlMovieRepository, migrateMySql } from "@movie-store/adapters/mysql";
import { MovieStore, type ReceivedObject } from "@movie-store/core";
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

/** @returns the URL of the store of `count` films, or a few more. */
export async function mySqlUrl(server: string, real: readonly Film[], count: number): Promise<string> {
  const { repository } = await filledMySqlStore(server, real, count);
  await repository.close();
  return Object.assign(new URL(server), { pathname: `/movie_store_bench_${count}` }).href;
}

/**
 * Takes in the next films of the scaled corpus, as `movie-store ingest` does: while one batch is written, the next is
 * read.
 *
 * @returns how many, and the milliseconds that it took.
 */
export async function takeIn(
  { repository, size }: MySqlStore,
  real: readonly Film[],
  count: number,
): Promise<{ readonly films: number; readonly ms: number }> {
  const store = new MovieStore({
    repository,
    cache: null,
    digest: (text) => hash("sha1", text, "base64url"),
    nextTurn,
  });
  let [startMs, objects]: [number, ReceivedObject[]] = [0, []];
  let writing: Promise<unknown> = Promise.resolve();
  let at = -1;
  for (const film of scaledFilms(real, size + count)) {
    if (++at < size) continue;
    if (startMs === 0) startMs = performance.now();
    objects.push(objectOf(film, at));
    if (objects.length < BATCH && at < size + count - 1) continue;
    await writing;
    writing = store.ingestMany(objects);
    objects = [];
  }
  await writing;
  return { films: count, ms: performance.now() - startMs };
}
