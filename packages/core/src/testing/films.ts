/** What the repository cases write, and how they look at what came of it. */

import type { Change } from "../change.ts";
import { type Decide, decide } from "../decide.ts";
import type { Facts } from "../facts.ts";
import { MemoryMovieRepository } from "../memory/movie-repository.ts";
import type { MergeRules } from "../merge.ts";
import type { FilmState, StoredFilm } from "../movie.ts";
import type { MovieRepository } from "../movie-repository.ts";
import type { ProviderRecord } from "../provider-record.ts";
import { readSubmission } from "../submission.ts";
import { type LoggedUpdate, type ReceivedObject, recordIdOf, type Submission } from "../update.ts";
import { encodeUtf8 } from "../utf8.ts";
import { eachFilm } from "../verify.ts";
import { expectEqual, expectThat, fail } from "./assertions.ts";
import { GENERATED_START_MS } from "./generated-updates.ts";

/** Decides with these providers first. */
export function decidingBy(priority: readonly string[]): Decide {
  const rules: MergeRules = { priority };
  return (stored, batch) => decide(stored, batch, rules);
}

/** Decides with no provider preferred. */
export const plainDecide: Decide = decidingBy([]);

/** The submission of a generated object, received `delayMs` after it was written. */
export function submissionOf(object: ReceivedObject, delayMs = 500): Submission {
  return readSubmission(object, object.eventTimeMs + delayMs);
}

/** Makes the submission of a logged update again. */
export function readAgain(update: LoggedUpdate): Submission {
  return readSubmission(update.object, update.receivedAtMs);
}

export interface UpdateOptions {
  /** Default `acme`. */
  readonly provider?: string;
  /** The provider's own id of the film; default `1`. */
  readonly id?: string;
  /** The name of the object, its key without provider and ending; default: the id. */
  readonly name?: string;
  /** Seconds after the start of the test's time at which it was written and received; default 0. */
  readonly at?: number;
  /** Where it was received at another second than it was written. */
  readonly receivedAt?: number;
  readonly sequencer?: string;
  /** Withdraws the film. */
  readonly deleted?: boolean;
}

/** The moment `seconds` after the start of the test's time, milliseconds since 1970. */
export function timeOf(seconds: number): number {
  return GENERATED_START_MS + 1_000 * seconds;
}

/** One update of one film of one provider, under a key of its own and with the time as its version. */
export function update(facts: Partial<Facts>, options: UpdateOptions = {}): Submission {
  const { id = "1", deleted } = options;
  return rawUpdate(JSON.stringify({ id, ...facts, ...(deleted === true ? { deleted } : {}) }), options);
}

/** An update with these bytes. */
export function rawUpdate(content: string | Uint8Array, options: UpdateOptions = {}): Submission {
  const { provider = "acme", id = "1", name = id, at = 0, receivedAt = at, sequencer } = options;
  const object: ReceivedObject = {
    bucket: "films",
    key: `providers/${provider}/${name}.json`,
    versionId: `v${at}`,
    ...(sequencer === undefined ? {} : { sequencer }),
    eventTimeMs: timeOf(at),
    bytes: typeof content === "string" ? encodeUtf8(content) : content,
  };
  return readSubmission(object, timeOf(receivedAt));
}

/** The id of a provider's film as long as it is the oldest record of its film. */
export function idOf(provider: string, id: string): string {
  return recordIdOf(provider, id);
}

// ---- looking ----

/** The state of an id that must be known. */
export async function stateOf(repository: MovieRepository, id: string): Promise<FilmState> {
  const { films } = await repository.films([id]);
  return films[0]?.state ?? fail(`films(["${id}"]) knows nothing of an id that was given out`);
}

export async function allStates(repository: MovieRepository): Promise<readonly FilmState[]> {
  return (await allStored(repository)).map((film) => film.state);
}

export async function allStored(repository: MovieRepository): Promise<readonly StoredFilm[]> {
  const films: StoredFilm[] = [];
  for await (const film of eachFilm(repository)) {
    films.push(film);
    expectThat(films.length <= MAX_ITEMS, "allFilms never ends: its pages do not go on behind `after`");
  }
  return films;
}

export async function allChanges(repository: MovieRepository): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (;;) {
    const page = await repository.changes({ after: changes.at(-1)?.number ?? 0, limit: 1_000 });
    if (page.length === 0) return changes;
    changes.push(...page);
    expectThat(changes.length <= MAX_ITEMS, "changes never end: their pages do not go on behind `after`");
  }
}

export async function wholeLog(repository: MovieRepository, limit = 1_000): Promise<readonly LoggedUpdate[]> {
  const log: LoggedUpdate[] = [];
  for (;;) {
    const page = await repository.log({ after: log.at(-1)?.sequence ?? 0, limit });
    if (page.length === 0) return log;
    expectThat(page.length <= limit, `log({limit: ${limit}}) gave a page of ${page.length} updates`);
    log.push(...page);
    expectThat(log.length <= MAX_ITEMS, "the log never ends: its pages do not go on behind `after`");
  }
}

async function allRecords(
  repository: MovieRepository,
): Promise<ReadonlyMap<string, ProviderRecord | undefined>> {
  const ids = (await allStored(repository)).map((film) => film.state.id);
  const records = ids.length === 0 ? [] : await repository.records(ids);
  return new Map(ids.map((id, at) => [id, records[at]]));
}

const MAX_ITEMS = 10_000;

/** Everything that a failed write must leave as it was. */
export async function contentsOf(repository: MovieRepository) {
  const [version, log, changes, films] = [
    await repository.version(),
    await wholeLog(repository),
    await allChanges(repository),
    await allStored(repository),
  ];
  const receipts = log.length === 0 ? [] : await repository.receipts(log.map((each) => each.updateId));
  return { version, log, changes, films, receipts };
}

/** What a change shows of a state: what a reader can see, and not which records a film is made of. */
export function visible(state: FilmState | undefined): unknown {
  if (state?.status === "live") return { status: "live", content: state.content };
  if (state?.status === "merged") return { status: "merged", into: state.into };
  return state === undefined ? undefined : { status: "withdrawn" };
}

/**
 * Changes are numbered 1, 2, 3, …, their times never fall, and each begins where the last change of its film ended.
 */
export async function expectSoundChanges(repository: MovieRepository): Promise<readonly Change[]> {
  const changes = await allChanges(repository);
  const numbers = changes.map((change) => change.number);
  expectEqual(
    numbers,
    numbers.map((_, at) => at + 1),
    "the numbers of the changes, which run from 1 without gaps,",
  );
  expectEqual(await repository.version(), changes.length, "version(), the number of the last change,");
  const last = new Map<string, Change>();
  let atMs = 0;
  for (const change of changes) {
    const { number, movieId } = change;
    expectThat(change.atMs >= atMs, `change ${number} is dated before change ${number - 1}`);
    atMs = change.atMs;
    const before = last.get(movieId);
    if (before !== undefined)
      expectEqual(
        visible(change.before),
        visible(before.after),
        `before of change ${number} of film ${movieId}`,
      );
    expectThat(change.after.id === movieId, `after of change ${number} is the state of another film`);
    last.set(movieId, change);
  }
  return changes;
}

/** The same updates, one after the other, in the memory implementation: what every adapter has to end in. */
export async function foldInMemory(
  submissions: readonly Submission[],
  decideWith: Decide = plainDecide,
): Promise<MovieRepository> {
  return appendInMemory(
    submissions.map((submission) => [submission]),
    decideWith,
  );
}

/** The same batches in the memory implementation: what every adapter has to answer then, times included. */
export async function appendInMemory(
  batches: readonly (readonly Submission[])[],
  decideWith: Decide = plainDecide,
): Promise<MovieRepository> {
  const reference = new MemoryMovieRepository();
  for (const batch of batches) await reference.append(batch, decideWith);
  return reference;
}

/** Films, records and verdicts are those of the memory implementation, whatever the numbers of the changes. */
export async function expectSameOutcome(
  repository: MovieRepository,
  reference: MovieRepository,
  what: string,
): Promise<void> {
  expectEqual(await allStates(repository), await allStates(reference), `${what}: the films`);
  const records = await allRecords(reference);
  expectEqual([...(await allRecords(repository))], [...records], `${what}: the records`);
  const updateIds = (await wholeLog(reference)).map((each) => each.updateId);
  const verdicts = async (store: MovieRepository) =>
    (await store.receipts(updateIds)).map((receipt) => [
      receipt?.updateId,
      receipt?.verdict,
      receipt?.movieId,
    ]);
  expectEqual(await verdicts(repository), await verdicts(reference), `${what}: the verdicts`);
}
