/** `movie-store check`: what `ingest` would do, without doing it. */

import type { MovieStore, Receipt } from "@movie-store/core";
import type { Command } from "commander";
import { importFiles } from "../import/files.ts";
import { batchesOf, objectsOf } from "../import/objects.ts";
import { withStoreToCheck } from "../open-store.ts";
import { Tally } from "../tally.ts";
import { harmlessLine, note, print } from "../terminal.ts";
import { type ImportFlags, importOptionsOf, withImportFlags } from "./ingest.ts";

const BATCH = 500;

export function addCheck(program: Command): void {
  withImportFlags(program.command("check"))
    .summary("say what ingest would do, and write nothing")
    .description(
      `Reads a file or a folder as ingest does and says of each film what would happen and why. Writes nothing.

Films are compared with what is in the store now. Exit code 1 if anything would be rejected.`,
    )
    .argument("<path>", "file or folder")
    .option("--json", "print a line of JSON for each film")
    .action(async (path: string, flags: ImportFlags & { readonly json?: true }) => {
      await withStoreToCheck(async ({ store, config }) => {
        const tally = new Tally();
        for await (const file of importFiles(path, importOptionsOf(flags))) {
          for await (const batch of batchesOf(objectsOf(file, config.keyPrefix), BATCH)) {
            const receipts = await store.check(batch);
            tally.add(receipts);
            for (const receipt of receipts) {
              print(flags.json ? JSON.stringify(receipt) : await sentenceOf(store, receipt));
            }
          }
        }
        note(`${tally.text} (nothing was written)`);
        if (tally.count("rejected") > 0) process.exitCode = 1;
      });
    });
}

async function sentenceOf(store: MovieStore, receipt: Receipt): Promise<string> {
  return harmlessLine(`${receipt.key}: ${receipt.verdict}, ${await reasonOf(store, receipt)}`);
}

async function reasonOf(store: MovieStore, receipt: Receipt): Promise<string> {
  const { verdict, rejection, movieId, provider, changes } = receipt;
  switch (verdict) {
    case "rejected":
      return `${rejection?.code}: ${rejection?.reason}`;
    case "duplicate":
      return "this version is in the store already";
    case "superseded":
      return `${provider} has said something newer of ${await nameOf(store, movieId)}`;
    case "accepted": {
      const film = await nameOf(store, movieId);
      if (film === undefined) return changes.length > 0 ? "a new film" : "says of no film anything new";
      return changes.length > 0 ? `changes ${film}` : `changes nothing of ${film}`;
    }
  }
}

/** The film under an id as the store has it now; `undefined` if it has none. */
async function nameOf(store: MovieStore, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined;
  const answer = await store.get(id);
  switch (answer.status) {
    case "live": {
      const { title, year } = answer.movie;
      return `${id} ${title}${year === undefined ? "" : ` (${year})`}`;
    }
    case "merged":
      return nameOf(store, answer.into);
    case "withdrawn":
      return `${id} (withdrawn)`;
    case "unknown":
      return undefined;
  }
}
