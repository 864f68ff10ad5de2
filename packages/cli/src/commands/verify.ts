/** `movie-store verify`: proves that the films are what the update log says. */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import type { Config } from "@movie-store/http-koa";
import type { Command } from "commander";
import { withStore } from "../open-store.ts";
import { pace } from "../tally.ts";
import { counted, harmlessLine, note, Progress, print } from "../terminal.ts";

export function addVerify(program: Command): void {
  program
    .command("verify")
    .summary("recompute every film from the update log and compare")
    .description(
      `Recomputes every film from the update log in a file of its own, compares film by film, and checks that the changes
are numbered without a gap. Changes nothing. Exit code 1 and a list if anything
differs, of at most 1,000 differences.

Run it while nothing is being ingested: what arrives meanwhile is reported as a difference.`,
    )
    .option("--json", "print a line of JSON for each difference")
    .action((flags: { readonly json?: true }) =>
      withStore(async ({ store, config }) => {
        await inScratch(scratchParent(config), async (scratch) => {
          const progress = new Progress("update");
          const startMs = performance.now();
          const report = await store.verify(scratch, (done) => progress.show(done));
          progress.clear();
          const { updates, films, changes, differences } = report;
          for (const difference of differences)
            print(
              flags.json ? JSON.stringify(difference) : harmlessLine(`${difference.id} ${difference.what}`),
            );
          const read = `${counted(updates, "update")}, ${counted(films, "film id")} and ${counted(changes, "change")}`;
          const took = pace(updates, performance.now() - startMs);
          if (differences.length === 0) {
            if (!flags.json) print(`${read} agree${took}`);
            return;
          }
          note(`${read} compared, ${counted(differences.length, "difference")} listed${took}`);
          process.exitCode = 1;
        });
      }),
    );
}

/** Beside the embedded store there is room for as much again; where there is none, the data folder may not exist. */
function scratchParent({ mysqlUrl, dataDirectory }: Config): string {
  return mysqlUrl === undefined ? join(dataDirectory, "tmp") : tmpdir();
}

async function inScratch(
  parent: string,
  work: (scratch: SqliteMovieRepository) => Promise<void>,
): Promise<void> {
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "movie-store-verify-"));
  try {
    const scratch = SqliteMovieRepository.open({ path: join(folder, "scratch.sqlite"), durable: false });
    try {
      await work(scratch);
    } finally {
      await scratch.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
