/** Contract cases: how far a shared cache has followed the changes. */

import type { MovieRepository } from "../movie-repository.ts";
import { expectEqual, expectThat } from "./assertions.ts";
import { allDone, type ContractCase } from "./contract.ts";
import { contentsOf, decidingBy, plainDecide, readAgain, timeOf, update } from "./films.ts";
import type { DefineCase, OpenedRepository, RepositoryCapabilities } from "./repository-case.ts";

export function followCases(
  define: DefineCase,
  capabilities: RepositoryCapabilities,
): readonly ContractCase[] {
  const cases = [
    define("in an empty store nothing has been followed and nothing is pending", async (repository) => {
      await expectFollowed(repository, 0, 0, "of an empty store");
      await repository.markFollowed(0);
      await expectFollowed(repository, 0, 0, "after a mark of 0");
    }),

    define("what has been followed rises by marks and never falls", async (repository) => {
      await appendFilms(repository, 5);
      await expectFollowed(repository, 0, 5, "after five changes and no mark");
      await repository.markFollowed(3);
      await expectFollowed(repository, 3, 5, "after the first mark");
      for (const smaller of [3, 0, 2]) await repository.markFollowed(smaller);
      await expectFollowed(repository, 3, 5, "after marks that were not larger");
      await repository.markFollowed(5);
      await expectFollowed(repository, 5, 5, "after the last mark");
      await appendFilms(repository, 1, "later");
      await expectFollowed(repository, 5, 6, "after another change");
    }),

    define("marks of concurrent callers end at the largest", async (repository) => {
      await appendFilms(repository, 16);
      const numbers = Array.from({ length: 16 }, (_, at) => ((at * 7) % 16) + 1);
      await allDone(numbers.map((number) => repository.markFollowed(number)));
      await expectFollowed(repository, 16, 16, "after 16 marks at once");
    }),

    define("a mark changes nothing else", async (repository) => {
      await appendFilms(repository, 3);
      const before = await contentsOf(repository);
      await repository.markFollowed(2);
      expectEqual(await contentsOf(repository), before, "the store after a mark");
    }),

    define("what has been followed is of the same moment as the version", async (repository) => {
      let writing = true;
      const writer = (async () => {
        try {
          for (let number = 1; number <= 30; number++) {
            await appendFilms(repository, 1, `film ${number}`);
            await repository.markFollowed(number);
          }
        } finally {
          writing = false;
        }
      })();
      const reader = (async () => {
        while (writing) {
          const { followed, version } = await repository.followed();
          expectThat(
            followed <= version,
            `${followed} changes are said to have been followed, at version ${version}: these are two moments`,
          );
        }
      })();
      await allDone([reader, writer]);
    }),

    define("a rebuild keeps what has been followed, and what it adds is pending", async (repository) => {
      await repository.append(
        ["acme", "zeta"].map((provider, at) =>
          update(
            { title: "Heat", year: 1995, overview: provider, externalIds: { imdb: "tt0113277" } },
            { provider, at },
          ),
        ),
        plainDecide,
      );
      const before = await repository.version();
      await repository.markFollowed(before);
      const byAcme = decidingBy(["acme"]);
      const { changed } = await repository.rebuild(readAgain, byAcme, { nowMs: timeOf(500) });
      expectThat(changed > 0, "the case itself is wrong: the rebuild has added no change");
      await expectFollowed(repository, before, before + changed, "after a rebuild");
    }),
  ];
  return capabilities.shared === true ? [...cases, ...sharedCases(define)] : cases;
}

function sharedCases(define: DefineCase): readonly ContractCase[] {
  return [
    define("another repository on the store sees what has been followed", async (repository, opened) => {
      const another = await anotherOf(opened);
      try {
        await appendFilms(repository, 4);
        await repository.markFollowed(2);
        await expectFollowed(another, 2, 4, "in the other repository");
        await another.markFollowed(1);
        await another.markFollowed(3);
        await expectFollowed(repository, 3, 4, "after a mark by the other repository");
      } finally {
        await another.close();
      }
    }),

    define("what has been followed is there after closing and opening again", async (repository, opened) => {
      await appendFilms(repository, 2);
      await repository.markFollowed(2);
      const another = await anotherOf(opened);
      try {
        await repository.close();
        await expectFollowed(another, 2, 2, "after closing the repository that marked it");
      } finally {
        await another.close();
      }
    }),
  ];
}

async function anotherOf({ openAnother }: OpenedRepository): Promise<MovieRepository> {
  const another = await openAnother?.();
  expectThat(another !== undefined, "with the capability `shared`, open() has to give `openAnother`");
  return another;
}

/** One change each. */
async function appendFilms(repository: MovieRepository, count: number, name = "film"): Promise<void> {
  const films = Array.from({ length: count }, (_, at) =>
    update({ title: `${name} ${at}` }, { id: `${name} ${at}` }),
  );
  await repository.append(films, plainDecide);
}

async function expectFollowed(
  repository: MovieRepository,
  followed: number,
  version: number,
  when: string,
): Promise<void> {
  expectEqual(await repository.followed(), { followed, version }, `followed() ${when}`);
}
