/** Contract cases: find. What it must find is told by trying every film with `matches` and `comparePositions`. */

import type { FindParameters } from "../find-parameters.ts";
import { renderMovie, type StoredFilm } from "../movie.ts";
import type { MovieRepository } from "../movie-repository.ts";
import { comparePositions, type Position, positionOf, SORTS, type Sort } from "../page-order.ts";
import { type MovieQuery, matches, planQuery } from "../query.ts";
import { expectEqual, expectSequence, expectThat } from "./assertions.ts";
import { type ContractCase, forSeeds } from "./contract.ts";
import { filmCorpus } from "./film-corpus.ts";
import { allStored, foldInMemory, plainDecide, update } from "./films.ts";
import { Random } from "./random.ts";
import type { DefineCase } from "./repository-case.ts";
import { generatedSearches, SEARCHES } from "./searches.ts";

export function findCases(define: DefineCase): readonly ContractCase[] {
  return [
    ...SEARCHES.map(({ name, searches }) =>
      define(`find: ${name}`, async (repository) => {
        const films = await loadCorpus(repository, 71);
        for (const search of searches)
          await expectFound(repository, films, queryOf(search), JSON.stringify(search));
      }),
    ),

    define("find: conditions that are combined in any way", (repository) =>
      forSeeds([72], async (random) => {
        const films = await loadCorpus(repository, 72);
        for (const search of generatedSearches(random, films, 60)) {
          await expectFound(repository, films, queryOf(search), JSON.stringify(search));
        }
      }),
    ),

    ...SORTS.map((sort) =>
      define(`find: the pages of sort ${sort} give each film once, in a total order`, async (repository) => {
        const films = await loadCorpus(repository, 73);
        for (const search of PAGED) {
          for (const limit of [3, 100]) {
            await expectFound(
              repository,
              films,
              { ...queryOf(search), sort, limit },
              JSON.stringify({ ...search, sort, limit }),
            );
          }
        }
      }),
    ),

    ...SORTS.map((sort) =>
      define(`find: a page of sort ${sort} can begin anywhere, also where no film is`, async (repository) => {
        const films = await loadCorpus(repository, 74);
        const random = new Random(74);
        for (let round = 0; round < 30; round++) {
          const after = placeNear(sort, random, films);
          const query = { ...queryOf(random.pick(PAGED)), sort, after, limit: 20 };
          const page = await repository.find(query);
          const expected = expectedFilms(films, query).slice(0, 20);
          expectSequence(
            idsOf(page.films),
            idsOf(expected),
            `the page of sort ${sort} behind ${JSON.stringify(after)}`,
            titled(films),
          );
        }
      }),
    ),

    define("find: titles are in the order of their UTF-8 bytes", async (repository) => {
      // By UTF-16 units the last two would change places; by most collations several would.
      const ordered = ["10", "9", "a, b", "aa", "z", "ø", "я", "東", "\ufdfd", "🎬", "𠮷"];
      await appendTitles(repository, new Random(1).shuffled(ordered));
      expectEqual(await titlesFound(repository, { sort: "title" }), ordered.toSorted(byBytes), "sort title");
      expectEqual(
        await titlesFound(repository, { sort: "-title" }),
        ordered.toSorted(byBytes).reverse(),
        "sort -title",
      );
    }),

    define(
      "find: titles that differ only at their end are told apart and kept in order",
      async (repository) => {
        const beginning = "長い題名".repeat(249);
        const titles = ["c", "a", "b"].map((end) => beginning + end);
        await appendTitles(repository, titles);
        expectEqual(
          await titlesFound(repository, { sort: "title", limit: 1 }),
          titles.toSorted(),
          "sort title, one a page",
        );
        const exact = await titlesFound(repository, { title: `${beginning}b`, match: "exact" });
        expectEqual(exact, [`${beginning}b`], "the titles found by a long exact title");
      },
    ),

    define("find: names match whatever their case, accents and spaces", async (repository) => {
      const facts = { title: "Amélie  Poulain", year: 2001, cast: ["Renée Adorée"], genres: ["Comédie"] };
      await repository.append([update(facts)], plainDecide);
      const spellings: FindParameters[] = [
        { title: "AMELIE" },
        { title: "poulain ame\u0301lie" },
        { title: "amélie poulain", match: "exact" },
        { title: "LIE POU", match: "contains" },
        { title: "amelie pou", match: "prefix" },
        { cast: ["RENEE   adoree"] },
        { "cast.any": ["nobody", "Rene\u0301e Adore\u0301e"] },
        { genre: ["comedie"] },
      ];
      for (const search of spellings) {
        expectEqual(
          await titlesFound(repository, search),
          [facts.title],
          `the films found by ${JSON.stringify(search)}`,
        );
      }
      for (const search of [
        { "cast.not": ["renee adoree"] },
        { "genre.not": ["COMÉDIE"] },
        { cast: ["Renée"] },
      ]) {
        expectEqual(
          await titlesFound(repository, search),
          [],
          `the films found by ${JSON.stringify(search)}`,
        );
      }
    }),

    define(
      "find: signs are taken literally, also those that a database gives a meaning",
      async (repository) => {
        const titles = [
          "100% Wolf",
          "100 Wolf",
          "a_b",
          "axb",
          'say "no"',
          "it's",
          "back\\slash",
          "@home",
          "+plus -minus *",
        ];
        await appendTitles(repository, titles);
        const literal = {
          "100%": 0,
          a_b: 2,
          _: 2,
          "%": 0,
          '"no"': 4,
          "t's": 5,
          "k\\s": 6,
          "@h": 7,
          "s *": 8,
        };
        for (const [title, at] of Object.entries(literal)) {
          const found = await titlesFound(repository, { title, match: "contains" });
          expectEqual(found, [titles[at]], `the titles that contain ${title}`);
        }
        for (const title of titles) {
          const found = await titlesFound(repository, { title, match: "exact" });
          expectEqual(found, [title], `the titles that are exactly ${title}`);
        }
        expectEqual(
          await titlesFound(repository, { title: "' OR 1=1 --", match: "contains" }),
          [],
          "an injected condition",
        );
      },
    ),

    define("find: a film is found by what it is now, and no longer by what it was", async (repository) => {
      const before = { title: "Old Name", year: 1990, cast: ["Theda Bara"], genres: ["Drama"] };
      const after = { title: "New Title", year: 1991, cast: ["Max"], genres: ["Comedy"] };
      await repository.append([update(before, { at: 0 })], plainDecide);
      await repository.append([update(after, { at: 1 })], plainDecide);
      const gone: FindParameters[] = [
        { title: "old" },
        { title: "old name", match: "exact" },
        { title: "ld na", match: "contains" },
        { title: "nam", match: "prefix" },
        { year: ["1990"] },
        { cast: ["Theda Bara"] },
        { genre: ["Drama"] },
      ];
      for (const search of gone) {
        expectEqual(
          await titlesFound(repository, search),
          [],
          `the films found by ${JSON.stringify(search)}`,
        );
      }
      const found = { title: "new", year: ["1991"], cast: ["max"], genre: ["comedy"], provider: "acme" };
      expectEqual(
        await titlesFound(repository, found),
        ["New Title"],
        "the films found by what the film is now",
      );
      await repository.append([update({}, { at: 2, deleted: true })], plainDecide);
      expectEqual(await titlesFound(repository, {}), [], "the films found once the film is withdrawn");
      expectEqual(
        await titlesFound(repository, { title: "new" }),
        [],
        "the films found by a withdrawn title",
      );
    }),
  ];
}

const PAGED: readonly FindParameters[] = [
  {},
  { genre: ["Drama"] },
  { "genre.any": ["Drama", "Comedy"], "cast.not": ["Max"] },
  { year: ["1996..1998"] },
  { year: ["..1995", "1999.."] },
  { title: "a", match: "contains" },
  { title: "car", match: "prefix" },
];

/** @returns the live films that the memory implementation makes of the same updates. */
async function loadCorpus(repository: MovieRepository, seed: number): Promise<readonly StoredFilm[]> {
  const submissions = filmCorpus(seed);
  await repository.append(submissions, plainDecide);
  const reference = await foldInMemory(submissions);
  return (await allStored(reference)).filter((film) => film.state.status === "live");
}

function queryOf(search: FindParameters): MovieQuery {
  return planQuery(search).query;
}

/** Walks through all pages, and compares them with what trying every film gives. */
async function expectFound(
  repository: MovieRepository,
  films: readonly StoredFilm[],
  query: MovieQuery,
  what: string,
): Promise<void> {
  const expected = expectedFilms(films, query);
  const found = await walk(repository, query, films.length + 2, what);
  expectSequence(idsOf(found), idsOf(expected), what, titled(films));
  for (const [at, film] of found.entries()) {
    const { state, version, json } = film;
    expectEqual(state, expected[at]?.state, `${what}: the film at place ${at}`);
    expectEqual(version, expected[at]?.version, `${what}: the version of the film at place ${at}`);
    if (state.status !== "live") continue;
    const { updatedAt } = JSON.parse(json) as { updatedAt: string };
    expectEqual(
      json,
      renderMovie(state.content, version, updatedAt),
      `${what}: the JSON of the film at place ${at}`,
    );
  }
}

async function walk(
  repository: MovieRepository,
  query: MovieQuery,
  maxFilms: number,
  what: string,
): Promise<readonly StoredFilm[]> {
  const found: StoredFilm[] = [];
  const version = await repository.version();
  for (let after = query.after; ; ) {
    const page = await repository.find({ ...query, after });
    expectThat(page.films.length <= query.limit, `${what}: a page of ${page.films.length} films`);
    expectThat(page.version === version, `${what}: version ${page.version}, but the store is at ${version}`);
    found.push(...page.films);
    if (!page.more) return found;
    const last = page.films.at(-1);
    expectThat(last !== undefined, `${what}: an empty page says that more films follow`);
    expectThat(
      page.films.length === query.limit,
      `${what}: a page that is not full says that more films follow`,
    );
    expectThat(last.state.status === "live", `${what}: a ${last.state.status} film was found`);
    if (found.length > maxFilms) return found;
    after = placeOf(query.sort, last);
  }
}

function expectedFilms(films: readonly StoredFilm[], query: MovieQuery): readonly StoredFilm[] {
  const { sort, after } = query;
  return films
    .filter(({ state }) => state.status === "live" && matches(query, state.content))
    .filter((film) => after === undefined || comparePositions(sort, placeOf(sort, film), after) > 0)
    .toSorted((a, b) => comparePositions(sort, placeOf(sort, a), placeOf(sort, b)));
}

function placeOf(sort: Sort, { state, version }: StoredFilm): Position {
  return state.status === "live" ? positionOf(sort, state.content, version) : { key: 0, id: state.id };
}

/** The place of a film, or one just beside it: another id, or a key that no film has. */
function placeNear(sort: Sort, random: Random, films: readonly StoredFilm[]): Position {
  const { key, id } = placeOf(sort, random.pick(films));
  const other = random.pick([id, "0".repeat(16), "v".repeat(16), placeOf(sort, random.pick(films)).id]);
  if (typeof key === "number") return { key: key + random.pick([0, 0, 1, -1]), id: other };
  return { key: random.pick([key, key, `${key} `, [...key].slice(1).join("")]), id: other };
}

function idsOf(films: readonly StoredFilm[]): readonly string[] {
  return films.map((film) => film.state.id);
}

function titled(films: readonly StoredFilm[]): (id: string) => string {
  const known = new Map(films.map((film) => [film.state.id, film.state]));
  return (id) => {
    const state = known.get(id);
    return state?.status === "live"
      ? `${state.content.title} (${state.content.year ?? "no year"}, ${id})`
      : id;
  };
}

async function appendTitles(repository: MovieRepository, titles: readonly string[]): Promise<void> {
  await repository.append(
    titles.map((title, at) => update({ title }, { id: `${at}` })),
    plainDecide,
  );
}

async function titlesFound(repository: MovieRepository, search: FindParameters): Promise<readonly string[]> {
  const films = await walk(repository, queryOf(search), 1_000, JSON.stringify(search).slice(0, 100));
  return films.map(({ state }) => (state.status === "live" ? state.content.title : state.status));
}

function byBytes(a: string, b: string): number {
  const [left, right] = [[...a], [...b]].map((text) =>
    text.map((character) => character.codePointAt(0) ?? 0),
  );
  for (let at = 0; ; at++) {
    const [x, y] = [left?.[at] ?? -1, right?.[at] ?? -1];
    if (x !== y || x === -1) return x - y;
  }
}
