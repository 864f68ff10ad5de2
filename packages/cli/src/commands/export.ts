/** `movie-store export`: every film, a line each. */

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { MovieStore } from "@movie-store/core";
import type { Command } from "commander";
import { withStore } from "../open-store.ts";

/** Lines are written by chunks of about this many characters. */
const CHUNK_CHARACTERS = 65_536;

export function addExport(program: Command): void {
  program
    .command("export")
    .summary("print every film as NDJSON")
    .description(
      `Prints every film to standard output, a line of JSON each, in the order of their ids. The first line is
{"version":N}: every change up to number N is in it, and some later ones may be.`,
    )
    .option("--gzip", "compress the output")
    .action((flags: { readonly gzip?: true }) =>
      withStore(async ({ store }) => {
        const lines = Readable.from(chunksOf(store));
        try {
          if (flags.gzip) await pipeline(lines, createGzip(), process.stdout, { end: false });
          else await pipeline(lines, process.stdout, { end: false });
        } catch (error) {
          // The reader has seen enough, as in "movie-store export | head".
          if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
        }
      }),
    );
}

async function* chunksOf(store: MovieStore): AsyncGenerator<string> {
  let chunk = `${JSON.stringify({ version: await store.version() })}\n`;
  for await (const json of store.exportMovies()) {
    chunk += `${json}\n`;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}
