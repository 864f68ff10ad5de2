/** The command line: which commands there are, and how the program ends. */

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addCheck } from "./commands/check.ts";
import { addEmptyCache } from "./commands/empty-cache.ts";
import { addExport } from "./commands/export.ts";
import { addIngest } from "./commands/ingest.ts";
import { addMigrate } from "./commands/migrate.ts";
import { addRebuild } from "./commands/rebuild.ts";
import { addReconcile } from "./commands/reconcile.ts";
import { addRejected } from "./commands/rejected.ts";
import { addStart } from "./commands/start.ts";
import { addVerify } from "./commands/verify.ts";
import { harmlessLine, note } from "./terminal.ts";

const USAGE_EXIT_CODE = 2;

export async function run(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed what is wrong, or the help that was asked for.
      process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
      return;
    }
    process.exitCode = 1;
    const isDebugging = ["debug", "trace"].includes(process.env["LOG_LEVEL"] ?? "");
    if (isDebugging && error instanceof Error) note(error.stack ?? error.message);
    else note(`movie-store: ${harmlessLine(error instanceof Error ? error.message : String(error))}`);
  }
}

function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  // Set before the commands are added: they inherit it.
  const program = new Command("movie-store").exitOverride().configureOutput({
    outputError: (text, write) =>
      write(
        `${text
          .trim()
          .replace(/^error: /, "movie-store: ")
          .replaceAll("\n", " ")}\n`,
      ),
  });
  program
    .description("A store of films described by many providers.")
    .version(version)
    .addHelpText(
      "after",
      `
Configured by the environment: MOVIE_STORE_DATA (./data) is where the films are, MOVIE_STORE_INBOX (<data>/inbox) the
folder that "start" watches, PORT (3000) where it answers. The README lists the others.

Examples:
  movie-store start
  movie-store ingest films.ndjson.gz --provider acme
  movie-store export | head`,
    );
  const commands = [
    addStart,
    addIngest,
    addReconcile,
    addCheck,
    addRejected,
    addRebuild,
    addVerify,
    addExport,
    addMigrate,
    addEmptyCache,
  ];
  for (const add of commands) add(program);
  return program;
}
