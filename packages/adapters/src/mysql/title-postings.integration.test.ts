import {
  type LoggedUpdate,
  readSubmission,
  type Submission,
  sortTitle,
  sortYear,
  termsOf,
} from "@movie-store/core";
import { filmCorpus, plainDecide } from "@movie-store/core/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { idLiteral } from "./ids.ts";
import { sortKeyOfTitle } from "./keys.ts";
import { MySqlMovieRepository } from "./movie-repository.ts";
import { ConnectionPool } from "./pool.ts";
import { hasTitlePostings, PostingWriter } from "./postings.ts";
import { YEAR_DOWN } from "./schema.ts";
import { SESSION } from "./session.ts";
import { append } from "./take-in.ts";
import { TestDatabase } from "./testing/test-database.ts";
import { Writer } from "./writer.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];
const HELD = 100;
const MOVED_AT_LEAST = 10;
const BATCH = 7;

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`postings by title on ${name}`, { timeout: 60_000 }, () => {
    let database: TestDatabase;
    let repository: MySqlMovieRepository;
    let pool: ConnectionPool;
    let writer: Writer;
    const postings = () => new PostingWriter(undefined, { held: HELD, movedAtLeast: MOVED_AT_LEAST });

    beforeAll(async () => {
      database = await TestDatabase.create(server as string);
      pool = new ConnectionPool({
        url: database.url,
        connections: 1,
        queue: 10,
        acquireDeadlineMs: 5_000,
        statementDeadlineMs: 5_000,
        setup: [SESSION.keeping],
      });
      writer = new Writer(pool, 5_000);
    });
    beforeEach(async () => {
      await database.empty();
      repository = MySqlMovieRepository.open({ url: database.url });
    });
    afterEach(() => repository.close());
    afterAll(async () => {
      await pool.close();
      await database.drop();
    });

    /** Each posting as text, from both tables. */
    async function stored(): Promise<readonly string[]> {
      const columns = "t.term, LOWER(HEX(p.title)), LOWER(HEX(p.film)), p.year_down, p.version";
      const rows = await database.rows(
        ["title_posting", "title_posting_recent"]
          .map(
            (table) =>
              `SELECT CONCAT_WS(' ', ${columns}) AS posting FROM ${table} p JOIN term t ON t.id = p.term`,
          )
          .join(" UNION ALL "),
      );
      return rows.map((row) => String(row["posting"])).sort();
    }

    async function expected(): Promise<readonly string[]> {
      const films = await repository.allFilms({ after: "", limit: 1_000 });
      return films
        .flatMap(({ state, version }) => {
          if (state.status !== "live") return [];
          const title = Buffer.from(sortKeyOfTitle(sortTitle(state.content))).toString("hex");
          const film = idLiteral(state.id).slice(2);
          const year = YEAR_DOWN - sortYear(state.content);
          return termsOf(state.content)
            .filter(hasTitlePostings)
            .map((term) => [term, title, film, year, version].join(" "));
        })
        .sort();
    }

    async function held(): Promise<{
      readonly held: number;
      readonly recent: number;
      readonly moved: number;
    }> {
      const [row] = await database.rows(
        `SELECT (SELECT COALESCE(SUM(held), 0) FROM title_posting_sweep) AS held,
          (SELECT COUNT(*) FROM title_posting_recent) AS recent, (SELECT COUNT(*) FROM title_posting) AS moved`,
      );
      return { held: Number(row?.["held"]), recent: Number(row?.["recent"]), moved: Number(row?.["moved"]) };
    }

    async function take(batch: readonly Submission[], by = postings()): Promise<void> {
      await writer.write((connection, store) => append(connection, store, by, batch, plainDecide));
    }

    it("are each in one of the two tables, while films come, change and go", async () => {
      const corpus = filmCorpus(91);
      const by = postings();
      let moves = 0;
      for (let at = 0; at < corpus.length; at += BATCH) {
        const before = await held();
        await take(corpus.slice(at, at + BATCH), by);
        const now = await held();
        if (now.moved > before.moved) moves++;
        expect(await stored()).toEqual(await expected());
        expect(now.held).toBe(now.recent);
        expect(now.recent).toBeLessThan(HELD + 2 * BATCH * MOST_TERMS);
      }
      expect(moves).toBeGreaterThan(10);
    });

    it("wait for one round of the table at most, whichever writers move them", async () => {
      const corpus = filmCorpus(92, 400);
      for (let at = 0; at < corpus.length; at += 4 * BATCH) await take(corpus.slice(at, at + 4 * BATCH));
      // With each writer beginning at the first key, postings of the last terms would never have been moved.
      const [row] = await database.rows(
        "SELECT MIN(version) AS oldest, (SELECT number FROM store) AS newest FROM title_posting_recent",
      );
      expect(Number(row?.["oldest"])).toBeGreaterThan(Number(row?.["newest"]) / 2);
    });

    it("stay where they were when the transaction that moves them comes to nothing", async () => {
      const corpus = filmCorpus(93);
      for (let at = 0; at < 70; at += BATCH) await take(corpus.slice(at, at + BATCH));
      const before = [await stored(), await held()];
      await expect(
        writer.write(async (connection, store) => {
          await append(connection, store, postings(), corpus.slice(70), plainDecide);
          throw new Error("cut off");
        }),
      ).rejects.toThrow("cut off");
      // The pool has ended the connection, and with it the transaction.
      expect([await stored(), await held()]).toEqual(before);
      await take(corpus.slice(70));
      expect(await stored()).toEqual(await expected());
    });

    it("are all in the large table after a rebuild", async () => {
      await take(filmCorpus(94));
      await repository.rebuild(read, plainDecide, { nowMs: 2_000_000_000_000 });
      expect(await held()).toMatchObject({ held: 0, recent: 0 });
      expect(await stored()).toEqual(await expected());
    });
  });
}

function read({ object, receivedAtMs }: LoggedUpdate): Submission {
  return readSubmission(object, receivedAtMs);
}

/** A film of the corpus has at most three genres, so three pairs of them, two providers and the term of every film. */
const MOST_TERMS = 9;
