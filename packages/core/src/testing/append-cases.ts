/** Contract cases: what append does with a batch. */

import type { Decide, Decision } from "../decide.ts";
import type { MovieRepository } from "../movie-repository.ts";
import { MAX_OBJECT_BYTES, type Receipt } from "../update.ts";
import { encodeUtf8 } from "../utf8.ts";
import { expectEqual, expectFailure, expectThat, fail } from "./assertions.ts";
import type { ContractCase } from "./contract.ts";
import { allStates, contentsOf, idOf, plainDecide, rawUpdate, stateOf, update, wholeLog } from "./films.ts";
import type { DefineCase } from "./repository-case.ts";

export function appendCases(define: DefineCase): readonly ContractCase[] {
  return [
    define("a new repository is empty", async (repository) => {
      expectEqual(
        await contentsOf(repository),
        { version: 0, log: [], changes: [], films: [], receipts: [] },
        "what a new repository holds",
      );
    }),

    define("append logs every submission and gives the receipts in the same order", async (repository) => {
      const batch = [
        update({ title: "Heat", year: 1995 }, { id: "heat", at: 3, receivedAt: 9 }),
        rawUpdate("{", { id: "broken", at: 2, receivedAt: 9 }),
        update({ title: "Ran", year: 1985 }, { provider: "zeta", id: "ran", at: 1, receivedAt: 9 }),
      ];
      const receipts = await repository.append(batch, plainDecide);
      const [heat, broken, ran] = batch.map(({ updateId, provider, object, receivedAtMs }) => {
        const { bucket, key, versionId, eventTimeMs } = object;
        return { updateId, provider, bucket, key, versionId, eventTimeMs, receivedAtMs };
      });
      const taken = (movieId: string, sourceId: string, number: number) => ({
        verdict: "accepted",
        sourceId,
        movieId,
        changes: [number],
        readableAtMs: batch[0]?.receivedAtMs,
      });
      const rejection = batch[1]?.outcome;
      const expected = [
        { ...heat, ...taken(idOf("acme", "heat"), "heat", 1) },
        { ...broken, verdict: "rejected", rejection, changes: [] },
        { ...ran, ...taken(idOf("zeta", "ran"), "ran", 2) },
      ];
      expectEqual(receipts, expected, "the receipts of a batch of three");
      expectEqual(
        await repository.receipts(batch.map((each) => each.updateId)),
        expected,
        "the same receipts, read later,",
      );
      const log = (await wholeLog(repository)).map((line) => line.updateId);
      expectEqual(
        log,
        batch.map((each) => each.updateId),
        "the log, in the order of receipt,",
      );
    }),

    define("an update that is in the log already changes nothing and is a duplicate", async (repository) => {
      const first = update({ title: "Heat", year: 1995 });
      const [receipt] = await repository.append([first], plainDecide);
      const before = await contentsOf(repository);
      const again = update({ title: "Heat", year: 1995 }, { receivedAt: 60 });
      const [second] = await repository.append([again], plainDecide);
      expectEqual(second, { ...receipt, verdict: "duplicate" }, "the receipt of the second delivery");
      expectEqual(await contentsOf(repository), before, "the store after a second delivery");
    }),

    define("an update that comes twice in one batch is logged once", async (repository) => {
      const [heat, ran] = [
        update({ title: "Heat" }, { id: "heat" }),
        update({ title: "Ran" }, { id: "ran" }),
      ];
      const receipts = await repository.append([heat, ran, heat], plainDecide);
      expectEqual(receipts.map(verdictOf), ["accepted", "accepted", "duplicate"], "the verdicts");
      expectEqual(receipts[2], { ...receipts[0], verdict: "duplicate" }, "the receipt of the repetition");
      expectEqual((await wholeLog(repository)).length, 2, "the number of updates in the log");
      expectEqual(await repository.version(), 2, "the version");
    }),

    define("a rejected update is a duplicate when it comes again, and stays rejected", async (repository) => {
      const broken = rawUpdate("{");
      const [first] = await repository.append([broken], plainDecide);
      const [second] = await repository.append([broken], plainDecide);
      expectEqual(second, { ...first, verdict: "duplicate" }, "the receipt of the second delivery");
      const [stored] = await repository.receipts([broken.updateId]);
      expectEqual(stored, first, "the stored receipt");
    }),

    define("a decide that throws leaves nothing behind", async (repository) => {
      await repository.append([update({ title: "Heat" })], plainDecide);
      const before = await contentsOf(repository);
      const batch = [
        update({ title: "Heat 2" }, { at: 1 }),
        rawUpdate("{", { id: "broken", at: 1 }),
        update({ title: "Ran" }, { id: "ran", at: 1 }),
      ];
      const refusing: Decide = (stored, given) => {
        const decision = plainDecide(stored, given);
        if (given.some(({ updateId }) => updateId === batch[2]?.updateId)) throw new Error("no decision");
        return decision;
      };
      await expectFailure(() => repository.append(batch, refusing), "append with a decide that throws");
      expectEqual(await contentsOf(repository), before, "the store after a decide that threw");
      const receipts = await repository.receipts(batch.map((each) => each.updateId));
      expectEqual(receipts, [undefined, undefined, undefined], "receipts of updates that were not taken in");
      const again = await repository.append(batch, plainDecide);
      expectEqual(again.map(verdictOf), ["accepted", "rejected", "accepted"], "the verdicts of a second try");
    }),

    define("a failure in the middle of writing leaves nothing behind", async (repository) => {
      await repository.append([update({ title: "Heat" })], plainDecide);
      const batch = [
        update({ title: "Heat 2", cast: ["Al Pacino"] }, { at: 1 }),
        update({ title: "Ran" }, { id: "ran", at: 1 }),
      ];
      const before = await contentsOf(repository);
      for (const reads of FAILURE_POINTS) {
        try {
          await repository.append(batch, breakingDecide(reads));
        } catch {
          expectEqual(
            await contentsOf(repository),
            before,
            `the store after a failure at step ${reads} of writing the decision`,
          );
          continue;
        }
        expectEqual(await repository.version(), before.version + 2, "the version after a whole batch");
        return;
      }
      fail(`append still reads the decision after ${FAILURE_POINTS.at(-1)} steps, for a batch of two`);
    }),

    define("a dry run says what would happen and writes nothing", async (repository) => {
      await repository.append([update({ title: "Heat", year: 1995 })], plainDecide);
      const before = await contentsOf(repository);
      const batch = [
        update({ title: "Heat", year: 1995 }),
        update({ title: "Heat!", year: 1995 }, { at: 1 }),
        update({ title: "Ran", year: 1985 }, { id: "ran", at: 1 }),
        rawUpdate("[]", { id: "broken", at: 1 }),
      ];
      const foretold = await repository.append(batch, plainDecide, { dryRun: true });
      expectEqual(foretold.map(verdictOf), ["duplicate", "accepted", "accepted", "rejected"], "the verdicts");
      expectEqual(await contentsOf(repository), before, "the store after a dry run");
      expectEqual(await repository.append(batch, plainDecide), foretold, "the receipts of the real run");
    }),

    define("an older update that comes late is logged and changes nothing", async (repository) => {
      const newer = update({ title: "Heat", year: 1995 }, { at: 10 });
      await repository.append([newer], plainDecide);
      const films = await allStates(repository);
      const older = update({ title: "Haet", year: 1995 }, { at: 5, receivedAt: 20 });
      const [receipt] = await repository.append([older], plainDecide);
      expectEqual(receipt?.verdict, "superseded", "the verdict of the older update");
      expectEqual(receipt?.changes, [], "the changes that the older update made");
      expectEqual(receipt?.supersededBy, newer.updateId, "supersededBy, the update that holds instead,");
      const titles = (await allStates(repository)).map(
        (state) => state.status === "live" && state.content.title,
      );
      expectEqual(titles, ["Heat"], "the title after an older update came late");
      expectEqual(await allStates(repository), films, "the films after an older update came late");
      expectEqual((await wholeLog(repository)).length, 2, "the number of updates in the log");
    }),

    define("among versions of one key the sequencer decides, whatever the times say", async (repository) => {
      const titled = (title: string, sequencer: string, at: number) => update({ title }, { sequencer, at });
      await repository.append([titled("second", "00A1", 5)], plainDecide);
      await repository.append([titled("first", "0092FF", 50)], plainDecide);
      expectEqual(await titleOf(repository), "second", "the title after a lower sequencer with a later time");
      await repository.append([titled("third", "00a10f", 1)], plainDecide);
      expectEqual(await titleOf(repository), "third", "the title after a higher, longer sequencer");
    }),

    define(
      "a statement that was superseded comes back with its facts when it turns out to hold",
      async (repository) => {
        const held = update({ title: "Held", cast: ["Theda Bara"] }, { id: "film", at: 5 });
        // Under another key the same provider says something newer, then takes it back with an older time.
        const other = { id: "film", name: "other" };
        const newer = update({ title: "Newer" }, { ...other, sequencer: "10", at: 10 });
        const older = update({ title: "Older" }, { ...other, sequencer: "20", at: 1 });
        await repository.append([held], plainDecide);
        await repository.append([newer], plainDecide);
        await repository.append([older], plainDecide);
        const state = await stateOf(repository, idOf("acme", "film"));
        const content = state.status === "live" ? state.content : undefined;
        expectEqual(content?.title, "Held", "the title, once the newer statement is gone,");
        expectEqual(content?.cast, ["Theda Bara"], "the cast of the statement that holds again");
      },
    ),

    define("A, then B, then A again are three updates", async (repository) => {
      for (const [at, title] of ["A", "B", "A"].entries()) {
        const [receipt] = await repository.append([update({ title }, { at })], plainDecide);
        expectEqual(receipt?.verdict, "accepted", `the verdict of update ${at + 1}`);
        expectEqual(receipt?.changes, [at + 1], `the changes of update ${at + 1}`);
      }
      expectEqual(await titleOf(repository), "A", "the title at the end");
      expectEqual((await wholeLog(repository)).length, 3, "the number of updates in the log");
    }),

    define("an update that can't be read stays with its bytes and the reason", async (repository) => {
      const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      const damaged = rawUpdate(everyByte, { id: "damaged" });
      const gone = {
        ...damaged,
        updateId: "0".repeat(26),
        object: { ...damaged.object, bytes: new Uint8Array(), fault: GONE },
        outcome: GONE,
      };
      const nameless = { ...rawUpdate("{}", { id: "nameless" }), provider: "", outcome: BAD_KEY };
      await repository.append([damaged, gone, nameless], plainDecide);
      for (const { updateId, provider, outcome, object } of [damaged, gone, nameless]) {
        const logged = await repository.logged(updateId);
        expectEqual(logged?.object, object, "the object of a rejected update, bytes included,");
        expectEqual(logged?.rejection, outcome, "why it was rejected");
        expectEqual(logged?.provider, provider, "its provider");
      }
      expectEqual(await repository.version(), 0, "the version after rejected updates alone");
    }),

    define("an object of the greatest size is kept whole", async (repository) => {
      const facts = {
        title: "長".repeat(1_000),
        overview: "é".repeat(50_000),
        cast: Array.from({ length: 2_000 }, (_, at) => `Actor 🎭 number ${at}`),
      };
      const bytes = filledTo(MAX_OBJECT_BYTES, { id: "1", ...facts });
      const submission = rawUpdate(bytes);
      const [receipt] = await repository.append([submission], plainDecide);
      expectEqual(receipt?.verdict, "accepted", "the verdict of an object of 1 MiB");
      const logged = await repository.logged(submission.updateId);
      expectEqual(logged?.object.bytes, bytes, "its bytes");
      const state = await stateOf(repository, idOf("acme", "1"));
      const content = state.status === "live" ? state.content : undefined;
      for (const name of ["title", "overview", "cast"] as const)
        expectEqual(content?.[name], facts[name], `its ${name}`);
    }),

    define("a batch of 5,000 submissions is taken in at once", async (repository) => {
      const batch = Array.from({ length: 5_000 }, (_, at) =>
        update({ title: `Film ${at}` }, { id: `${at}` }),
      );
      const receipts = await repository.append(batch, plainDecide);
      expectThat(
        receipts.length === 5_000 && receipts.every((receipt) => receipt.verdict === "accepted"),
        "not every submission of a batch of 5,000 was accepted",
      );
      expectEqual(await repository.version(), 5_000, "the version");
      const stored = await repository.receipts(batch.slice(-1_000).map((each) => each.updateId));
      expectEqual(stored, receipts.slice(-1_000), "the last 1,000 receipts, read later,");
    }),
  ];
}

const GONE = { code: "gone", reason: "the object no longer existed when it was to be read" } as const;
const BAD_KEY = { code: "bad-key", reason: "the key names no provider", field: "key" } as const;

/** Growing fast: a write of many steps is tried at some of them, a write of few steps at nearly all. */
const FAILURE_POINTS = [
  1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, 65, 80, 100, 150, 250, 500, 2_000,
];

/** A decision whose lists fail when they are read for the n-th time: so a write stops after some of its steps. */
function breakingDecide(reads: number): Decide {
  return (stored, batch) => {
    const decision = plainDecide(stored, batch);
    let count = 0;
    const breaking = <T extends object>(list: T): T =>
      new Proxy(list, {
        get(target, property) {
          count++;
          if (count >= reads) throw new Error("the write fails here");
          return Reflect.get(target, property);
        },
      });
    const broken: Decision = {
      records: breaking(decision.records),
      films: breaking(decision.films),
      changes: breaking(decision.changes),
      outcomes: breaking(decision.outcomes),
    };
    return broken;
  };
}

/** An object of exactly so many bytes: facts, and a field that no format knows. */
function filledTo(length: number, facts: object): Uint8Array {
  const empty = encodeUtf8(JSON.stringify({ ...facts, padding: "" })).length;
  return encodeUtf8(JSON.stringify({ ...facts, padding: "x".repeat(length - empty) }));
}

function verdictOf(receipt: Receipt): string {
  return receipt.verdict;
}

async function titleOf(repository: MovieRepository): Promise<string | undefined> {
  const state = await stateOf(repository, idOf("acme", "1"));
  return state.status === "live" ? state.content.title : undefined;
}
