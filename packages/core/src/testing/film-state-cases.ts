/** Contract cases: what becomes of films and their ids. */

import type { Facts } from "../facts.ts";
import { renderMovie } from "../movie.ts";
import type { MovieRepository } from "../movie-repository.ts";
import { expectEqual, expectThat } from "./assertions.ts";
import type { ContractCase } from "./contract.ts";
import {
  allStored,
  expectSoundChanges,
  idOf,
  plainDecide,
  submissionOf,
  timeOf,
  type UpdateOptions,
  update,
} from "./films.ts";
import { generatedUpdates } from "./generated-updates.ts";
import type { DefineCase } from "./repository-case.ts";

const CARMEN = { title: "Carmen", year: 1915 } as const;
const [OLD, NEW] = [idOf("acme", "1"), idOf("zeta", "9")];

export function filmStateCases(define: DefineCase): readonly ContractCase[] {
  return [
    define("a film is created, updated, withdrawn and created again under one id", async (repository) => {
      await take(repository, { title: "Heat", year: 1995 }, { at: 0 });
      await take(repository, { title: "Heat", year: 1995, genres: ["Crime"] }, { at: 1 });
      await take(repository, {}, { at: 2, deleted: true });
      expectEqual(await statusOf(repository, OLD), "withdrawn", "the status of a withdrawn film");
      expectEqual(await foundIds(repository), [], "the films found after the withdrawal");
      await take(repository, { title: "Heat", year: 1995 }, { at: 3 });
      expectEqual(await foundIds(repository), [OLD], "the films found after the film came back");
      expectEqual(
        await kindsOf(repository),
        [`created ${OLD}`, `updated ${OLD}`, `withdrawn ${OLD}`, `created ${OLD}`],
        "the changes",
      );
    }),

    define("a provider that withdraws its word leaves the film to the others", async (repository) => {
      await take(repository, { ...CARMEN, genres: ["Drama"] }, { at: 0 });
      await take(repository, { ...CARMEN, cast: ["Theda Bara"] }, { at: 1, provider: "zeta", id: "9" });
      await take(repository, {}, { at: 2, deleted: true });
      const [film] = (await repository.films([OLD])).films;
      const content = film?.state.status === "live" ? film.state.content : undefined;
      expectEqual(
        content,
        { id: OLD, ...CARMEN, cast: ["Theda Bara"], providers: ["zeta"] },
        "the film that one of its two providers still describes",
      );
    }),

    define(
      "two films that turn out to be one are merged, and the younger id leads to the older",
      async (repository) => {
        await take(repository, CARMEN, { at: 0 });
        await take(repository, { title: "Karmen", year: 1915 }, { at: 1, provider: "zeta", id: "9" });
        expectEqual((await foundIds(repository)).length, 2, "the number of films before");
        const imdb = { externalIds: { imdb: "tt0005078" } };
        await take(repository, { ...CARMEN, ...imdb }, { at: 2 });
        await take(
          repository,
          { title: "Karmen", year: 1915, ...imdb },
          { at: 3, provider: "zeta", id: "9" },
        );
        const { films } = await repository.films([NEW, OLD]);
        expectEqual(films[0]?.state, { id: NEW, status: "merged", into: OLD }, "the state of the younger id");
        expectEqual(films[1]?.state.status, "live", "the status of the older id");
        expectEqual(await foundIds(repository), [OLD], "the films found");
        const merged = (await expectSoundChanges(repository)).find((change) => change.kind === "merged");
        expectEqual(
          [merged?.movieId, merged?.into],
          [NEW, OLD],
          "the id and the target of the change `merged`",
        );
        expectEqual(merged?.before?.status, "live", "the status before the change `merged`");
      },
    ),

    define("a film that turns out to be two is split, and the id lives again", async (repository) => {
      await take(repository, CARMEN, { at: 0 });
      await take(repository, CARMEN, { at: 1, provider: "zeta", id: "9" });
      expectEqual(await statusOf(repository, NEW), "merged", "the status of the second record's id");
      await take(
        repository,
        { title: "Burlesque on Carmen", year: 1915 },
        { at: 2, provider: "zeta", id: "9" },
      );
      expectEqual(await statusOf(repository, NEW), "live", "the status of the id after the split");
      expectEqual((await foundIds(repository)).length, 2, "the number of films after the split");
      const split = (await expectSoundChanges(repository)).find((change) => change.kind === "split");
      expectEqual([split?.movieId, split?.from], [NEW, OLD], "the id and the origin of the change `split`");
    }),

    define("records are joined through others that were not in the batch", async (repository) => {
      // The two ends have no key in common; the one in the middle has one with each.
      await take(repository, { title: "A", externalIds: { imdb: "tt0000001" } }, { at: 0, id: "a" });
      await take(
        repository,
        { title: "C", externalIds: { tmdb: "77" } },
        { at: 1, provider: "zeta", id: "c" },
      );
      await take(
        repository,
        { title: "B", externalIds: { imdb: "tt0000001", tmdb: "77" } },
        { at: 2, provider: "mid", id: "b" },
      );
      const [a, b, c] = [idOf("acme", "a"), idOf("mid", "b"), idOf("zeta", "c")];
      const { films } = await repository.films([a, b, c]);
      const states = films.map((film) => film?.state);
      expectEqual(
        states[0],
        { ...states[0], status: "live", records: [a, b, c].sort() },
        "the film of three records",
      );
      expectEqual(
        states.slice(1).map((state) => state?.status),
        ["merged", "merged"],
        "the other two ids",
      );
      const records = await repository.records([c, "0".repeat(16), a]);
      expectEqual(
        records.map((record) => [record?.provider, record?.facts?.title]),
        [
          ["zeta", "C"],
          [undefined, undefined],
          ["acme", "A"],
        ],
        "records(), in the order of the ids,",
      );
    }),

    define(
      "films() answers in the order of the ids, also for unknown and repeated ones",
      async (repository) => {
        await take(repository, { title: "Heat" }, { at: 0 });
        await take(repository, { title: "Ran" }, { at: 1, provider: "zeta", id: "9" });
        const unknown = "0".repeat(16);
        const { films, version } = await repository.films([NEW, unknown, OLD, NEW]);
        expectEqual(
          films.map((film) => film?.state.id),
          [NEW, undefined, OLD, NEW],
          "the ids of the films",
        );
        expectEqual(version, 2, "the version");
      },
    ),

    define("a film's version is its last change, and its JSON is finished", async (repository) => {
      const submissions = generatedUpdates(61).map((object) => submissionOf(object));
      await repository.append(submissions, plainDecide);
      const changes = await expectSoundChanges(repository);
      const last = new Map(changes.map((change) => [change.movieId, change]));
      for (const { state, version, json } of await allStored(repository)) {
        const change = last.get(state.id);
        expectEqual(version, change?.number ?? 0, `the version of film ${state.id}`);
        const updatedAt = new Date(change?.atMs ?? 0).toISOString();
        const expected = state.status === "live" ? renderMovie(state.content, version, updatedAt) : "";
        expectEqual(json, expected, `the JSON of the ${state.status} film ${state.id}`);
      }
    }),

    define(
      "a record carries the newest word of its provider and the age of its oldest",
      async (repository) => {
        await take(repository, { title: "Heat" }, { at: 10 });
        await take(repository, { title: "Haet" }, { at: 5, receivedAt: 20 });
        const [record] = await repository.records([OLD]);
        expectThat(record !== undefined, "records() knows nothing of a record that was taken in");
        const { provider, sourceId, timeMs, sinceMs, withdrawn, facts } = record;
        expectEqual(
          { provider, sourceId, timeMs, sinceMs, withdrawn, facts },
          {
            provider: "acme",
            sourceId: "1",
            timeMs: timeOf(10),
            sinceMs: timeOf(5),
            withdrawn: false,
            facts: { title: "Heat" },
          },
          "the record",
        );
      },
    ),
  ];
}

async function take(
  repository: MovieRepository,
  facts: Partial<Facts>,
  options: UpdateOptions,
): Promise<void> {
  await repository.append([update(facts, options)], plainDecide);
}

async function statusOf(repository: MovieRepository, id: string): Promise<string | undefined> {
  return (await repository.films([id])).films[0]?.state.status;
}

async function kindsOf(repository: MovieRepository): Promise<readonly string[]> {
  return (await expectSoundChanges(repository)).map((change) => `${change.kind} ${change.movieId}`);
}

async function foundIds(repository: MovieRepository): Promise<readonly string[]> {
  const query = { all: [], any: [], none: [], starts: [], contains: undefined, years: [] } as const;
  const page = await repository.find({ ...query, sort: "-year", limit: 100, after: undefined });
  return page.films.map((film) => film.state.id);
}
