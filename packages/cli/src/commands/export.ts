/** `movie-store export`: every film, a line each. */

import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Command } from "commander";
import { withStore } from "../open-store.ts";

export function addExport(program: Command): void {
  program
    .command("export")
    .summary("print every film as NDJSON")
    .description(
      `Prints every film to standard output, a line of JSON each, in the order of their ids. The first line is
{"version":N}: the films are as they were after change N, whatever is taken in meanwhile.`,
    )
    .option("--gzip", "compress the output")
    .action((flags: { readonly gzip?: true }) =>
      withStore(async ({ store }) => {
        const lines = Readable.from(store.exportText(await store.version()));
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
