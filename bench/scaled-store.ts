/**
 * A SQLite store of many films, made once and kept for later runs. The log is written straight into its tables and
 * everything else comes from `rebuild`, which takes minutes where taking in a million objects would take half an hour.
 */

import { createReadStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { isRejection, MovieStore, readSubmission } from "@movie-store/core";
import { type Film, objectOf, scaledFilms } from "./corpus.ts";

const BENCH_DATA = process.env["MOVIE_STORE_BENCH_DATA"] ?? join(import.meta.dirname, "data");

/** @returns the path of the database. */
export async function scaledStore(real: readonly Film[], count: number): Promise<string> {
  mkdirSync(BENCH_DATA, { recursive: true });
  const path = join(BENCH_DATA, `films-${count}.db`);
  if (existsSync(path)) return path;
  const draft = `${path}.draft`;
  for (const suffix of ["", "-wal", "-shm"]) rmSync(draft + suffix, { force: true });
  await SqliteMovieRepository.open({ path: draft }).close();
  const logged = performance.now();
  writeLog(draft, real, count);
  console.error(`${count} films logged in ${((performance.now() - logged) / 1000).toFixed(0)} s`);
  const repository = SqliteMovieRepository.open({ path: draft, cacheKib: 1_000_000 });
  const started = performance.now();
  const { updates } = await new MovieStore({ repository, cache: null }).rebuild();
  const seconds = (performance.now() - started) / 1000;
  console.error(
    `rebuilt from ${updates} updates in ${seconds.toFixed(0)} s (${Math.round(updates / seconds)}/s)`,
  );
  await repository.close();
  const database = new DatabaseSync(draft);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  renameSync(draft, path);
  return path;
}

/**
 * The same, in the memory of the machine, as the file of a server is: what is measured is not the disk.
 *
 * @returns the path of the database.
 */
export async function storeInMemory(real: readonly Film[], count: number): Promise<string> {
  const path = await scaledStore(real, count);
  for await (const _ of createReadStream(path, { highWaterMark: 8_388_608 }));
  return path;
}

function writeLog(path: string, real: readonly Film[], count: number): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; BEGIN");
  const log = database.prepare(
    `INSERT INTO update_log (sequence, update_id, provider, bucket, key, version_id, event_time_ms, received_at_ms,
       content_hash, source_id, record_id, time_ms, withdraws) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,0)`,
  );
  const body = database.prepare("INSERT INTO update_body (sequence, bytes) VALUES (?, ?)");
  let at = 0;
  for (const film of scaledFilms(real, count)) {
    const { updateId, provider, object, receivedAtMs, contentHash, outcome } = readSubmission(
      objectOf(film, at),
      1_750_000_000_000,
    );
    if (isRejection(outcome)) throw new Error(`film ${at}: ${outcome.reason}`);
    const { header, sourceId } = outcome;
    at++;
    log.run(
      ...[at, updateId, provider, object.bucket, object.key, object.versionId ?? null, object.eventTimeMs],
      ...[receivedAtMs, contentHash, sourceId, header.recordId, header.timeMs],
    );
    body.run(at, object.bytes);
  }
  database.exec("COMMIT");
  database.close();
}
