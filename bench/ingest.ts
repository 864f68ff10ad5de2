/** How fast `movie-store ingest` takes films in, and how much memory it takes over a long file. */

import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Film, scaledFilms } from "./corpus.ts";
import type { Figure } from "./report.ts";
import { runCommand } from "./watched-command.ts";

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

interface Ingested {
  /** Films a second, start of the process included. */
  readonly rate: number;
  readonly residentMib: readonly number[];
}

async function ingest(folder: string, name: string, films: Iterable<Film>, count: number): Promise<Ingested> {
  const file = join(folder, `${name}.ndjson`);
  await pipeline(Readable.from(linesOf(films)), createWriteStream(file));
  const { seconds, residentMib } = await runCommand(["ingest", file, "--provider", "wikipedia"], {
    MOVIE_STORE_DATA: join(folder, name),
  });
  return { rate: count / seconds, residentMib };
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
