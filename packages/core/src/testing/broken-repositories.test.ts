/** Repositories that break one promise each. The contract has to tell each of them, and say what is wrong. */

import { describe, expect, test } from "vitest";
import type { Change } from "../change.ts";
import type { Decide } from "../decide.ts";
import type { ValueQuery } from "../kept-values.ts";
import { MemoryMovieRepository } from "../memory/movie-repository.ts";
import type { LogPage, Moment, MovieRepository, PeopleQuery, ReceiptFilter } from "../movie-repository.ts";
import type { MovieQuery } from "../query.ts";
import { isRejection, type LoggedUpdate, type Receipt, type Submission } from "../update.ts";
import { decodeUtf8, encodeUtf8 } from "../utf8.ts";
import { runContract } from "./contract.ts";
import { movieRepositoryContract } from "./movie-repository-contract.ts";

/** Keeps the contract: what the variants change one thing of. */
class Sound implements MovieRepository {
  inner: MovieRepository = new MemoryMovieRepository();

  append(batch: readonly Submission[], decide: Decide, options?: { readonly dryRun?: boolean }) {
    return this.inner.append(batch, decide, options);
  }
  find(query: MovieQuery) {
    return this.inner.find(query);
  }
  values(query: ValueQuery) {
    return this.inner.values(query);
  }
  people(query: PeopleQuery) {
    return this.inner.people(query);
  }
  wordsNear(word: string) {
    return this.inner.wordsNear(word);
  }
  films(ids: readonly string[]) {
    return this.inner.films(ids);
  }
  changeAt(id: string, moment: Moment) {
    return this.inner.changeAt(id, moment);
  }
  history(id: string, page: LogPage) {
    return this.inner.history(id, page);
  }
  records(ids: readonly string[]) {
    return this.inner.records(ids);
  }
  changes(page: LogPage) {
    return this.inner.changes(page);
  }
  version() {
    return this.inner.version();
  }
  followed() {
    return this.inner.followed();
  }
  markFollowed(number: number) {
    return this.inner.markFollowed(number);
  }
  receipts(updateIds: readonly string[]) {
    return this.inner.receipts(updateIds);
  }
  findReceipts(filter: ReceiptFilter) {
    return this.inner.findReceipts(filter);
  }
  log(page: LogPage) {
    return this.inner.log(page);
  }
  logged(updateId: string) {
    return this.inner.logged(updateId);
  }
  retry(...parameters: Parameters<MovieRepository["retry"]>) {
    return this.inner.retry(...parameters);
  }
  allFilms(page: { readonly after: string; readonly limit: number }) {
    return this.inner.allFilms(page);
  }
  rebuild(...parameters: Parameters<MovieRepository["rebuild"]>) {
    return this.inner.rebuild(...parameters);
  }
  close() {
    return this.inner.close();
  }
}

/** Reads the store, decides and writes it, without keeping others out in between. */
class LosesUpdates extends Sound {
  #batches: readonly (readonly Submission[])[] = [];

  override async append(batch: readonly Submission[], decide: Decide) {
    const seen = this.#batches;
    const copy = new MemoryMovieRepository();
    for (const each of seen) await copy.append(each, decide);
    const receipts = await copy.append(batch, decide);
    this.#batches = [...seen, batch];
    this.inner = copy;
    return receipts;
  }
}

/** A transaction for each submission instead of one for the batch. */
class WritesOneByOne extends Sound {
  override async append(batch: readonly Submission[], decide: Decide, options?: { dryRun?: boolean }) {
    const receipts: Receipt[] = [];
    for (const each of batch) receipts.push(...(await this.inner.append([each], decide, options)));
    return receipts;
  }
}

/** Numbers from an auto-increment column: a write that fails uses one up. */
class LeavesGaps extends Sound {
  #failedAt = Number.POSITIVE_INFINITY;

  override async append(batch: readonly Submission[], decide: Decide, options?: { dryRun?: boolean }) {
    try {
      const receipts = await this.inner.append(batch, decide, options);
      return receipts.map((receipt) => ({
        ...receipt,
        changes: receipt.changes.map((each) => this.#shift(each)),
      }));
    } catch (error) {
      this.#failedAt = await this.inner.version();
      throw error;
    }
  }
  override async changes(page: LogPage) {
    const changes = await this.inner.changes(page);
    return changes.map((change) => ({ ...change, number: this.#shift(change.number) }));
  }
  #shift(number: number): number {
    return number > this.#failedAt ? number + 1 : number;
  }
}

/** Who writes last is right. */
class LastWriterWins extends Sound {
  #arrived = 0;

  override append(batch: readonly Submission[], decide: Decide, options?: { dryRun?: boolean }) {
    const dated = batch.map((submission): Submission => {
      const { outcome } = submission;
      if (isRejection(outcome)) return submission;
      const { sequencer: _, ...header } = { ...outcome.header, timeMs: ++this.#arrived };
      return { ...submission, outcome: { ...outcome, header } };
    });
    return this.inner.append(dated, decide, options);
  }
}

/** Leaves the sequencer out of account. */
class GoesByTimeAlone extends Sound {
  override append(batch: readonly Submission[], decide: Decide, options?: { dryRun?: boolean }) {
    const unsequenced = batch.map((submission): Submission => {
      const { outcome } = submission;
      if (isRejection(outcome)) return submission;
      const { sequencer: _, ...header } = outcome.header;
      return { ...submission, outcome: { ...outcome, header } };
    });
    return this.inner.append(unsequenced, decide, options);
  }
}

/** Does not see that it has an update already. */
class TakesInTwice extends Sound {
  #count = 0;

  override append(batch: readonly Submission[], decide: Decide, options?: { dryRun?: boolean }) {
    const fresh = batch.map((submission): Submission => {
      const updateId = `${submission.updateId.slice(0, 20)}${++this.#count}`;
      const { outcome } = submission;
      if (isRejection(outcome)) return { ...submission, updateId };
      return { ...submission, updateId, outcome: { ...outcome, header: { ...outcome.header, updateId } } };
    });
    return this.inner.append(fresh, decide, options);
  }
}

class WritesInDryRuns extends Sound {
  override append(batch: readonly Submission[], decide: Decide, _options?: { dryRun?: boolean }) {
    return this.inner.append(batch, decide);
  }
}

/** Answers in the order of the rows instead of the order of the ids. */
class ShufflesReceipts extends Sound {
  override async receipts(updateIds: readonly string[]) {
    return this.inner.receipts(updateIds.toSorted());
  }
}

/** Dates changes by the submission, even when the change before is dated later. */
class StepsBackInTime extends Sound {
  readonly #received = new Map<string, number>();

  override append(batch: readonly Submission[], decide: Decide, options?: { dryRun?: boolean }) {
    for (const { updateId, receivedAtMs } of batch) this.#received.set(updateId, receivedAtMs);
    return this.inner.append(batch, decide, options);
  }
  override async changes(page: LogPage): Promise<readonly Change[]> {
    const changes = await this.inner.changes(page);
    return changes.map((change) => ({
      ...change,
      atMs: this.#received.get(change.updateId ?? "") ?? change.atMs,
    }));
  }
}

/** Keeps bytes in a text column. */
class KeepsBytesAsText extends Sound {
  override async log(page: LogPage) {
    return (await this.inner.log(page)).map(asText);
  }
  override async logged(updateId: string) {
    const update = await this.inner.logged(updateId);
    return update === undefined ? undefined : asText(update);
  }
}

function asText(update: LoggedUpdate): LoggedUpdate {
  const bytes = encodeUtf8(decodeUtf8(update.object.bytes) ?? "\ufffd");
  return { ...update, object: { ...update.object, bytes } };
}

/** Reads the version first, then the films: two moments. */
class ReadsTwoMoments extends Sound {
  override async find(query: MovieQuery) {
    const version = await this.inner.version();
    for (let turn = 0; turn < 20; turn++) await undefined;
    return { ...(await this.inner.find(query)), version };
  }
}

class ForgetsTheQuarantine extends Sound {
  override retry(batch: readonly Submission[], decide: Decide) {
    return this.inner.append(batch, decide);
  }
}

/** Announces every film after a rebuild, whether or not it differs. */
class AnnouncesTooMuch extends Sound {
  override async rebuild(...parameters: Parameters<MovieRepository["rebuild"]>) {
    const report = await this.inner.rebuild(...parameters);
    return { ...report, changed: (await this.inner.allFilms({ after: "", limit: 1_000 })).length };
  }
}

/** Deletes first, and then reads the log, without a transaction around both. */
class RebuildsInTheOpen extends Sound {
  override async rebuild(...[read, decide, options]: Parameters<MovieRepository["rebuild"]>) {
    const log = await this.inner.log({ after: 0, limit: 1_000 });
    this.inner = new MemoryMovieRepository();
    for (const each of log) {
      await this.inner.append([read(each)], decide);
      options.onProgress?.(each.sequence);
    }
    return { updates: log.length, changed: 0 };
  }
}

/** The last mark is right. */
class MarksBackwards extends Sound {
  #followed = 0;

  override async followed() {
    return { followed: this.#followed, version: await this.inner.version() };
  }
  override async markFollowed(number: number) {
    this.#followed = number;
  }
}

/** Reads the version first, then what has been followed: two moments. */
class ReadsFollowedLater extends Sound {
  override async followed() {
    const version = await this.inner.version();
    for (let turn = 0; turn < 20; turn++) await undefined;
    return { ...(await this.inner.followed()), version };
  }
}

/** Takes a write for followed: as if the cache had been told by the transaction. */
class FollowsByWriting extends Sound {
  override async append(batch: readonly Submission[], decide: Decide, options?: { dryRun?: boolean }) {
    const receipts = await this.inner.append(batch, decide, options);
    await this.inner.markFollowed(await this.inner.version());
    return receipts;
  }
}

/** Takes the cursor for something that can be made again. */
class RebuildsTheCursor extends Sound {
  override async rebuild(...parameters: Parameters<MovieRepository["rebuild"]>) {
    const report = await this.inner.rebuild(...parameters);
    await this.inner.markFollowed(await this.inner.version());
    return report;
  }
}

class AnswersAfterClose extends Sound {
  override async close() {}
}

type Variant = readonly [variant: new () => MovieRepository, failing: string, message: RegExp];

const VARIANTS: readonly Variant[] = [
  [
    LosesUpdates,
    "16 concurrent callers get gap-free numbers and lose no update",
    /changes in the receipt of update/,
  ],
  [
    WritesOneByOne,
    "a decide that throws leaves nothing behind",
    /the store after a decide that threw: not as expected/,
  ],
  [
    LeavesGaps,
    "a write that fails uses up no change number",
    /change numbers after a write that failed.*\n.*got 3, expected 2/,
  ],
  [
    LastWriterWins,
    "an older update that comes late is logged and changes nothing",
    /got "accepted", expected "superseded"/,
  ],
  [
    LastWriterWins,
    "any order, any batches and any repetition of updates end in the same films",
    /the films: not as expected/,
  ],
  [
    GoesByTimeAlone,
    "among versions of one key the sequencer decides, whatever the times say",
    /got "first", expected "second"/,
  ],
  [
    TakesInTwice,
    "an update that is in the log already changes nothing and is a duplicate",
    /second delivery/,
  ],
  [TakesInTwice, "an update that comes twice in one batch is logged once", /receipt of the repetition/],
  [WritesInDryRuns, "a dry run says what would happen and writes nothing", /the store after a dry run/],
  [
    ShufflesReceipts,
    "receipts() answers in the order of the ids, also for unknown and repeated ones",
    /the receipts/,
  ],
  [
    StepsBackInTime,
    "the times of the changes never fall, even when the clock steps back",
    /change 2 is dated before change 1/,
  ],
  [
    KeepsBytesAsText,
    "the log gives every update once, in the order of receipt, with its bytes",
    /byte \d+ is \d+, expected \d+/,
  ],
  [KeepsBytesAsText, "an update that can't be read stays with its bytes and the reason", /expected 256/],
  [
    ReadsTwoMoments,
    "what is read while others write is one moment of the store",
    /says that its page is of version/,
  ],
  [
    ForgetsTheQuarantine,
    "a quarantined update that can be read now is taken in exactly once",
    /verdict and changes of the retry/,
  ],
  [AnnouncesTooMuch, "a rebuild of a sound store changes nothing", /changed: got \d+, expected 0/],
  [
    RebuildsInTheOpen,
    "a rebuild that fails leaves everything as it was",
    /the store after a rebuild that failed/,
  ],
  [
    RebuildsInTheOpen,
    "readers see the old films or the new ones while a rebuild runs, never some of each",
    /saw during the rebuild/,
  ],
  [
    MarksBackwards,
    "what has been followed rises by marks and never falls",
    /followed\(\) after marks that were not larger/,
  ],
  [MarksBackwards, "marks of concurrent callers end at the largest", /followed\(\) after 16 marks at once/],
  [
    ReadsFollowedLater,
    "what has been followed is of the same moment as the version",
    /these are two moments/,
  ],
  [
    FollowsByWriting,
    "what has been followed rises by marks and never falls",
    /followed\(\) after five changes and no mark/,
  ],
  [
    RebuildsTheCursor,
    "a rebuild keeps what has been followed, and what it adds is pending",
    /followed\(\) after a rebuild/,
  ],
  [
    AnswersAfterClose,
    "a closed repository says `closed`, and closing twice is fine",
    /after close gave .*, expected a MovieStoreError/,
  ],
];

describe("the repository contract tells a repository that", () => {
  for (const [Variant, failing, message] of VARIANTS) {
    test(`${Variant.name}, by the case "${failing}"`, async () => {
      const cases = movieRepositoryContract(async () => ({ repository: new Variant() }));
      const failures = await runContract(cases.filter((each) => each.name === failing));
      expect(failures.map((failure) => failure.name)).toEqual([failing]);
      expect(failures[0]?.message).toMatch(message);
    });
  }

  test("is handed out a second time with what an earlier case left in it", async () => {
    const shared = new AnswersAfterClose();
    const failures = await runContract(
      movieRepositoryContract(async () => ({ repository: shared })).slice(0, 4),
    );
    expect(failures.at(-1)?.message).toMatch(
      /an empty store of its own at every call; this one is at version \d/,
    );
  });
});
