import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { MovieStore } from "@movie-store/core";
import { expect, test } from "vitest";
import { objectOf } from "./corpus.ts";
import { type Part, without } from "./dropped-statements.ts";

const FILM = { title: "Heat", year: 1995, cast: ["Al Pacino"], genres: ["Crime"] };

test.each<[readonly Part[], object]>([
  [[], { update_log: 1, update_body: 1, change: 1, film: 1 }],
  [["log"], { update_log: 0, update_body: 0, change: 1, film: 1 }],
  [["history"], { update_log: 1, update_body: 1, change: 0, film: 1 }],
])("a store without %j lacks these rows and no others", async (parts, rows) => {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
  try {
    const path = join(folder, "films.db");
    await without(parts, async () => {
      const repository = SqliteMovieRepository.open({ path, durable: false });
      await new MovieStore({ repository, cache: null }).ingest(objectOf(FILM, 0));
      await repository.close();
    });
    const database = new DatabaseSync(path);
    const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"];
    expect(Object.fromEntries(Object.keys(rows).map((table) => [table, count(table)]))).toEqual(rows);
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
