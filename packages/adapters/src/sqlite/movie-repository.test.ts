import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
import { generatedUpdates, movieRepositoryContract, plainDecide, update } from "@movie-store/core/testing";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { SqliteMovieRepository } from "./movie-repository.ts";

const folder = mkdtempSync(join(tmpdir(), "movie-store-sqlite-"));
let files = 0;
let path: string;

beforeEach(() => {
  path = join(folder, `${files++}.db`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the SQLite repository keeps the contract", () => {
  const open = async () => {
    const options = { path: join(folder, `${files++}.db`), durable: false };
    return {
      repository: SqliteMovieRepository.open(options),
      openAnother: async () => SqliteMovieRepository.open(options),
    };
  };
  for (const each of movieRepositoryContract(open, { shared: true })) it(each.name, () => each.run());
});

describe("SqliteMovieRepository", () => {
  it("keeps everything in its file", async () => {
    const first = SqliteMovieRepository.open({ path });
    await new MovieStore({ repository: first }).ingestMany(generatedUpdates(1));
    const films = await first.allFilms({ after: "", limit: 1_000 });
    await first.close();

    const second = SqliteMovieRepository.open({ path });
    expect(await second.allFilms({ after: "", limit: 1_000 })).toEqual(films);
    await second.close();
  });

  it("lets two connections write in turns, as two processes do, and both see all changes", async () => {
    const repositories = [SqliteMovieRepository.open({ path }), SqliteMovieRepository.open({ path })];
    const stores = repositories.map((repository) => new MovieStore({ repository }));
    const updates = generatedUpdates(2);
    await Promise.all(updates.map((update, at) => stores[at % 2]?.ingest(update)));
    const [a, b] = await Promise.all(stores.map((store) => store.changes({ limit: 1_000 })));
    expect(a).toEqual(b);
    expect(a?.changes.map((change) => change.number)).toEqual(a?.changes.map((_, at) => at + 1));
    const verified = await stores[0]?.verify(new MemoryMovieRepository());
    expect(verified?.differences).toEqual([]);
    for (const repository of repositories) await repository.close();
  });

  it("serves readers while another process holds the write lock, and writes when it is free again", async () => {
    const repository = SqliteMovieRepository.open({ path });
    const store = new MovieStore({ repository });
    const [first, second] = generatedUpdates(3);
    if (first === undefined || second === undefined) throw new Error("no updates");
    await store.ingest(first);
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const waiting = store.ingest(second);
    expect(await store.version()).toBeLessThanOrEqual(1);
    other.exec("COMMIT");
    other.close();
    expect((await waiting).updateId).toBeDefined();
    await repository.close();
  });

  it("finds damage of a derived table by verify, and repairs it by rebuild", async () => {
    const repository = SqliteMovieRepository.open({ path });
    const store = new MovieStore({ repository });
    await store.ingestMany(generatedUpdates(4));
    const damage = new DatabaseSync(path);
    damage.exec(
      "UPDATE film SET json = replace(json, '\"title\":\"', '\"title\":\"X') WHERE status = 'live'",
    );
    damage.exec("DELETE FROM film WHERE id = (SELECT min(id) FROM film)");
    damage.close();
    expect((await store.verify(new MemoryMovieRepository())).differences).not.toEqual([]);
    await store.rebuild();
    expect((await store.verify(new MemoryMovieRepository())).differences).toEqual([]);
    await repository.close();
  });

  it("counts the films of each term, through changes, merges and withdrawals", async () => {
    const repository = SqliteMovieRepository.open({ path });
    const store = new MovieStore({ repository });
    for (const update of generatedUpdates(5)) await store.ingest(update);
    const database = new DatabaseSync(path);
    const wrong = `SELECT term FROM term WHERE term NOT LIKE 'y:%'
      AND films <> (SELECT count(*) FROM posting WHERE posting.term = term.id)`;
    expect(database.prepare(wrong).all()).toEqual([]);
    await store.rebuild();
    expect(database.prepare(wrong).all()).toEqual([]);
    database.close();
    await repository.close();
  });

  it("counts on from what another process has counted", async () => {
    const both = [SqliteMovieRepository.open({ path }), SqliteMovieRepository.open({ path })] as const;
    for (let number = 0; number < 9; number++) {
      const film = update({ title: `Film ${number}`, cast: ["Theda Bara"] }, { id: `${number}` });
      await both[number % 2]?.append([film], plainDecide);
    }
    const database = new DatabaseSync(path);
    expect(database.prepare("SELECT tier, key FROM name_key ORDER BY key").all()).toEqual([
      { tier: 1, key: "bara\ttheda" },
      { tier: 1, key: "theda bara\t" },
    ]);
    expect(database.prepare("SELECT films FROM term WHERE term = 'c:theda bara'").get()).toEqual({
      films: 9,
    });
    database.close();
    for (const repository of both) await repository.close();
  });

  it("reads every page without a scan or a sort of a whole list", async () => {
    const repository = SqliteMovieRepository.open({ path });
    await repository.close();
    const database = new DatabaseSync(path);
    const planOf = (sql: string) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map((row) => String(row["detail"]))
        .join("; ");
    const byYear = planOf(
      "SELECT DISTINCT p.year, p.film FROM posting p WHERE p.term = 1 AND p.year BETWEEN 1 AND 2 ORDER BY p.year DESC, p.film LIMIT 21",
    );
    const byTitle = planOf(
      "SELECT p.title, p.film FROM title_posting p WHERE p.term = 1 ORDER BY p.title, p.film LIMIT 21",
    );
    const byVersion = planOf(
      "SELECT p.version, p.id FROM film p WHERE p.status = 'live' ORDER BY p.version DESC LIMIT 21",
    );
    expect(byYear).toBe("SEARCH p USING PRIMARY KEY (term=? AND year>? AND year<?)");
    expect(byTitle).toBe("SEARCH p USING PRIMARY KEY (term=?)");
    expect(byVersion).toBe("SCAN p USING COVERING INDEX film_by_version");
    database.close();
  });

  it("brings a database of the first release up to date, and keeps what is in it", async () => {
    const first = SqliteMovieRepository.open({ path });
    await new MovieStore({ repository: first }).ingestMany(generatedUpdates(6));
    const films = await first.allFilms({ after: "", limit: 1_000 });
    const version = await first.version();
    await first.close();
    const older = new DatabaseSync(path);
    const rows = () =>
      [
        "SELECT * FROM name_key",
        "SELECT * FROM word",
        "SELECT term, films FROM term WHERE term LIKE 'y:%' AND films > 0 ORDER BY term",
      ].map((sql) => older.prepare(sql).all());
    const suggestions = rows();
    older.exec(`DROP TABLE follow_cursor; DROP TABLE name_key; DROP TABLE word; DROP TABLE word_deletion;
      DELETE FROM term WHERE term LIKE 'y:%'; PRAGMA user_version = 1`);

    const updated = SqliteMovieRepository.open({ path });
    expect(await updated.allFilms({ after: "", limit: 1_000 })).toEqual(films);
    expect(await updated.followed()).toEqual({ followed: 0, version });
    expect(rows()).toEqual(suggestions);
    older.close();
    expect((await updated.wordsNear("carmne")).near).toEqual([{ word: "carmen", uses: expect.any(Number) }]);
    await updated.markFollowed(version);
    await updated.close();
    const again = SqliteMovieRepository.open({ path });
    expect(await again.followed()).toEqual({ followed: version, version });
    await again.close();
  });

  it("refuses a database of a newer release, a file that is none, and a folder that is not there", async () => {
    await SqliteMovieRepository.open({ path }).close();
    const newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 999");
    newer.close();
    const size = statSync(path).size;
    expect(() => SqliteMovieRepository.open({ path })).toThrow(/schema 999/);
    expect(statSync(path).size).toBe(size);
    expect(() => SqliteMovieRepository.open({ path: import.meta.filename })).toThrow(
      expect.objectContaining({ code: "corrupt" }),
    );
    expect(() => SqliteMovieRepository.open({ path: join(folder, "nowhere", "x.db") })).toThrow(
      expect.objectContaining({ code: "unavailable" }),
    );
  });
});
