import { type LoggedUpdate, readSubmission, type Submission, sortYear, termsOf } from "@movie-store/core";
import { filmCorpus, plainDecide, update } from "@movie-store/core/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { havePairList } from "./common-terms.ts";
import { idLiteral } from "./ids.ts";
import { migrateMySql } from "./migrate.ts";
import { MySqlMovieRepository } from "./movie-repository.ts";
import { YEAR_DOWN } from "./schema.ts";
import { TcpProxy } from "./testing/tcp-proxy.ts";
import { TestDatabase } from "./testing/test-database.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];
const COMMON_FILMS = 6;
const BATCH = 7;

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`lists of two common terms on ${name}`, { timeout: 60_000 }, () => {
    let database: TestDatabase;
    let repository: MySqlMovieRepository;
    let another: MySqlMovieRepository;

    beforeAll(async () => {
      database = await TestDatabase.create(server as string);
    });
    beforeEach(async () => {
      await database.empty();
      const options = { url: database.url, commonFilms: COMMON_FILMS };
      repository = MySqlMovieRepository.open(options);
      another = MySqlMovieRepository.open(options);
    });
    afterEach(async () => {
      await repository.close();
      await another.close();
    });
    afterAll(() => database.drop());

    async function commonTerms(): Promise<readonly string[]> {
      const rows = await database.rows("SELECT t.term FROM common_term c JOIN term t ON t.id = c.term");
      return rows.map((row) => String(row["term"])).sort();
    }

    async function stored(): Promise<readonly string[]> {
      const rows = await database.rows(
        `SELECT a.term AS a, b.term AS b, p.a < p.b AS is_in_order, p.year_down, LOWER(HEX(p.film)) AS film
          FROM pair_posting p JOIN term a ON a.id = p.a JOIN term b ON b.id = p.b`,
      );
      expect(rows.every((row) => row["is_in_order"] === 1)).toBe(true);
      return rows
        .map((row) => posting(`${row["a"]}`, `${row["b"]}`, `${row["year_down"]} ${row["film"]}`))
        .sort();
    }

    /** What the live films have of the terms that are common by now. */
    async function expected(): Promise<readonly string[]> {
      const common = (await commonTerms()).map((term) => ({ term, isCommon: true }));
      const films = await repository.allFilms({ after: "", limit: 1_000 });
      const postings = films.flatMap(({ state }) => {
        if (state.status !== "live") return [];
        const terms = new Set(termsOf(state.content));
        const has = common.filter(({ term }) => terms.has(term));
        const film = `${YEAR_DOWN - sortYear(state.content)} ${idLiteral(state.id).slice(2).toLowerCase()}`;
        return has.flatMap((a, at) =>
          has
            .slice(at + 1)
            .filter((b) => havePairList(a, b))
            .map((b) => posting(a.term, b.term, film)),
        );
      });
      return postings.sort();
    }

    it("are kept while films come, change and go, by two writers in turns", async () => {
      const corpus = filmCorpus(101, 300);
      const most = new Map<string, number>();
      let turn = 0;
      for (let at = 0; at < corpus.length; at += BATCH) {
        const writer = turn++ % 3 === 0 ? another : repository;
        await writer.append(corpus.slice(at, at + BATCH), plainDecide);
        const rows = await database.rows("SELECT term, films FROM term WHERE LEFT(term, 2) IN ('w:', 'g:')");
        for (const row of rows)
          most.set(String(row["term"]), Math.max(Number(row["films"]), most.get(String(row["term"])) ?? 0));
        const common = [...most].filter(([, films]) => films >= COMMON_FILMS).map(([term]) => term);
        expect(await commonTerms()).toEqual(common.sort());
        expect(await stored()).toEqual(await expected());
      }
      const rows = await database.rows("SELECT common_terms FROM store");
      expect(rows).toEqual([{ common_terms: (await commonTerms()).length }]);
      expect((await stored()).length).toBeGreaterThan(100);
    });

    it("begin with all films there are when several terms become common in one batch", async () => {
      await repository.append(filmCorpus(102), plainDecide);
      expect((await commonTerms()).length).toBeGreaterThan(10);
      expect(await stored()).toEqual(await expected());
    });

    it("follow a film that loses a word and a genre, moves to another year, is withdrawn, or comes again", async () => {
      const films = Array.from({ length: COMMON_FILMS }, (_, id) =>
        update({ title: "Love Story", year: 1970, genres: ["Drama", "Comedy"] }, { id: `${id}`, at: 1 }),
      );
      await repository.append(films, plainDecide);
      const pairs = async () => {
        expect(await stored()).toEqual(await expected());
        return (await stored()).length;
      };
      const each = await pairs();
      // love + story, and each of them with each of the two genres.
      expect(each).toBe(5 * COMMON_FILMS);
      const change = async (facts: Parameters<typeof update>[0], at: number, deleted = false) =>
        repository.append([update(facts, { id: "0", at, ...(deleted ? { deleted } : {}) })], plainDecide);
      await change({ title: "Love", year: 1970, genres: ["Drama"] }, 2);
      expect(await pairs()).toBe(each - 4);
      await change({ title: "Love", year: 1971, genres: ["Drama"] }, 3);
      expect(await pairs()).toBe(each - 4);
      await change({}, 4, true);
      expect(await pairs()).toBe(each - 5);
      await change({ title: "Story Love", year: 1972, genres: ["Comedy"] }, 5);
      expect(await pairs()).toBe(each - 5 + 3);
      // Fewer films than make a term common, and yet it stays common.
      expect(await commonTerms()).toEqual(["g:comedy", "g:drama", "w:love", "w:story"]);
    });

    it("are as they were when the transaction that brings them comes to nothing", async () => {
      const corpus = filmCorpus(103);
      await repository.append(corpus.slice(0, 60), plainDecide);
      const before = [await commonTerms(), await stored()];
      const proxy = await TcpProxy.start(server as string);
      const cut = MySqlMovieRepository.open({ url: proxy.through(database.url), commonFilms: COMMON_FILMS });
      // The first attempt has made terms common, and gets no further.
      let cuts = 0;
      proxy.decide = (sent) => (sent.includes("UPDATE store SET number") && cuts++ === 0 ? "cut" : "pass");
      await cut.append(corpus.slice(60), plainDecide);
      expect(cuts).toBeGreaterThan(1);
      await cut.close();
      await proxy.stop();
      expect(await commonTerms()).not.toEqual(before[0]);
      expect(await stored()).toEqual(await expected());
    });

    it("are not those of terms that a writer has made common in vain", async () => {
      const films = (title: string) =>
        Array.from({ length: COMMON_FILMS }, (_, at) => update({ title }, { id: `${title} ${at}` }));
      await repository.append(films("Story"), plainDecide);
      const proxy = await TcpProxy.start(server as string);
      const cut = MySqlMovieRepository.open({ url: proxy.through(database.url), commonFilms: COMMON_FILMS });
      proxy.decide = (sent) => (sent.includes("UPDATE store SET number") ? "cut" : "pass");
      await expect(cut.append(films("Alpha"), plainDecide)).rejects.toMatchObject({ code: "unavailable" });
      proxy.decide = () => "pass";
      // As many terms are common as it would have made, with ids that it did not give.
      await repository.append([update({ title: "Else" }, { id: "else" })], plainDecide);
      await repository.append(films("Beta"), plainDecide);
      await cut.append([update({ title: "Beta Story" }, { id: "both" })], plainDecide);
      await cut.close();
      await proxy.stop();
      expect(await commonTerms()).toEqual(["w:beta", "w:story"]);
      expect(await stored()).toEqual(await expected());
      expect(await stored()).toHaveLength(1);
    });

    it("are made anew by a rebuild, of the same terms and those that have become common", async () => {
      const later = MySqlMovieRepository.open({ url: database.url, commonFilms: 20 });
      await later.append(filmCorpus(104), plainDecide);
      // Fewer films than make a term common are left of these.
      const ids = Array.from({ length: 20 }, (_, at) => `gone ${at}`);
      await later.append(
        ids.map((id) => update({ title: "Gone Again" }, { id })),
        plainDecide,
      );
      await later.append(
        ids.slice(2).map((id) => update({}, { id, at: 1, deleted: true })),
        plainDecide,
      );
      await later.close();
      const common = await commonTerms();
      expect(common).toEqual(expect.arrayContaining(["w:again", "w:gone"]));
      await database.run("DELETE FROM pair_posting");
      await repository.rebuild(read, plainDecide, { nowMs: 2_000_000_000_000 });
      const now = await commonTerms();
      expect(now).toEqual(expect.arrayContaining([...common]));
      expect(now.length).toBeGreaterThan(common.length);
      expect(await stored()).toEqual(await expected());
      await repository.append(filmCorpus(105), plainDecide);
      expect(await stored()).toEqual(await expected());
    });

    it.each([
      ["before the first", "INSERT INTO pair_posting"],
      ["at its end", "UPDATE store SET common_terms"],
    ])(
      "are made by the migration of an older store, and by the next if it is cut off %s",
      async (_, text) => {
        await repository.append(filmCorpus(106), plainDecide);
        const whole = [await commonTerms(), await stored()];
        await database.run("DROP TABLE pair_posting, common_term");
        await database.run("ALTER TABLE store DROP COLUMN common_terms");
        await database.run("DELETE FROM schema_migration WHERE version > 4");
        const proxy = await TcpProxy.start(server as string);
        proxy.decide = (sent) => (sent.includes(text) ? "cut" : "pass");
        const migrate = (url: string) => migrateMySql({ url, commonFilms: COMMON_FILMS });
        await expect(migrate(proxy.through(database.url))).rejects.toMatchObject({ code: "unavailable" });
        await proxy.stop();
        expect((await migrate(database.url)).from).toBe(4);
        expect([await commonTerms(), await stored()]).toEqual(whole);
        await another.append(filmCorpus(107), plainDecide);
        expect(await stored()).toEqual(await expected());
      },
    );
  });
}

function posting(one: string, other: string, film: string): string {
  return [...[one, other].sort(), film].join(" ");
}

function read({ object, receivedAtMs }: LoggedUpdate): Submission {
  return readSubmission(object, receivedAtMs);
}
