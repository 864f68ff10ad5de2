import { generatedUpdates, plainDecide, submissionOf, update } from "@movie-store/core/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { migrateMySql } from "./migrate.ts";
import { MySqlMovieRepository } from "./movie-repository.ts";
import { MIGRATIONS } from "./schema.ts";
import { TcpProxy } from "./testing/tcp-proxy.ts";
import { TestDatabase } from "./testing/test-database.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];
const KEPT = [
  "SELECT tier, name_key FROM name_key ORDER BY tier, name_key",
  "SELECT start, word, uses FROM word ORDER BY start, word",
  "SELECT deletion, start FROM word_deletion ORDER BY deletion, start",
  "SELECT term, films FROM term WHERE term LIKE 'y:%' AND films > 0 ORDER BY term",
];

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`a store of the first schema on ${name}`, { timeout: 60_000 }, () => {
    let database: TestDatabase;
    let proxy: TcpProxy;
    let kept: unknown;

    beforeEach(async () => {
      database = await TestDatabase.create(server as string);
      proxy = await TcpProxy.start(server as string);
      // Nobody and no word goes again, so what was written step by step is what a filling finds.
      await append(generatedUpdates(97).map((object) => submissionOf(object)));
      for (let at = 0; at < 40; at++)
        await append([
          update({ title: `Many ${at}`, year: 1990, cast: ["Theda Bara"] }, { id: `many ${at}` }),
        ]);
      const words = "SELECT word FROM word WHERE uses = 0 OR word NOT LIKE '____%'";
      expect(await database.rows(words)).toEqual([]);
      kept = await rows();
      for (const table of ["name_key", "word", "word_deletion"]) await database.run(`DROP TABLE ${table}`);
      await database.run("DELETE FROM term WHERE term LIKE 'y:%'");
      await database.run("DELETE FROM schema_migration WHERE version > 1");
    });
    afterEach(async () => {
      await proxy.stop();
      await database.drop();
    });

    async function append(batch: Parameters<MySqlMovieRepository["append"]>[0]): Promise<void> {
      const repository = MySqlMovieRepository.open({ url: database.url });
      await repository.append(batch, plainDecide);
      await repository.close();
    }

    const rows = async () => Promise.all(KEPT.map((sql) => database.rows(sql)));

    it("is filled by the migration with what a writer would have kept", async () => {
      expect(await migrateMySql(database)).toEqual({ from: 1, to: MIGRATIONS.length });
      expect(await rows()).toEqual(kept);
      await append([
        update({ title: "Later", year: 1991, cast: ["Theda Bara", "Somebody Else"] }, { id: "later" }),
      ]);
      const repository = MySqlMovieRepository.open({ url: database.url });
      const { people } = await repository.people({ beginnings: ["bar", "els"], limit: 5 });
      expect(people.map((person) => person.name)).toEqual(["Theda Bara", "Somebody Else"]);
      await repository.close();
      expect((await migrateMySql(database)).from).toBe(MIGRATIONS.length);
    });

    it.each([
      ["before it has begun", "TRUNCATE TABLE name_key"],
      ["with the years counted", "INSERT INTO name_key"],
      ["with names and some words", "INSERT IGNORE INTO word_deletion"],
      ["at its end", "INSERT INTO schema_migration"],
    ])(
      "is filled by the next migration if one is cut off %s, and not written in between",
      async (_, text) => {
        proxy.decide = (sent) => (sent.includes(text) ? "cut" : "pass");
        await expect(migrateMySql({ url: proxy.through(database.url) })).rejects.toMatchObject({
          code: "unavailable",
        });
        const between = append([update({ title: "Between", year: 1992 }, { id: "between" })]);
        await expect(between).rejects.toMatchObject({ code: "unavailable" });
        expect(await migrateMySql(database)).toEqual({ from: 1, to: MIGRATIONS.length });
        expect(await rows()).toEqual(kept);
        await append([update({ title: "Between", year: 1992 }, { id: "between" })]);
      },
    );
  });
}
