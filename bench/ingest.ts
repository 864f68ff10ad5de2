/** How fast `movie-store ingest` takes films in, and how much memory it takes over a long file. */

import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Film, scaledFilms } from "./corpus.ts";
import type { Figure } from "./report.ts";

const BIN = resolve(import.meta.dirname, "../packages/cli/bin/movie-store.js");
const LIMIT_RATE = 3_000;
/** The memory at the end of a long file, against that after its first quarter. */
const LIMIT_GROWTH = 1.25;

export async function measureIngest(real: readonly Film[], longLines: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
  try {
    const short = await ingest(folder, "real", real, real.length);
    const long = await ingest(folder, "long", scaledFilms(real, longLines), longLines);
    const quarter = Math.max(...long.residentMib.slice(0, Math.ceil(long.residentMib.length / 4)));
    const whole = Math.max(...long.residentMib);
    const lines = longLines.toLocaleString("en");
    return [
      {
        name: `ingest of ${real.length.toLocaleString("en")} films`,
        value: `${Math.round(short.rate).toLocaleString("en")} films/s`,
        limit: `>= ${LIMIT_RATE}`,
        met: short.rate >= LIMIT_RATE,
      },
      { name: `ingest of ${lines} lines`, value: `${Math.round(long.rate).toLocaleString("en")} films/s` },
      {
        name: `memory over ${lines} lines`,
        value: `${Math.round(quarter)} MiB after a quarter, at most ${Math.round(whole)} MiB`,
        limit: `< ${LIMIT_GROWTH} times`,
        met: whole < quarter * LIMIT_GROWTH,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Measured {
  /** Films a second, start of the process included. */
  readonly rate: number;
  /** Resident memory every 250 ms, without mapped files. */
  readonly residentMib: readonly number[];
}

async function ingest(folder: string, name: string, films: Iterable<Film>, count: number): Promise<Measured> {
  const file = join(folder, `${name}.ndjson`);
  await pipeline(Readable.from(linesOf(films)), createWriteStream(file));
  const residentMib: number[] = [];
  const started = performance.now();
  const child = spawn(process.execPath, [BIN, "ingest", file, "--provider", "wikipedia"], {
    env: { ...process.env, MOVIE_STORE_DATA: join(folder, name) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const timer = setInterval(() => residentMib.push(residentOf(child.pid)), 250);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`ingest ended with ${code}`);
  return { rate: count / ((performance.now() - started) / 1000), residentMib };
}

/** Memory of its own, without the mapped pages of the database, which the system takes back at will. */
function residentOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** In blocks of a thousand lines. */
function* linesOf(films: Iterable<Film>): Generator<string> {
  let block: string[] = [];
  for (const film of films) {
    if (block.push(JSON.stringify(film)) < 1_000) continue;
    yield `${block.join("\n")}\n`;
    block = [];
  }
  if (block.length > 0) yield `${block.join("\n")}\n`;
}
