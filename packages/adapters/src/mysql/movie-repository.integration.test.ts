import { MemoryMovieRepository, MovieStore, recordIdOf } from "@movie-store/core";
import { generatedUpdates, movieRepositoryContract } from "@movie-store/core/testing";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { MySqlMovieRepository } from "./movie-repository.ts";
import { TestDatabase } from "./testing/test-database.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`MySqlMovieRepository on ${name}`, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await TestDatabase.create(server as string);
    });
    afterAll(() => database.drop());

    // With few films to make a term common, searches of two words or genres are driven by the lists of pairs.
    describe.each([undefined, 2])("keeps the contract, terms common from %s films on", (commonFilms) => {
      const open = async () => {
        await database.empty();
        const options = { url: database.url, ...(commonFilms === undefined ? {} : { commonFilms }) };
        return {
          repository: MySqlMovieRepository.open(options),
          openAnother: async () => MySqlMovieRepository.open(options),
        };
      };
      for (const each of movieRepositoryContract(open, { shared: true })) {
        it(each.name, { timeout: 60_000 }, () => each.run());
      }
    });

    it("counts the films of each term, through changes, merges, withdrawals and a rebuild", async () => {
      await database.empty();
      const repository = MySqlMovieRepository.open({ url: database.url });
      const store = new MovieStore({ repository });
      for (const update of generatedUpdates(5)) await store.ingest(update);
      const wrong = `SELECT term.term FROM term WHERE term NOT LIKE 'y:%'
        AND films <> (SELECT count(*) FROM posting WHERE posting.term = term.id)`;
      expect(await database.rows(wrong)).toEqual([]);
      const ids = await database.rows("SELECT term, id FROM term ORDER BY term");
      await store.rebuild();
      expect(await database.rows(wrong)).toEqual([]);
      expect(await database.rows("SELECT term, id FROM term ORDER BY term")).toEqual(ids);
      expect((await store.verify(new MemoryMovieRepository())).differences).toEqual([]);
      await repository.close();
    });

    it("finds damage of a derived table by verify, and repairs it by rebuild", async () => {
      await database.empty();
      const repository = MySqlMovieRepository.open({ url: database.url });
      const store = new MovieStore({ repository });
      await store.ingestMany(generatedUpdates(4));
      await database.run(`UPDATE film_json SET json = REPLACE(json, '"title":"', '"title":"X')`);
      await database.run("DELETE FROM film ORDER BY id LIMIT 1");
      expect((await store.verify(new MemoryMovieRepository())).differences).not.toEqual([]);
      await store.rebuild();
      expect((await store.verify(new MemoryMovieRepository())).differences).toEqual([]);
      await repository.close();
    });

    it("keeps every text and every byte as it was sent", async () => {
      await database.empty();
      const repository = MySqlMovieRepository.open({ url: database.url });
      const store = new MovieStore({ repository });
      const title = `'"\\%_?\`;-- \\' 😀ẞé\u200b`;
      const bytes = new TextEncoder().encode(
        JSON.stringify({ id: "a'\\b", title, overview: "line\nline\ttab" }),
      );
      const key = "providers/acme/a'\\ ?+%.json";
      const receipt = await store.ingest({ bucket: "b'\\", key, versionId: "'\\", eventTimeMs: 1, bytes });
      expect(receipt).toMatchObject({
        verdict: "accepted",
        key,
        bucket: "b'\\",
        versionId: "'\\",
        sourceId: "a'\\b",
      });
      expect(await repository.findReceipts({ provider: "acme", key, limit: 1 })).toMatchObject([receipt]);
      expect((await repository.logged(receipt.updateId))?.object.bytes).toEqual(new Uint8Array(bytes));
      const [film] = (await repository.films([recordIdOf("acme", "a'\\b")])).films;
      expect(film?.state).toMatchObject({ content: { title, overview: "line\nline\ttab" } });
      expect((await store.find({ title, match: "exact" })).movies).toHaveLength(1);
      await repository.close();
    });

    it("reads the log and all films from the replica, and everything else from the primary", async () => {
      await database.empty();
      const behind = await TestDatabase.create(server as string);
      const [early, late] = [generatedUpdates(6).slice(0, 5), generatedUpdates(6)];
      for (const [url, updates] of [
        [behind.url, early],
        [database.url, late],
      ] as const) {
        const repository = MySqlMovieRepository.open({ url });
        await new MovieStore({ repository }).ingestMany(updates);
        await repository.close();
      }
      const primary = MySqlMovieRepository.open({ url: database.url });
      const replica = MySqlMovieRepository.open({ url: behind.url });
      const both = MySqlMovieRepository.open({ url: database.url, readUrl: behind.url });
      const page = { after: 0, limit: 1_000 };
      const films = { after: "", limit: 1_000 };
      expect(await both.log(page)).toEqual(await replica.log(page));
      expect(await both.allFilms(films)).toEqual(await replica.allFilms(films));
      const [then, now] = [await replica.version(), await primary.version()];
      expect(then).toBeLessThan(now);
      expect(await both.allFilms({ ...films, notBefore: then })).toEqual(await replica.allFilms(films));
      expect(await both.allFilms({ ...films, notBefore: now })).toEqual(await primary.allFilms(films));
      expect(await both.changes(page)).toEqual(await primary.changes(page));
      expect(await both.version()).toBe(await primary.version());
      expect(await both.followed()).toEqual(await primary.followed());
      const ids = (await primary.allFilms(films)).map((film) => film.state.id).slice(0, 100);
      expect(await both.films(ids)).toEqual(await primary.films(ids));
      expect(await both.findReceipts({ limit: 100 })).toEqual(await primary.findReceipts({ limit: 100 }));
      for (const repository of [primary, replica, both]) await repository.close();
      await behind.drop();
    });
  });
}
