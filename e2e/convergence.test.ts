import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { MemoryMovieRepository, type MovieRepository } from "@movie-store/core";
import fc from "fast-check";
import { afterAll, describe, it } from "vitest";
import { convergenceProperty } from "./convergence.ts";

const folder = mkdtempSync(join(tmpdir(), "movie-store-convergence-"));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

const REPOSITORIES: readonly {
  readonly name: string;
  readonly runs: number;
  readonly open: () => Promise<MovieRepository>;
}[] = [
  { name: "memory", runs: 1_000, open: async () => new MemoryMovieRepository() },
  {
    name: "SQLite",
    runs: 1_000,
    open: async () => SqliteMovieRepository.open({ path: join(folder, `${files++}.db`), durable: false }),
  },
];

describe.each(REPOSITORIES)("convergence on $name", ({ open, runs }) => {
  it("any order, repetition and batching of the same updates ends in the same store", {
    timeout: 300_000,
  }, async () => {
    await fc.assert(convergenceProperty(open), { numRuns: runs });
  });
});
