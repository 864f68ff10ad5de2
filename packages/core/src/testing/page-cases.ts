/** Contract cases: the log, receipts, changes and past states, page by page; and the end of a repository. */

import type { Change } from "../change.ts";
import type { StoredFilm } from "../movie.ts";
import type { MovieRepository } from "../movie-repository.ts";
import { planQuery } from "../query.ts";
import type { Submission } from "../update.ts";
import { encodeUtf8 } from "../utf8.ts";
import { expectEqual, expectError, expectSequence, expectThat } from "./assertions.ts";
import type { ContractCase } from "./contract.ts";
import {
  allChanges,
  allStored,
  appendInMemory,
  idOf,
  plainDecide,
  rawUpdate,
  readAgain,
  submissionOf,
  timeOf,
  update,
  visible,
  wholeLog,
} from "./films.ts";
import { generatedUpdates } from "./generated-updates.ts";
import { Random } from "./random.ts";
import type { DefineCase } from "./repository-case.ts";

export function pageCases(define: DefineCase): readonly ContractCase[] {
  return [
    define("the log gives every update once, in the order of receipt, with its bytes", async (repository) => {
      const submissions = distinct(generatedUpdates(81).map((object) => submissionOf(object)));
      submissions.push(
        rawUpdate(
          Uint8Array.from({ length: 512 }, (_, at) => at % 256),
          { id: "every byte" },
        ),
      );
      submissions.push(rawUpdate(encodeUtf8("\ufeff{}"), { id: "byte order mark" }));
      for (const submission of submissions) await repository.append([submission], plainDecide);
      for (const limit of [1, 7, 1_000]) {
        const log = await wholeLog(repository, limit);
        expectSequence(
          log.map((line) => line.updateId),
          submissions.map((submission) => submission.updateId),
          `the log in pages of ${limit}`,
        );
        for (const [at, line] of log.entries()) {
          const submission = submissions[at] as Submission;
          const { updateId, provider, receivedAtMs, object, outcome } = submission;
          const rejection = "code" in outcome ? { rejection: outcome } : {};
          const expected = {
            sequence: line.sequence,
            updateId,
            provider,
            receivedAtMs,
            object,
            ...rejection,
          };
          expectEqual(line, expected, `line ${at} of the log`);
          expectThat(
            line.sequence > (log[at - 1]?.sequence ?? 0),
            `the sequence does not grow at line ${at}`,
          );
          if (limit === 1) expectEqual(await repository.logged(updateId), line, `logged("${updateId}")`);
        }
      }
      expectEqual(await repository.logged("0".repeat(26)), undefined, "logged() of an unknown update");
    }),

    define(
      "receipts() answers in the order of the ids, also for unknown and repeated ones",
      async (repository) => {
        const submissions = [update({ title: "Heat" }, { id: "heat" }), rawUpdate("{", { id: "broken" })];
        const [heat, broken] = await repository.append(submissions, plainDecide);
        const ids = [broken?.updateId, "0".repeat(26), heat?.updateId, broken?.updateId].map(String);
        expectEqual(await repository.receipts(ids), [broken, undefined, heat, broken], "the receipts");
      },
    ),

    define("findReceipts filters, begins with the newest, and pages by `before`", async (repository) => {
      const submissions = distinct(
        generatedUpdates(82, { updates: 50, rejectedPercent: 25 }).map((object) => submissionOf(object)),
      );
      const batches = new Random(82).pieces(submissions, 10);
      for (const batch of batches) await repository.append(batch, plainDecide);
      const reference = await appendInMemory(batches);
      const newestFirst = submissions.toReversed();
      const { provider, object } = submissions[7] as Submission;
      const filters = [
        {},
        { provider },
        { provider, key: object.key },
        { verdict: "rejected" as const },
        { provider, verdict: "rejected" as const },
        { provider: "nobody" },
      ];
      for (const filter of filters) {
        const what = `findReceipts(${JSON.stringify(filter)})`;
        const expected = newestFirst.filter(
          (each) =>
            (filter.provider === undefined || each.provider === filter.provider) &&
            (filter.key === undefined || each.object.key === filter.key) &&
            (filter.verdict === undefined || "code" in each.outcome),
        );
        const found = [];
        for (let before: number | undefined; ; ) {
          const page = await repository.findReceipts({
            ...filter,
            limit: 4,
            ...(before === undefined ? {} : { before }),
          });
          expectThat(page.length <= 4, `${what} gave a page of ${page.length} for limit 4`);
          found.push(...page);
          expectThat(
            found.length <= submissions.length,
            `${what} never ends: pages do not go on before \`before\``,
          );
          before = page.at(-1)?.sequence;
          if (before === undefined) break;
        }
        const ids = expected.map((each) => each.updateId);
        expectSequence(
          found.map((receipt) => receipt.updateId),
          ids,
          what,
        );
        const receipts = ids.length === 0 ? [] : await reference.receipts(ids);
        expectEqual(
          found.map(({ sequence: _, ...receipt }) => receipt),
          receipts,
          `${what}: the receipts`,
        );
      }
    }),

    define("changes and histories come in pages, ascending, with before and after", async (repository) => {
      const submissions = generatedUpdates(83, { films: 4 }).map((object) => submissionOf(object));
      await repository.append(submissions, plainDecide);
      const reference = await appendInMemory([submissions]);
      const changes = await allChanges(reference);
      for (const limit of [1, 4, 1_000]) {
        await expectPages(changes, limit, "changes", (page) => repository.changes(page));
        for (const [id, own] of Map.groupBy(changes, (change) => change.movieId)) {
          await expectPages(own, limit, `the history of ${id}`, (page) => repository.history(id, page));
        }
      }
      const unknown = await repository.history("0".repeat(16), { after: 0, limit: 10 });
      expectEqual(unknown, [], "the history of an unknown id");
      expectEqual(
        await repository.changes({ after: 1_000_000, limit: 10 }),
        [],
        "changes behind the last one",
      );
    }),

    define("changeAt gives a film as it was, by change number and by time", async (repository) => {
      // The first and the last of three changes of a film, with changes of another one around them.
      for (const [at, id] of ["other", "1", "other", "1", "1", "other"].entries()) {
        const seconds = 10 * (at + 1);
        await repository.append([update({ title: `Title ${at}` }, { id, at: seconds })], plainDecide);
      }
      const id = idOf("acme", "1");
      const titleAt = async (moment: Parameters<MovieRepository["changeAt"]>[1]) => {
        const change = await repository.changeAt(id, moment);
        if (change === undefined) return undefined;
        expectEqual(
          change.before,
          undefined,
          `before of changeAt(${JSON.stringify(moment)}), which has none,`,
        );
        return change.after.status === "live"
          ? `${change.number}: ${change.after.content.title}`
          : change.after.status;
      };
      const byNumber = [];
      for (let number = 0; number <= 7; number++) byNumber.push(await titleAt({ number }));
      const [first, second, third] = ["2: Title 1", "4: Title 3", "5: Title 4"];
      const expected = [undefined, undefined, first, first, second, third, third, third];
      expectEqual(byNumber, expected, "the film at the changes 0 to 7");
      const times = [0, timeOf(19.999), timeOf(20), timeOf(39.999), timeOf(40), timeOf(50), timeOf(1e6)];
      const byTime = [];
      for (const timeMs of times) byTime.push(await titleAt({ timeMs }));
      expectEqual(
        byTime,
        [undefined, undefined, first, first, second, third, third],
        "the film before its first change, at it, and so on to a time in the future",
      );
      const unknown = await repository.changeAt("0".repeat(16), { number: 100 });
      expectEqual(unknown, undefined, "changeAt of an unknown id");
    }),

    define("allFilms gives every id once, ascending, whatever the size of its pages", async (repository) => {
      const submissions = generatedUpdates(84, { updates: 90, films: 30 }).map((object) =>
        submissionOf(object),
      );
      await repository.append(submissions, plainDecide);
      const expected = await allStored(await appendInMemory([submissions]));
      for (const limit of [1, 7, 1_000]) {
        const films: StoredFilm[] = [];
        for (let after = ""; ; ) {
          const page = await repository.allFilms({ after, limit });
          expectThat(page.length <= limit, `allFilms({limit: ${limit}}) gave ${page.length} films`);
          films.push(...page);
          expectThat(
            films.length <= expected.length + limit,
            "allFilms never ends: pages do not go on behind `after`",
          );
          const last = page.at(-1)?.state.id;
          if (last === undefined) break;
          after = last;
        }
        const ids = (list: readonly StoredFilm[]) => list.map((film) => film.state.id);
        expectSequence(ids(films), ids(expected), `allFilms in pages of ${limit}`);
        expectEqual(films, expected, `allFilms in pages of ${limit}`);
      }
      const between = await repository.allFilms({ after: "g", limit: 1_000 });
      expectEqual(
        between,
        expected.filter((film) => film.state.id > "g"),
        "allFilms behind a text that is no id",
      );
    }),

    define("a closed repository says `closed`, and closing twice is fine", async (repository) => {
      const submission = update({ title: "Heat" });
      await repository.append([submission], plainDecide);
      await repository.close();
      await repository.close();
      const id = idOf("acme", "1");
      const page = { after: 0, limit: 10 };
      const calls: Readonly<Record<string, () => Promise<unknown>>> = {
        append: () => repository.append([submission], plainDecide),
        find: () => repository.find(planQuery({}).query),
        films: () => repository.films([id]),
        changeAt: () => repository.changeAt(id, { number: 1 }),
        history: () => repository.history(id, page),
        records: () => repository.records([id]),
        changes: () => repository.changes(page),
        version: () => repository.version(),
        followed: () => repository.followed(),
        markFollowed: () => repository.markFollowed(1),
        receipts: () => repository.receipts([submission.updateId]),
        findReceipts: () => repository.findReceipts({ limit: 10 }),
        log: () => repository.log(page),
        logged: () => repository.logged(submission.updateId),
        retry: () => repository.retry([submission], plainDecide, { nowMs: timeOf(900) }),
        allFilms: () => repository.allFilms({ after: "", limit: 10 }),
        rebuild: () => repository.rebuild(readAgain, plainDecide, { nowMs: timeOf(0) }),
      };
      for (const [name, call] of Object.entries(calls))
        await expectError("closed", call, `${name} after close`);
    }),
  ];
}

function distinct(submissions: readonly Submission[]): Submission[] {
  return [...new Map(submissions.map((submission) => [submission.updateId, submission])).values()];
}

async function expectPages(
  expected: readonly Change[],
  limit: number,
  what: string,
  read: (page: { after: number; limit: number }) => Promise<readonly Change[]>,
): Promise<void> {
  const found: Change[] = [];
  for (;;) {
    const page = await read({ after: found.at(-1)?.number ?? 0, limit });
    expectThat(page.length <= limit, `${what}: a page of ${page.length} for limit ${limit}`);
    if (page.length === 0) break;
    found.push(...page);
    expectThat(
      found.length <= expected.length,
      `${what}: more than ${expected.length}, in pages of ${limit}`,
    );
  }
  const numbers = (changes: readonly Change[]) => changes.map((change) => String(change.number));
  expectSequence(numbers(found), numbers(expected), `${what}, in pages of ${limit}`);
  const shown = new Set<string>();
  for (const [at, { before, ...change }] of found.entries()) {
    const { before: expectedBefore, ...rest } = expected[at] as Change;
    expectEqual(change, rest, `${what}: change ${change.number}`);
    // What became of an id without any reader seeing it needs not be remembered.
    if (shown.has(change.movieId))
      expectEqual(visible(before), visible(expectedBefore), `${what}: before of change ${change.number}`);
    shown.add(change.movieId);
  }
}
