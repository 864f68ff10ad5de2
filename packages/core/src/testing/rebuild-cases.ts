/** Contract cases: the quarantine, and making the films again from the log. */

import { MemoryMovieRepository } from "../memory/movie-repository.ts";
import type { MovieRepository } from "../movie-repository.ts";
import { planQuery } from "../query.ts";
import type { Rejection, Submission } from "../update.ts";
import { verifyRepository } from "../verify.ts";
import { expectEqual, expectFailure, expectThat } from "./assertions.ts";
import { allDone, type ContractCase } from "./contract.ts";
import {
  allStates,
  contentsOf,
  decidingBy,
  expectSameOutcome,
  expectSoundChanges,
  foldInMemory,
  idOf,
  plainDecide,
  rawUpdate,
  readAgain,
  submissionOf,
  timeOf,
  update,
  visible,
} from "./films.ts";
import { generatedUpdates } from "./generated-updates.ts";
import type { DefineCase } from "./repository-case.ts";

/** As an older version of the code could have judged that did not know the format yet. */
const UNKNOWN_FORMAT: Rejection = { code: "unknown-format", reason: "none of the known formats" };

export function rebuildCases(define: DefineCase): readonly ContractCase[] {
  return [
    define("a quarantined update that can be read now is taken in exactly once", async (repository) => {
      const readable = update({ title: "Heat", year: 1995 });
      await repository.append([quarantined(readable)], plainDecide);
      expectEqual(
        await foundTitles(repository, "heat"),
        [],
        "the films found while the update is in the quarantine",
      );
      const [receipt, again] = await repository.retry([readable, readable], plainDecide, {
        nowMs: timeOf(900),
      });
      expectEqual(
        [receipt?.verdict, receipt?.changes],
        ["accepted", [1]],
        "the verdict and changes of the retry",
      );
      expectEqual(receipt?.readableAtMs, timeOf(900), "the time from which on a retried update is readable");
      expectThat(receipt?.rejection === undefined, "the receipt of an accepted retry still has a rejection");
      expectEqual(
        again,
        { ...receipt, verdict: "duplicate" },
        "the receipt of its repetition in the same batch",
      );
      expectEqual(await foundTitles(repository, "heat"), ["Heat"], "the films found after the retry");
      expectEqual((await repository.receipts([readable.updateId]))[0], receipt, "the receipt, read later,");
      expectEqual(
        (await repository.logged(readable.updateId))?.rejection,
        undefined,
        "the rejection in the log",
      );
      expectEqual(await repository.findReceipts({ verdict: "rejected", limit: 10 }), [], "the quarantine");
      const before = await contentsOf(repository);
      const [second] = await repository.retry([readable], plainDecide, { nowMs: timeOf(900) });
      expectEqual(second?.verdict, "duplicate", "the verdict of a second retry");
      expectEqual(await contentsOf(repository), before, "the store after a second retry");
    }),

    define("a retried update that still can't be read stays, with its new reason", async (repository) => {
      const broken = rawUpdate("{", { id: "broken" });
      await repository.append([{ ...broken, outcome: UNKNOWN_FORMAT }], plainDecide);
      const [receipt] = await repository.retry([broken], plainDecide, { nowMs: timeOf(900) });
      expectEqual(
        [receipt?.verdict, receipt?.rejection],
        ["rejected", broken.outcome],
        "the receipt of the retry",
      );
      const logged = await repository.logged(broken.updateId);
      expectEqual(logged?.rejection, broken.outcome, "the reason in the log");
      expectEqual(logged?.object.bytes, broken.object.bytes, "the bytes in the log");
      expectEqual(await repository.version(), 0, "the version");
    }),

    define("a retried update that is older than what came since changes nothing", async (repository) => {
      const older = update({ title: "Haet" }, { at: 1 });
      await repository.append([quarantined(older)], plainDecide);
      await repository.append([update({ title: "Heat" }, { at: 2 })], plainDecide);
      const [receipt] = await repository.retry([older], plainDecide, { nowMs: timeOf(900) });
      expectEqual(
        [receipt?.verdict, receipt?.changes],
        ["superseded", []],
        "the verdict and changes of the retry",
      );
      expectEqual(await foundTitles(repository, ""), ["Heat"], "the titles");
    }),

    define("a retry whose decide throws leaves nothing behind", async (repository) => {
      const readable = update({ title: "Heat" });
      await repository.append([quarantined(readable)], plainDecide);
      const before = await contentsOf(repository);
      const refusing = () => {
        throw new Error("no decision");
      };
      await expectFailure(
        () => repository.retry([readable], refusing, { nowMs: timeOf(900) }),
        "retry with a decide that throws",
      );
      expectEqual(await contentsOf(repository), before, "the store after a retry that failed");
    }),

    define("a rebuild of a sound store changes nothing", async (repository) => {
      const submissions = generatedUpdates(91, { updates: 80 }).map((object) => submissionOf(object));
      await repository.append(submissions, plainDecide);
      const before = await contentsOf(repository);
      const progress: number[] = [];
      const report = await repository.rebuild(readAgain, plainDecide, {
        nowMs: timeOf(100_000),
        onProgress: (updates) => progress.push(updates),
      });
      const accepted = before.log.filter((line) => line.rejection === undefined).length;
      expectEqual(report, { updates: accepted, changed: 0 }, "the report of the rebuild");
      expectEqual(progress.at(-1), accepted, "the number of updates that onProgress was told last");
      expectEqual(
        progress,
        progress.toSorted((a, b) => a - b),
        "the numbers that onProgress was told",
      );
      expectEqual(await contentsOf(repository), before, "the store after the rebuild");
      await expectVerified(repository);
      const sofar = before.version;
      const [receipt] = await repository.append([update({ title: "Later" }, { id: "later" })], plainDecide);
      expectEqual(receipt?.changes, [sofar + 1], "the number of the change after the rebuild");
    }),

    define("a rebuild by other rules adds a change for each film that differs", async (repository) => {
      await repository.append(contradictions(), plainDecide);
      const before = await contentsOf(repository);
      const byZeta = decidingBy(["zeta"]);
      const reference = await foldInMemory(contradictions(), byZeta);
      const report = await repository.rebuild(readAgain, byZeta, { nowMs: timeOf(500) });
      const old = new Map(before.films.map((film) => [film.state.id, film.state]));
      const differing = (await allStates(reference)).filter(
        (state) => JSON.stringify(visible(old.get(state.id))) !== JSON.stringify(visible(state)),
      );
      expectThat(differing.length === 10, `the case itself is wrong: ${differing.length} films differ`);
      expectEqual(report.changed, differing.length, "`changed`, the number of films that differ,");
      await expectSameOutcome(repository, reference, "after the rebuild");
      const added = (await expectSoundChanges(repository)).slice(before.version);
      expectEqual(
        added.map((change) => change.movieId).sort(),
        differing.map((state) => state.id).sort(),
        "the films of the added changes",
      );
      for (const change of added) {
        expectEqual(
          [change.kind, change.updateId, change.atMs],
          ["updated", undefined, timeOf(500)],
          "an added change",
        );
        const [film] = (await repository.films([change.movieId])).films;
        expectEqual(film?.version, change.number, `the version of film ${change.movieId}`);
        expectThat(
          film?.json.includes(`"version":${change.number}`) === true,
          `the JSON of ${change.movieId} is old`,
        );
      }
      expectEqual(
        (await foundTitles(repository, "zeta")).length,
        10,
        "the number of films found by the new titles",
      );
      expectEqual(await foundTitles(repository, "acme"), [], "the films found by the old titles");
      await expectVerified(repository, ["zeta"]);
    }),

    define("a rebuild that fails leaves everything as it was", async (repository) => {
      await repository.append(contradictions(), plainDecide);
      const before = await contentsOf(repository);
      let reads = 0;
      const failing = (update: Parameters<typeof readAgain>[0]) => {
        reads++;
        if (reads === 7) throw new Error("the log can't be read here");
        return readAgain(update);
      };
      await expectFailure(
        () => repository.rebuild(failing, decidingBy(["zeta"]), { nowMs: timeOf(500) }),
        "rebuild with a `read` that throws",
      );
      expectEqual(await contentsOf(repository), before, "the store after a rebuild that failed");
      expectEqual((await foundTitles(repository, "acme")).length, 10, "the number of films found by title");
    }),

    define(
      "readers see the old films or the new ones while a rebuild runs, never some of each",
      async (repository) => {
        await repository.append(contradictions(), plainDecide);
        const before = await foundTitles(repository, "");
        const reading: Promise<readonly string[]>[] = [];
        const watching = (update: Parameters<typeof readAgain>[0]) => {
          reading.push(foundTitles(repository, ""));
          return readAgain(update);
        };
        try {
          await repository.rebuild(watching, decidingBy(["zeta"]), { nowMs: timeOf(500) });
        } finally {
          await Promise.allSettled(reading);
        }
        const after = await foundTitles(repository, "");
        for (const titles of await allDone(reading)) {
          const expected = titles.some((title) => title.startsWith("Zeta")) ? after : before;
          expectEqual(titles, expected, "the titles that a reader saw during the rebuild");
        }
      },
    ),

    define(
      "a rebuild takes in what has been taken out of the quarantine, and leaves out the rest",
      async (repository) => {
        const [readable, broken] = [update({ title: "Heat" }), rawUpdate("{", { id: "broken" })];
        await repository.append([quarantined(readable), broken], plainDecide);
        await repository.retry([readable], plainDecide, { nowMs: timeOf(900) });
        const before = await contentsOf(repository);
        const report = await repository.rebuild(readAgain, plainDecide, { nowMs: timeOf(500) });
        expectEqual(report, { updates: 1, changed: 0 }, "the report of the rebuild");
        expectEqual(await contentsOf(repository), before, "the store after the rebuild");
      },
    ),

    define("after a rebuild every kind of update is still taken in as before", async (repository) => {
      const submissions = generatedUpdates(92, { updates: 80 }).map((object) => submissionOf(object));
      await repository.append(submissions.slice(0, 40), plainDecide);
      await repository.rebuild(readAgain, plainDecide, { nowMs: timeOf(100_000) });
      await repository.append(submissions.slice(40), plainDecide);
      await expectSameOutcome(repository, await foldInMemory(submissions), "with a rebuild in between");
      await expectVerified(repository);
    }),

    define("the rebuild of an empty store is fine", async (repository) => {
      const report = await repository.rebuild(readAgain, plainDecide, { nowMs: timeOf(0) });
      expectEqual(report, { updates: 0, changed: 0 }, "the report of the rebuild");
      expectEqual(await repository.films([idOf("acme", "1")]), { films: [undefined], version: 0 }, "films()");
    }),
  ];
}

/** Ten films, of each of which acme and zeta give a different title; acme's is newer. */
function contradictions(): readonly Submission[] {
  return Array.from({ length: 10 }, (_, at) => {
    const externalIds = { imdb: `tt000000${at}` };
    return [
      update({ title: `Zeta ${at}`, externalIds }, { provider: "zeta", id: `z${at}`, at: at }),
      update({ title: `Acme ${at}`, externalIds }, { provider: "acme", id: `a${at}`, at: 100 + at }),
    ];
  }).flat();
}

function quarantined(submission: Submission): Submission {
  return { ...submission, outcome: UNKNOWN_FORMAT };
}

async function foundTitles(repository: MovieRepository, title: string): Promise<readonly string[]> {
  const search = title === "" ? {} : { title };
  const { films } = await repository.find(planQuery({ ...search, sort: "title", limit: 100 }).query);
  return films.map(({ state }) => (state.status === "live" ? state.content.title : state.status));
}

async function expectVerified(repository: MovieRepository, priority: readonly string[] = []): Promise<void> {
  const scratch = new MemoryMovieRepository();
  const report = await verifyRepository(repository, scratch, readAgain, decidingBy(priority));
  expectEqual(report.differences, [], "what verifyRepository finds");
}
