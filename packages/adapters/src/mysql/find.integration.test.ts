import {
  comparePositions,
  type FindParameters,
  type MovieContent,
  type MovieQuery,
  matches,
  planQuery,
  positionOf,
  SORTS,
  type StoredFilm,
} from "@movie-store/core";
import { filmCorpus, plainDecide, Random, update } from "@movie-store/core/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { Connection, Row } from "./connection.ts";
import { FilmSearch } from "./find.ts";
import { MySqlMovieRepository } from "./movie-repository.ts";
import { settingsOf } from "./options.ts";
import { ConnectionPool } from "./pool.ts";
import { SESSION } from "./session.ts";
import { TestDatabase } from "./testing/test-database.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];
/** In the corpora most words and genres have lists together with others. */
const COMMON_FILMS = 3;

/** What happens to the statements of a search. */
interface Interference {
  /** Told of each statement before it is sent. */
  readonly onStatement?: (sql: string) => void;
  /** Makes other rows of those that a statement gave. */
  readonly onRows?: (rows: readonly Row[], sql: string) => Promise<readonly Row[]>;
}

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`searches on ${name}`, { timeout: 60_000 }, () => {
    let database: TestDatabase;
    let repository: MySqlMovieRepository;
    let pool: ConnectionPool;

    beforeAll(async () => {
      database = await TestDatabase.create(server as string);
      pool = new ConnectionPool({
        url: database.url,
        connections: 2,
        queue: 10,
        acquireDeadlineMs: 5_000,
        statementDeadlineMs: 5_000,
        setup: [SESSION.reading(settingsOf({ url: database.url }))],
      });
    });
    beforeEach(async () => {
      await database.empty();
      repository = MySqlMovieRepository.open({ url: database.url, commonFilms: COMMON_FILMS });
    });
    afterEach(() => repository.close());
    afterAll(async () => {
      await pool.close();
      await database.drop();
    });

    function searchWith(interference: Interference): FilmSearch {
      const { onStatement, onRows } = interference;
      const through = (connection: Connection) => {
        const rows = async (sql: string) => {
          onStatement?.(sql);
          const given = await connection.rows(sql);
          return onRows === undefined ? given : onRows(given, sql);
        };
        return { rows, row: async (sql: string) => (await rows(sql))[0] } as Connection;
      };
      return new FilmSearch({
        read: (work) => pool.read((connection) => work(through(connection))),
        snapshot: (work) => pool.snapshot((connection) => work(through(connection))),
      });
    }

    /** @param factor by which the store is taken to be larger than it is. */
    async function expectTheSameFilms(factor: number): Promise<void> {
      const films = (await repository.allFilms({ after: "", limit: 1_000 })).filter(isLive);
      const random = new Random(81);
      const search = searchWith({
        onRows: async (rows) =>
          rows.map((row) =>
            "part" in row && row["part"] !== null
              ? { ...row, films: Number(row["films"]) * factor, ...(factor === 1 ? {} : endsOf(random)) }
              : row,
          ),
      });
      for (let round = 0; round < 150; round++) {
        const parameters = searchFor(random, films);
        const { query } = planQuery(parameters);
        const expected = expectedFilms(films, query);
        const after =
          random.chance(30) && expected.length > 0 ? placeOf(query, random.pick(expected)) : undefined;
        const rest = expectedFilms(films, { ...query, after });
        const page = await search.find({ ...query, after });
        const what = JSON.stringify({ ...parameters, after });
        expect(page.films.map(titleOf), what).toEqual(rest.slice(0, query.limit).map(titleOf));
        expect(page.more, what).toBe(rest.length > query.limit);
      }
    }

    // The corpora of the contract are small. With counts that say otherwise, searches go the ways of a large store.
    for (const factor of [1, 1_000, 1_000_000]) {
      it(`finds the same films when it takes the store to be ${factor} times as large`, async () => {
        await repository.append(filmCorpus(81), plainDecide);
        await expectTheSameFilms(factor);
      });
    }

    it("finds the same films when no term is common", async () => {
      const plain = MySqlMovieRepository.open({ url: database.url });
      await plain.append(filmCorpus(81), plainDecide);
      await plain.close();
      expect(await database.rows("SELECT term FROM common_term")).toEqual([]);
      await expectTheSameFilms(1);
    });

    it.each([
      ["have all been moved", "TRUE"],
      ["have been moved in part", "CRC32(CONCAT(term, film)) % 2 = 0"],
    ])("finds the same films when the recent postings %s", async (_, which) => {
      await repository.append(filmCorpus(81), plainDecide);
      await database.run(`INSERT INTO title_posting SELECT * FROM title_posting_recent WHERE ${which}`);
      await database.run(`DELETE FROM title_posting_recent WHERE ${which}`);
      await expectTheSameFilms(1);
      await expectTheSameFilms(1_000);
    });

    it("finds a text behind the part of a title that it is sorted by, and pages through such titles", async () => {
      // One character that unfolds to 18: these titles have 3,300 bytes in common.
      const titles = ["a needle", "b needle", "b"].map((end) => "\ufdfa".repeat(100) + end);
      await repository.append(
        titles.map((title, id) => update({ title }, { id: `${id}` })),
        plainDecide,
      );
      for (const factor of [1, 1_000_000]) {
        const search = searchWith({
          onRows: async (rows) =>
            rows.map((row) =>
              "part" in row && row["part"] !== null ? { ...row, films: Number(row["films"]) * factor } : row,
            ),
        });
        for (const sort of SORTS) {
          const { query } = planQuery({ title: "needle", match: "contains", sort, limit: 1 });
          const first = await search.find(query);
          const after = first.films[0] === undefined ? undefined : placeOf(query, first.films[0]);
          const second = await search.find({ ...query, after });
          const found = [...first.films, ...second.films].map(titleOf);
          expect(found.toSorted(), `${sort}, ${factor} times as large`).toEqual(titles.slice(0, 2));
          expect([first.more, second.more]).toEqual([true, false]);
        }
      }
    });

    it("looks terms up once, and needs one statement from then on", async () => {
      await repository.append([update({ title: "Carmen", year: 1915, genres: ["Drama"] })], plainDecide);
      const statements: string[] = [];
      const search = searchWith({ onStatement: (sql) => statements.push(sql) });
      const { query } = planQuery({ title: "carmen", genre: ["Drama"] });
      expect((await search.find(query)).films).toHaveLength(1);
      expect(statements).toHaveLength(2);
      expect((await search.find(query)).films).toHaveLength(1);
      expect(statements).toHaveLength(3);
    });

    it("finds a film by a term that was not there when it was last asked for", async () => {
      const search = searchWith({});
      const { query } = planQuery({ cast: ["Theda Bara"] });
      expect(await search.find(query)).toEqual({ films: [], more: false, version: 0 });
      await repository.append([update({ title: "Carmen", cast: ["Theda Bara"] })], plainDecide);
      const page = await search.find(query);
      expect(page.films.map(titleOf)).toEqual(["Carmen"]);
      expect(page.version).toBe(1);
    });

    const moving: Readonly<Record<string, FindParameters>> = {
      "terms that begin alike": { title: "carm", match: "prefix" },
      "pieces that begin alike": { title: "ca", match: "contains" },
      "one of several names": { "cast.any": ["Theda Bara", "Max"] },
      "none of several names": { "cast.not": ["Nobody", "Max"] },
    };
    for (const [conditions, parameters] of Object.entries(moving)) {
      it(`shows one moment when the store moves between its statements: ${conditions}`, async () => {
        const [first, second, third] = ["Carmela", "Carmine", "Carma"].map((title, id) =>
          update({ title, cast: [id === 1 ? "Max" : "Theda Bara"] }, { id: `${id}` }),
        );
        await repository.append(
          [first, third].filter((each) => each !== undefined),
          plainDecide,
        );
        let moves = 0;
        const search = searchWith({
          onRows: async (rows, sql) => {
            if (sql.includes("AS part") && moves++ === 0) {
              await repository.append(
                [second].filter((each) => each !== undefined),
                plainDecide,
              );
            }
            return rows;
          },
        });
        const { query } = planQuery(parameters);
        const page = await search.find(query);
        const films = (await repository.allFilms({ after: "", limit: 10 })).filter(isLive);
        expect(moves).toBe(2);
        expect(page.version).toBe(3);
        expect(page.films.map(titleOf)).toEqual(expectedFilms(films, query).map(titleOf));
      });
    }

    it("reads some words of an unfinished one from lists of pairs, and looks for the films of the others", async () => {
      const titles = ["Night Watch", "Nights Watch", "Nights Alone", "Night", "Night Alone"];
      await repository.append(
        [...titles, ...Array.from({ length: 12 }, (_, at) => `Watch ${at}`)].map((title, id) =>
          update({ title }, { id: `${id}` }),
        ),
        plainDecide,
      );
      const statements: string[] = [];
      const search = searchWith({ onStatement: (sql) => statements.push(sql) });
      const { films } = await search.find(planQuery({ title: "watch nigh", match: "prefix" }).query);
      expect(films.map(titleOf).toSorted()).toEqual(["Night Watch", "Nights Watch"]);
      expect(statements.at(-1)).toMatch(/FROM pair_posting p .* UNION .* FROM posting p /s);
    });

    it("reads by keys alone, and sorts no list that is in order", async () => {
      await repository.append(filmCorpus(82), plainDecide);
      const statements: string[] = [];
      const search = searchWith({
        onStatement: (sql) => statements.push(sql),
        onRows: async (rows) =>
          rows.map((row) =>
            "part" in row && row["part"] !== null ? { ...row, films: Number(row["films"]) * 100_000 } : row,
          ),
      });
      const searches: FindParameters[] = [
        { genre: ["drama"] },
        { genre: ["drama"], "cast.not": ["max"], "genre.any": ["comedy", "western"], title: "the" },
        { genre: ["drama"], year: ["1996..1998", "2000"] },
        { title: "the k", match: "contains" },
        { title: "the kid", genre: ["drama"] },
        { title: "samu seve", match: "prefix" },
      ];
      for (const parameters of searches) {
        for (const sort of SORTS) await search.find(planQuery({ ...parameters, sort }).query);
      }
      expect(statements.some((sql) => sql.includes("pair_posting"))).toBe(true);
      for (const sql of statements) {
        for (const step of await database.rows(`EXPLAIN FORMAT=TRADITIONAL ${sql}`)) {
          if (!/^(p|q\d*|t|f|j|term)$/.test(String(step["table"]))) continue;
          const plan = `${JSON.stringify(step)} of ${sql}`;
          expect(step["type"], plan).toMatch(/^(const|eq_ref|ref|range)$/);
          expect(step["key"], plan).toMatch(/^(PRIMARY|film_by_version|film_json_of_id)$/);
          // The few films within some years are fetched and sorted.
          if (!sql.includes("STRAIGHT_JOIN film"))
            expect(String(step["Extra"]), plan).not.toContain("filesort");
          expect(String(step["select_type"]), plan).not.toContain("MATERIALIZED");
        }
      }
    });
  });
}

function endsOf(random: Random): { readonly newest: number; readonly oldest: number } {
  return { newest: 9_999 - 1_994 - random.integer(8), oldest: 9_999 - 1_994 - random.integer(8) };
}

function isLive({ state }: StoredFilm): boolean {
  return state.status === "live";
}

function contentOf({ state }: StoredFilm): MovieContent {
  if (state.status !== "live") throw new Error(`${state.id} is ${state.status}`);
  return state.content;
}

function titleOf(film: StoredFilm): string {
  return contentOf(film).title;
}

function placeOf({ sort }: MovieQuery, film: StoredFilm) {
  return positionOf(sort, contentOf(film), film.version);
}

function expectedFilms(films: readonly StoredFilm[], query: MovieQuery): readonly StoredFilm[] {
  const { after, sort } = query;
  return films
    .filter((film) => matches(query, contentOf(film)))
    .filter((film) => after === undefined || comparePositions(sort, placeOf(query, film), after) > 0)
    .toSorted((a, b) => comparePositions(sort, placeOf(query, a), placeOf(query, b)));
}

/** A search that most often finds something, of conditions that go the different ways. */
function searchFor(random: Random, films: readonly StoredFilm[]): FindParameters {
  const { title, year, cast = [], genres = [] } = contentOf(random.pick(films));
  const characters = [...title];
  const start = random.integer(characters.length);
  const piece = characters.slice(start, start + 1 + random.integer(6)).join("");
  const kinds: readonly FindParameters[] = [
    { title, match: random.pick(["words", "exact", "prefix"] as const) },
    piece.trim() === "" ? {} : { title: piece, match: random.pick(["contains", "prefix"] as const) },
    {},
  ];
  return {
    ...random.pick(kinds),
    ...(cast.length > 0 && random.chance(20) ? { cast: [random.pick(cast)] } : {}),
    ...(cast.length > 0 && random.chance(20) ? { "cast.any": [random.pick(cast), "Max"] } : {}),
    ...(random.chance(15) ? { "cast.not": ["Max", "A_B"] } : {}),
    ...(genres.length > 0 && random.chance(40) ? { genre: [random.pick(genres)] } : {}),
    ...(genres.length > 0 && random.chance(20) ? { "genre.any": [random.pick(genres), "Western"] } : {}),
    ...(year !== undefined && random.chance(25) ? { year: [`${year - 1}..${year}`] } : {}),
    sort: random.pick(SORTS),
    limit: random.pick([3, 20]),
  };
}
