/** Contract cases: change numbers, concurrent callers, and that the order of updates does not matter. */

import type { MovieRepository } from "../movie-repository.ts";
import type { Submission } from "../update.ts";
import { expectEqual, expectFailure, expectThat } from "./assertions.ts";
import { allDone, type ContractCase, forSeeds } from "./contract.ts";
import {
  contentsOf,
  expectSameOutcome,
  expectSoundChanges,
  foldInMemory,
  plainDecide,
  submissionOf,
  timeOf,
  update,
} from "./films.ts";
import { generatedUpdates } from "./generated-updates.ts";
import { Random } from "./random.ts";
import type { DefineCase, RepositoryCapabilities } from "./repository-case.ts";

const CALLERS = 16;

export function numberingCases(
  define: DefineCase,
  capabilities: RepositoryCapabilities,
): readonly ContractCase[] {
  const cases = [
    define("a batch makes the same changes as its updates one by one", async (repository) => {
      const submissions = generatedUpdates(11, { updates: 80 }).map((object) => submissionOf(object));
      const reference = await foldInMemory(submissions);
      for (const batch of new Random(11).pieces(submissions, 25)) await repository.append(batch, plainDecide);
      const visibleChange = async (store: MovieRepository) =>
        (await expectSoundChanges(store)).map(
          ({ number, kind, movieId, updateId, provider, into, from, after }) => {
            return { number, kind, movieId, updateId, provider, into, from, after };
          },
        );
      expectEqual(await visibleChange(repository), await visibleChange(reference), "the changes");
      await expectSameOutcome(repository, reference, "after batches of several sizes");
    }),

    define("a write that fails uses up no change number", async (repository) => {
      await repository.append([update({ title: "One" }, { id: "1" })], plainDecide);
      const failing = () => {
        throw new Error("no decision");
      };
      await expectFailure(
        () => repository.append([update({ title: "Two" }, { id: "2" })], failing),
        "append with a decide that throws",
      );
      const [receipt] = await repository.append([update({ title: "Three" }, { id: "3" })], plainDecide);
      expectEqual(receipt?.changes, [2], "the change numbers after a write that failed");
      await expectSoundChanges(repository);
    }),

    define("the times of the changes never fall, even when the clock steps back", async (repository) => {
      const received = [100, 40, 200, 150];
      for (const [at, receivedAt] of received.entries()) {
        const submission = update({ title: `Film ${at}` }, { id: `${at}`, at: 0, receivedAt });
        const [receipt] = await repository.append([submission], plainDecide);
        const latest = Math.max(...received.slice(0, at + 1));
        expectEqual(receipt?.readableAtMs, timeOf(latest), `readableAtMs of the receipt of update ${at + 1}`);
      }
      const changes = await expectSoundChanges(repository);
      expectEqual(
        changes.map((change) => change.atMs),
        [100, 100, 200, 200].map(timeOf),
        "the times of the changes",
      );
    }),

    define(`${CALLERS} concurrent callers get gap-free numbers and lose no update`, async (repository) => {
      await appendConcurrently([repository], 21);
    }),

    define("what is read while others write is one moment of the store", async (repository) => {
      const submissions = generatedUpdates(31, { updates: 60, films: 6 }).map((object) =>
        submissionOf(object),
      );
      let writing = true;
      const writer = (async () => {
        try {
          for (const submission of submissions) await repository.append([submission], plainDecide);
        } finally {
          writing = false;
        }
      })();
      const reader = (async () => {
        let version = 0;
        while (writing) version = await expectOneMoment(repository, version);
      })();
      await allDone([reader, writer]);
    }),

    define(
      "any order, any batches and any repetition of updates end in the same films",
      async (repository) => {
        const submissions = generatedUpdates(41).map((object) => submissionOf(object));
        const reference = await foldInMemory(submissions);
        const random = new Random(42);
        const repeated = random.shuffled([...submissions, ...random.some(submissions, 20)]);
        for (const batch of random.pieces(repeated, 12)) await repository.append(batch, plainDecide);
        await expectSameOutcome(repository, reference, "after another order (seed 41)");
        await expectSoundChanges(repository);
      },
    ),
  ];
  for (const seed of [1, 2, 3, 4, 5]) {
    cases.push(
      define(`the order of generated updates does not matter (seed ${seed})`, (repository) =>
        forSeeds([seed], async (random) => {
          const objects = generatedUpdates(seed, { updates: 40, films: 5 });
          const submissions = objects.map((object) => submissionOf(object));
          const reference = await foldInMemory(submissions);
          for (const batch of random.pieces(random.shuffled(submissions), 9)) {
            await repository.append(batch, plainDecide);
          }
          await expectSameOutcome(repository, reference, "after another order");
        }),
      ),
    );
  }
  return capabilities.shared === true ? [...cases, ...sharedCases(define)] : cases;
}

function sharedCases(define: DefineCase): readonly ContractCase[] {
  return [
    define("two repositories on one store number their changes together", async (repository, opened) => {
      const another = await opened.openAnother?.();
      expectThat(another !== undefined, "with the capability `shared`, open() has to give `openAnother`");
      try {
        await appendConcurrently([repository, another], 22);
        expectEqual(
          await contentsOf(another),
          await contentsOf(repository),
          "what the other repository reads",
        );
      } finally {
        await another.close();
      }
    }),

    define("what was written is there after closing and opening again", async (repository, opened) => {
      const submissions = generatedUpdates(51).map((object) => submissionOf(object));
      await repository.append(submissions, plainDecide);
      const before = await contentsOf(repository);
      const another = await opened.openAnother?.();
      expectThat(another !== undefined, "with the capability `shared`, open() has to give `openAnother`");
      try {
        await repository.close();
        expectEqual(
          await contentsOf(another),
          before,
          "the store after closing the repository that wrote it",
        );
        const [receipt] = await another.append([update({ title: "Later" }, { id: "later" })], plainDecide);
        expectEqual(receipt?.changes, [before.version + 1], "the number of the next change");
      } finally {
        await another.close();
      }
    }),
  ];
}

/** Overlapping batches, all at once, shared out over the repositories, which stand on one store. */
async function appendConcurrently(repositories: readonly MovieRepository[], seed: number): Promise<void> {
  const objects = generatedUpdates(seed, { updates: CALLERS * 6, films: 5 });
  const submissions = objects.map((object) => submissionOf(object));
  const batches = Array.from({ length: CALLERS }, (_, caller) => {
    // The last of each batch is the first of the next caller's: both bring it, one of them is told `duplicate`.
    return submissions.slice(caller * 6, caller * 6 + 7);
  });
  const answers = await allDone(
    batches.map((batch, caller) => {
      const repository = repositories[caller % repositories.length] as MovieRepository;
      return repository.append(batch, plainDecide);
    }),
  );
  for (const repository of repositories) {
    const changes = await expectSoundChanges(repository);
    const made = Map.groupBy(changes, (change) => change.updateId);
    for (const receipt of answers.flat()) {
      const numbers = (made.get(receipt.updateId) ?? []).map((change) => change.number);
      expectEqual(receipt.changes, numbers, `the changes in the receipt of update ${receipt.updateId}`);
    }
    await expectSameOutcome(
      repository,
      await foldInMemory(submissions),
      `after ${CALLERS} concurrent callers`,
    );
  }
  expectLoggedOnce(submissions, answers.flat().filter((receipt) => receipt.verdict === "duplicate").length);
}

function expectLoggedOnce(submissions: readonly Submission[], duplicates: number): void {
  const distinct = new Set(submissions.map((submission) => submission.updateId)).size;
  const brought = CALLERS * 6 + (CALLERS - 1);
  // An update whose content another one repeats may be a duplicate, too.
  expectThat(
    duplicates >= brought - distinct,
    `${brought} submissions brought ${distinct} updates, but only ${duplicates} receipts say duplicate`,
  );
}

/** @returns the version, which must not have fallen since the last look. */
async function expectOneMoment(repository: MovieRepository, since: number): Promise<number> {
  const query = { all: [], any: [], none: [], starts: [], contains: undefined, years: [] } as const;
  const page = await repository.find({ ...query, sort: "-updated", limit: 100, after: undefined });
  expectThat(page.version >= since, `the version fell from ${since} to ${page.version}`);
  for (const film of page.films) {
    expectThat(
      film.version <= page.version,
      `find shows a film of change ${film.version}, but says that its page is of version ${page.version}`,
    );
  }
  const { films, version } = await repository.films(
    page.films
      .map((film) => film.state.id)
      .slice(0, 100)
      .concat("0".repeat(16)),
  );
  expectThat(version >= page.version, `the version fell from ${page.version} to ${version}`);
  for (const film of films) {
    expectThat(
      film === undefined || film.version <= version,
      `films() shows a film of change ${film?.version}, but says version ${version}`,
    );
  }
  return version;
}
