/**
 * What a process of the API takes: from its start to its first ready answer, and in memory while it answers searches
 * that are hardly ever the same and films come in. It is the built one (`npm run build`), with the options that its
 * image gives to Node. Of an SQLite file the pages that were read count as well, though they are the kernel's to drop.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { type MovieRepository, MovieStore } from "@movie-store/core";
import { type Film, objectOf, randomNumbers } from "./corpus.ts";
import { filledMySqlStore } from "./mysql-store.ts";
import { type Figure, percentile } from "./report.ts";
import { scaledStore } from "./scaled-store.ts";

const ROOT = resolve(import.meta.dirname, "..");
const MAIN = join(ROOT, "packages/http-koa/dist/main.js");
const DOCKERFILE = join(ROOT, "packages/http-koa/Dockerfile");
const STARTS = 5;
const LOAD_MS = 20_000;
const CONNECTIONS = 16;
/** A film every so often, from another process, as the Lambda does it. */
const UPDATE_EVERY_MS = 100;
const MAX_READY_MS = 1_000;
const MAX_RSS_MB = 200;

type Environment = Readonly<Record<string, string>>;

/** A store, and how a process of the API is told of it. */
interface Place {
  readonly name: string;
  readonly films: number;
  readonly environment: Environment;
  readonly repository: MovieRepository;
}

export async function measureMemory(
  mysql: string | undefined,
  real: readonly Film[],
  sizes: readonly number[],
): Promise<readonly Figure[]> {
  if (!existsSync(MAIN)) throw new Error("the API is not built: npm run build");
  const folder = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
  try {
    const figures = await measurePlace(await sqlitePlace(real, folder), real);
    if (mysql === undefined) return figures;
    return [...figures, ...(await measurePlace(await mySqlPlace(mysql, real, Math.max(...sizes)), real))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A copy, for updates come in. */
async function sqlitePlace(real: readonly Film[], folder: string): Promise<Place> {
  const path = join(folder, "movie-store.sqlite");
  copyFileSync(await scaledStore(real, real.length), path);
  const environment = { MOVIE_STORE_DATA: folder };
  return {
    name: "SQLite",
    films: real.length,
    environment,
    repository: SqliteMovieRepository.open({ path }),
  };
}

async function mySqlPlace(server: string, real: readonly Film[], films: number): Promise<Place> {
  const url = new URL(server);
  url.pathname = `/movie_store_bench_${films}`;
  await (await filledMySqlStore(server, real, films)).repository.close();
  const environment = { MYSQL_URL: url.href };
  return { name: "MySQL", films, environment, repository: MySqlMovieRepository.open({ url: url.href }) };
}

async function measurePlace(place: Place, real: readonly Film[]): Promise<readonly Figure[]> {
  const { repository, environment, films } = place;
  const mapsItsStore = place.name === "SQLite";
  const of = `${place.name}, ${films.toLocaleString("en")} films`;
  try {
    const readyMs: number[] = [];
    for (let round = 0; round < STARTS; round++) {
      const api = await Api.start(environment);
      readyMs.push(api.readyMs);
      await api.kill();
    }
    const ready = percentile(readyMs, 0.5);
    const { requests, updates, peakMb, restMb, heapMb } = await loaded(place, real);
    return [
      {
        name: `API ready after its start, ${of}`,
        value: `${ready.toFixed(0)} ms`,
        limit: `< ${MAX_READY_MS} ms`,
        met: ready < MAX_READY_MS,
      },
      {
        name: `API, most memory (RSS), ${of}`,
        value: `${peakMb.toFixed(0)} MB after ${requests.toLocaleString("en")} searches and ${updates} updates`,
        // Pages of a mapped file are no need of the process.
        ...(mapsItsStore ? {} : { limit: `< ${MAX_RSS_MB} MB`, met: peakMb < MAX_RSS_MB }),
      },
      {
        name: `API, at the end, ${of}`,
        value: `${restMb.toFixed(0)} MB, ${heapMb.toFixed(0)} MB of it heap in use`,
      },
    ];
  } finally {
    await repository.close();
  }
}

interface Loaded {
  readonly requests: number;
  readonly updates: number;
  readonly peakMb: number;
  readonly restMb: number;
  readonly heapMb: number;
}

async function loaded({ repository, environment, films }: Place, real: readonly Film[]): Promise<Loaded> {
  const api = await Api.start(environment);
  try {
    const end = performance.now() + LOAD_MS;
    const [counts, updates] = await Promise.all([
      Promise.all(
        Array.from({ length: CONNECTIONS }, (_, seed) => search(api.url, searches(real, films, seed), end)),
      ),
      takeInUntil(end, repository, real, films),
    ]);
    return { requests: counts.reduce((sum, count) => sum + count), updates, ...(await api.memory()) };
  } finally {
    await api.kill();
  }
}

async function search(base: string, targets: Iterator<string>, end: number): Promise<number> {
  for (let count = 0; ; count++) {
    if (performance.now() >= end) return count;
    const target = targets.next().value as string;
    const response = await fetch(base + target);
    if (response.status !== 200) throw new Error(`${target}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }
}

/** People, words of titles, and genres in years, of the real films and of their variations; hardly one twice. */
function* searches(real: readonly Film[], films: number, seed: number): Generator<string> {
  const random = randomNumbers(seed + 11);
  const draw = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const whole = real.filter((film) => film.cast.length > 0 && film.genres.length > 0);
  for (;;) {
    const film = draw(whole);
    const limit = films < 100_000 ? "" : `&limit=${draw([10, 20, 50, 100])}`;
    const [one, other] = [draw(film.title.split(" ")), draw(draw(whole).title.split(" "))];
    yield `/v1/movies?genre=${encodeURIComponent(draw(film.genres))}&year=${film.year}${limit}`;
    yield `/v1/movies?cast=${encodeURIComponent(draw(film.cast))}${limit}`;
    yield `/v1/movies?title=${encodeURIComponent(one)}&year=..${film.year}${limit}`;
    yield `/v1/movies?title=${encodeURIComponent(other)}&genre=${encodeURIComponent(draw(film.genres))}${limit}`;
  }
}

/** @returns how many films were taken in. */
async function takeInUntil(
  end: number,
  repository: MovieRepository,
  real: readonly Film[],
  size: number,
): Promise<number> {
  const store = new MovieStore({ repository, cache: null });
  const key = Date.now();
  for (let count = 0; ; count++) {
    if (performance.now() >= end) return count;
    const film = { ...(real[count % real.length] as Film), href: `bench_${key}_${count}` };
    await store.ingest(objectOf(film, size + key + count, "bench"));
    await delay(UPDATE_EVERY_MS);
  }
}

class Api {
  readonly url: string;
  /** Milliseconds from its start to its first ready answer. */
  readonly readyMs: number;
  readonly #process: ChildProcess;

  private constructor(url: string, readyMs: number, process: ChildProcess) {
    this.url = url;
    this.readyMs = readyMs;
    this.#process = process;
  }

  static async start(environment: Environment): Promise<Api> {
    const started = performance.now();
    const child = spawn(process.execPath, [...commandOfImage()], {
      cwd: ROOT,
      env: { NODE_ENV: "production", PORT: "0", HOST: "127.0.0.1", ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await Promise.race([addressIn(child.stdout), once(child, "exit")]);
    if (typeof url !== "string") throw new Error("the API did not start");
    const { status } = await fetch(`${url}/health/ready`);
    if (status !== 200) throw new Error(`the API is not ready: ${status}`);
    return new Api(url, performance.now() - started, child);
  }

  /** As Linux counts it, in millions of bytes, and the heap as V8 does. */
  async memory(): Promise<Pick<Loaded, "peakMb" | "restMb" | "heapMb">> {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
    const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
    const metrics = await (await fetch(`${this.url}/metrics`)).text();
    const heap = Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(metrics)?.[1]);
    return { peakMb: (kib("VmHWM") * 1_024) / 1e6, restMb: (kib("VmRSS") * 1_024) / 1e6, heapMb: heap / 1e6 };
  }

  async kill(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}

/** What the image runs with Node. */
function commandOfImage(): readonly string[] {
  const command = /^CMD (\["node", .*main\.js"\])$/m.exec(readFileSync(DOCKERFILE, "utf8"))?.[1];
  if (command === undefined) throw new Error("the image does not run the API with Node");
  return (JSON.parse(command) as readonly string[]).slice(1);
}

/** The log goes on, so it is read on. */
function addressIn(log: Readable): Promise<string> {
  const lines = createInterface({ input: log });
  return new Promise((found) => {
    lines.on("line", (line) => {
      const { url } = JSON.parse(line) as { readonly url?: string };
      if (url === undefined) return;
      lines.removeAllListeners("line");
      found(url);
    });
  });
}
