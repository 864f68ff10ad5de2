import { type LoggedUpdate, readSubmission, sortYear, termsOf } from "@movie-store/core";
import { filmCorpus, plainDecide } from "@movie-store/core/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { idLiteral } from "./ids.ts";
import { migrateMySql } from "./migrate.ts";
import { MySqlMovieRepository } from "./movie-repository.ts";
import { YEAR_DOWN } from "./schema.ts";
import { TestDatabase } from "./testing/test-database.ts";
import { hasVersionPostings } from "./version-postings.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];
const BATCH = 20;

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`postings by version on ${name}`, { timeout: 60_000 }, () => {
    let database: TestDatabase;
    let repository: MySqlMovieRepository;
    beforeAll(async () => {
      database = await TestDatabase.create(server as string);
    });
    beforeEach(async () => {
      await database.empty();
      repository = MySqlMovieRepository.open({ url: database.url });
      const corpus = filmCorpus(95);
      for (let at = 0; at < corpus.length; at += BATCH)
        await repository.append(corpus.slice(at, at + BATCH), plainDecide);
    });
    afterEach(() => repository.close());
    afterAll(() => database.drop());

    async function stored(): Promise<readonly string[]> {
      const rows = await database.rows(
        `SELECT CONCAT_WS(' ', t.term, p.version, LOWER(HEX(p.film)), p.year_down) AS posting
         FROM version_posting p JOIN term t ON t.id = p.term`,
      );
      return rows.map((row) => String(row["posting"])).sort();
    }

    async function expected(): Promise<readonly string[]> {
      const films = await repository.allFilms({ after: "", limit: 1_000 });
      return films
        .flatMap(({ state, version }) => {
          if (state.status !== "live") return [];
          const [film, year] = [idLiteral(state.id).slice(2), YEAR_DOWN - sortYear(state.content)];
          const genres = termsOf(state.content).filter(hasVersionPostings);
          return genres.map((term) => [term, version, film, year].join(" "));
        })
        .sort();
    }

    it("are those of the films as they are, after films have come, changed and gone", async () => {
      expect(await stored()).toEqual(await expected());
      expect((await stored()).length).toBeGreaterThan(100);
    });

    it("are made again by a rebuild", async () => {
      await repository.rebuild(read, plainDecide, { nowMs: 2_000_000_000_000 });
      expect(await stored()).toEqual(await expected());
    });

    it("are made by the migration of a store that has films", async () => {
      const every = { after: "", limit: 1_000 };
      const before = [await stored(), await repository.allFilms(every)];
      await database.run("INSERT INTO title_posting SELECT * FROM title_posting_recent");
      for (const table of ["title_posting_recent", "title_posting_sweep", "version_posting"])
        await database.run(`DROP TABLE ${table}`);
      for (const table of ["film_json", "record"])
        await database.run(
          `ALTER TABLE ${table} DROP COLUMN place, DROP KEY ${table}_of_id, ADD PRIMARY KEY (id)`,
        );
      await database.run("DELETE FROM schema_migration WHERE version > 2");
      await migrateMySql(database);
      expect([await stored(), await repository.allFilms(every)]).toEqual(before);
    });
  });
}

function read({ object, receivedAtMs }: LoggedUpdate) {
  return readSubmission(object, receivedAtMs);
}
