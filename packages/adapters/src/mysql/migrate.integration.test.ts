import { plainDecide, update } from "@movie-store/core/testing";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { migrateMySql } from "./migrate.ts";
import { MySqlMovieRepository } from "./movie-repository.ts";
import { MIGRATIONS } from "./schema.ts";
import { TestDatabase } from "./testing/test-database.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];
const LATEST = MIGRATIONS.length;
const HEAT = update({ title: "Heat", year: 1995 }, { id: "heat" });
const noSubmission = () => {
  throw new Error("nothing is read");
};

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`migrateMySql on ${name}`, { timeout: 60_000 }, () => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await TestDatabase.create(server as string, { migrated: false });
    });
    afterEach(() => database.drop());

    async function schema(): Promise<readonly unknown[]> {
      const tables = await database.tables();
      return Promise.all(tables.map(async (table) => (await database.rows(`SHOW CREATE TABLE ${table}`))[0]));
    }

    it("makes the tables, and does nothing the second time", async () => {
      expect(await migrateMySql(database)).toEqual({ from: 0, to: LATEST });
      const made = await schema();
      expect(await migrateMySql(database)).toEqual({ from: LATEST, to: LATEST });
      expect(await schema()).toEqual(made);
    });

    it("is done once when eight do it at the same time", async () => {
      const reports = await Promise.all(Array.from({ length: 8 }, () => migrateMySql(database)));
      expect(reports.filter(({ from }) => from === 0)).toHaveLength(1);
      expect(reports.every(({ to }) => to === LATEST)).toBe(true);
      expect(await database.rows("SELECT version FROM schema_migration")).toHaveLength(LATEST);
    });

    it("goes on where another was cut off, after whichever statement", { timeout: 180_000 }, async () => {
      await migrateMySql(database);
      const whole = await schema();
      const statements = MIGRATIONS.flat();
      for (let done = 0; done <= statements.length; done++) {
        for (const table of await database.tables()) await database.run(`DROP TABLE ${table}`);
        for (const statement of statements.slice(0, done)) await database.run(statement);
        await migrateMySql(database);
        expect(await schema()).toEqual(whole);
        expect(await database.rows("SELECT number FROM store")).toEqual([{ number: 0 }]);
      }
    });

    it("waits for one that is at work, and gives its connection back", async () => {
      const before = await database.rows("SHOW PROCESSLIST");
      await migrateMySql(database);
      const ours = (rows: typeof before) => rows.filter((row) => row["db"] === database.name).length;
      await database.until(
        `SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() HAVING count(*) <= ${ours(before)}`,
      );
    });

    it("refuses a database of a newer release", async () => {
      await migrateMySql(database);
      await database.run("INSERT INTO schema_migration (version, at_ms) VALUES (999, 0)");
      await expect(migrateMySql(database)).rejects.toMatchObject({
        code: "corrupt",
        message: `the database has schema 999, this release knows ${LATEST}`,
      });
    });

    it("waits for the writer that is at work, and keeps all others out until it has ended", async () => {
      await migrateMySql(database);
      await database.run(`DELETE FROM schema_migration WHERE version = ${LATEST}`);
      const repository = MySqlMovieRepository.open({ url: database.url });
      await database.run("START TRANSACTION");
      await database.rows("SELECT * FROM store FOR UPDATE");
      const migrating = migrateMySql(database);
      await database.until(
        "SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'UPDATE store SET schema_version = 0%'",
      );
      await database.run("COMMIT");
      await migrating;
      await repository.append([HEAT], plainDecide);
      // As it is while one is at work, or was cut off.
      await database.run("UPDATE store SET schema_version = 0");
      await expect(repository.append([HEAT], plainDecide)).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("movie-store migrate"),
      });
      await expect(repository.rebuild(noSubmission, plainDecide, { nowMs: 0 })).rejects.toMatchObject({
        code: "unavailable",
      });
      expect(await repository.version()).toBe(1);
      await repository.close();
    });

    it("leaves writers of an older release out, who may come again with their updates, and readers in", async () => {
      await migrateMySql(database);
      const repository = MySqlMovieRepository.open({ url: database.url });
      await repository.append([HEAT], plainDecide);
      await database.run(`UPDATE store SET schema_version = ${LATEST + 1}`);
      const later = update({ title: "Ran", year: 1985 }, { id: "ran" });
      await expect(repository.append([later], plainDecide)).rejects.toMatchObject({
        code: "unavailable",
        message: `MySQL: the database has schema ${LATEST + 1}, this release writes ${LATEST}: a newer one has to write`,
      });
      expect(await database.rows("SELECT sequence FROM update_log")).toHaveLength(1);
      expect(await repository.allFilms({ after: "", limit: 10 })).toHaveLength(1);
      await repository.close();
    });

    it("refuses while a rebuild is at work, and changes nothing", async () => {
      await migrateMySql(database);
      await database.run(`DELETE FROM schema_migration WHERE version = ${LATEST}`);
      const name = "CONCAT('movie-store rebuild ', LEFT(SHA2(DATABASE(), 256), 40))";
      await database.rows(`SELECT GET_LOCK(${name}, 0)`);
      await expect(migrateMySql(database)).rejects.toMatchObject({ code: "unavailable" });
      expect(await database.rows("SELECT schema_version FROM store")).toEqual([{ schema_version: LATEST }]);
      await database.rows(`SELECT RELEASE_LOCK(${name})`);
      expect(await migrateMySql(database)).toEqual({ from: LATEST - 1, to: LATEST });
    });

    it("is asked for by a repository on a database without tables", async () => {
      const repository = MySqlMovieRepository.open({ url: database.url });
      await expect(repository.version()).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("movie-store migrate"),
      });
      await repository.close();
    });

    it("says `unavailable` where there is no such database, user or server", async () => {
      const elsewhere = (change: (url: URL) => void) => {
        const url = new URL(database.url);
        change(url);
        return migrateMySql({ url: url.href });
      };
      const changes: ((url: URL) => void)[] = [
        (url) => {
          url.pathname = "/movie_store_test_nowhere";
        },
        (url) => {
          url.username = "nobody";
          url.password = "secret-password";
        },
        (url) => {
          url.port = "1";
        },
      ];
      for (const change of changes) {
        const failure = await elsewhere(change).catch((error: unknown) => error);
        expect(failure).toMatchObject({ code: "unavailable" });
        expect(String(failure)).not.toContain("secret-password");
      }
    });
  });
}
