import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mySqlStep, plansOnSqlite } from "./statements.ts";

describe("on SQLite", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "movie-store-bench-"));
    path = join(folder, "films.db");
    const database = new DatabaseSync(path);
    database.exec(`
      CREATE TABLE film (id INTEGER PRIMARY KEY, year INTEGER, title TEXT);
      CREATE INDEX film_by_year ON film (year);
      CREATE TABLE posting (term INTEGER, film INTEGER, PRIMARY KEY (term, film)) WITHOUT ROWID;
    `);
    database.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function scansOf(sql: string): Promise<readonly (readonly [string, boolean])[]> {
    const [plan] = await plansOnSqlite(path, async () => {
      const database = new DatabaseSync(path);
      database.prepare(sql).all();
      database.close();
    });
    return plan?.steps.map(({ text, isFullScan }) => [text, isFullScan] as const) ?? [];
  }

  test.each([
    ["SELECT f.id FROM film f WHERE f.title = 'x'", "SCAN film", true],
    ["SELECT id FROM film WHERE title = 'x'", "SCAN film", true],
    ["SELECT p.film FROM posting p WHERE p.film = 1", "SCAN posting", true],
    ["SELECT p.film FROM posting p WHERE p.term = 1", "SEARCH posting USING PRIMARY KEY (term=?)", false],
    [
      "SELECT f.year FROM film f ORDER BY f.year LIMIT 2",
      "SCAN film USING COVERING INDEX film_by_year",
      false,
    ],
    ["SELECT id FROM film ORDER BY id DESC LIMIT 1", "end of film", false],
    ["SELECT id FROM (SELECT 1 AS id) few", "SCAN CONSTANT ROW", false],
  ])("%s: %s", async (sql, text, isFullScan) => {
    expect(await scansOf(sql)).toContainEqual([text, isFullScan]);
  });

  test("the last of a table that has to be sorted for it is found by a full scan", async () => {
    expect(await scansOf("SELECT id FROM film ORDER BY title LIMIT 1")).toContainEqual(["SCAN film", true]);
  });

  test("what is written has no plan", async () => {
    expect(await scansOf("INSERT INTO film (year) VALUES (1999)")).toEqual([]);
  });
});

describe("on MySQL", () => {
  const sql = "SELECT 1 FROM store s LEFT JOIN posting p ON TRUE";

  test.each([
    [{ table: "p", type: "ALL", key: null, rows: 900, Extra: null }, "posting: ALL", true],
    [
      { table: "p", type: "index", key: "PRIMARY", rows: 900, Extra: null },
      "posting: index by PRIMARY",
      true,
    ],
    [
      { table: "p", type: "range", key: "PRIMARY", rows: 900, Extra: "Using where" },
      "posting: range by PRIMARY (Using where)",
      false,
    ],
    [{ table: "s", type: "ALL", key: null, rows: 1, Extra: null }, "store: ALL", false],
    [{ table: "<derived2>", type: "ALL", key: null, rows: 21, Extra: null }, "rows it has made", false],
    [{ table: null, type: null, key: null, rows: null, Extra: "No tables used" }, "No tables used", false],
  ])("%j", (row, text, isFullScan) => {
    expect(mySqlStep(row, sql)).toMatchObject({ text, isFullScan });
  });

  test("a name that stands for several tables is told as all of them", () => {
    const union = "(SELECT 1 FROM posting p) UNION (SELECT 1 FROM recent p) UNION (SELECT 2 FROM recent p)";
    const row = { table: "p", type: "ref", key: "PRIMARY", rows: 9, Extra: null };
    expect(mySqlStep(row, union).text).toBe("posting or recent: ref by PRIMARY");
  });
});
