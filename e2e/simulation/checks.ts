/** What has to hold after every step, of the log, the films, the changes and the acknowledged. */

import { eachFilm, type FilmState, MemoryMovieRepository, MovieStore } from "@movie-store/core";
import { Random } from "@movie-store/core/testing";
import { type Bucket, idOf } from "./bucket.ts";
import type { QueueMessage } from "./queue.ts";
import { replayed } from "./scenario.ts";

export interface ChecksOptions {
  readonly database: MemoryMovieRepository;
  readonly bucket: Bucket;
  readonly report: (rule: string, what: string) => void;
}

export class Checks {
  readonly #database: MemoryMovieRepository;
  readonly #store: MovieStore;
  readonly #bucket: Bucket;
  readonly #report: (rule: string, what: string) => void;
  /** What the log makes, update by update. */
  readonly #fold = new MemoryMovieRepository();
  readonly #folding: MovieStore;
  #foldedAtMs = 0;
  readonly #logged = new Set<string>();
  /** The state of each film after its last change. */
  readonly #published = new Map<string, FilmState>();
  #lastSequence = 0;
  #lastChange = 0;
  #lastChangeAtMs = 0;
  readonly #acknowledged: QueueMessage[] = [];

  constructor({ database, bucket, report }: ChecksOptions) {
    this.#database = database;
    this.#store = new MovieStore({ repository: database, cache: null });
    this.#bucket = bucket;
    this.#report = report;
    this.#folding = new MovieStore({ repository: this.#fold, cache: null, clock: () => this.#foldedAtMs });
  }

  takeAcknowledged(message: QueueMessage): void {
    this.#acknowledged.push(message);
  }

  /** @returns the numbers of the changes since the last time. */
  async afterStep(): Promise<readonly number[]> {
    const isNew = await this.#checkLog();
    const numbers = await this.#checkChanges();
    if (isNew) await this.#checkFilms();
    await this.#checkAcknowledged();
    return numbers;
  }

  async #checkLog(): Promise<boolean> {
    const updates = await this.#database.log({ after: this.#lastSequence, limit: 1_000 });
    for (const { sequence, updateId, object, receivedAtMs } of updates) {
      this.#lastSequence = sequence;
      const { name } = this.#bucket.put.get(updateId) ?? {};
      if (name === undefined)
        this.#report("log", `the log has an update that is none of the bucket: ${object.key}`);
      if (this.#logged.has(updateId)) this.#report("log", `${name} is in the log twice`);
      this.#logged.add(updateId);
      this.#foldedAtMs = receivedAtMs;
      await this.#folding.ingest(object);
    }
    return updates.length > 0;
  }

  async #checkChanges(): Promise<readonly number[]> {
    const changes = await this.#database.changes({ after: this.#lastChange, limit: 1_000 });
    for (const { number, atMs, movieId, before, after } of changes) {
      this.#lastChange++;
      if (number !== this.#lastChange)
        this.#report("numbers", `change ${this.#lastChange} is numbered ${number}`);
      if (atMs < this.#lastChangeAtMs)
        this.#report("numbers", `change ${number} is dated before the last one`);
      this.#lastChangeAtMs = atMs;
      const known = this.#published.get(movieId);
      if (known !== undefined && readable(before) !== readable(known)) {
        this.#report("numbers", `change ${number} does not begin where the last one of its film ended`);
      }
      this.#published.set(movieId, after);
    }
    return changes.map(({ number }) => number);
  }

  async #checkFilms(): Promise<void> {
    const [stored, folded] = [await statesOf(this.#database), await statesOf(this.#fold)];
    if (stored !== folded) this.#report("films", "the films are not what the log makes of them");
  }

  async #checkAcknowledged(): Promise<void> {
    for (const { named } of this.#acknowledged.splice(0)) {
      const receipt = await this.#store.receipt(idOf(named.object));
      if (receipt === undefined)
        this.#report("acknowledged", `${named.name} is acknowledged and not in the log`);
    }
  }

  /** When everything has come in: nothing is lost, and the films are those of any other order. */
  async atRest(seed: number): Promise<void> {
    for (const [id, { name }] of this.#bucket.put) {
      if (!this.#logged.has(id)) this.#report("log", `at rest ${name} is not in the log`);
    }
    const { differences } = await this.#store.verify(new MemoryMovieRepository());
    for (const { id, what } of differences) this.#report("films", `verify finds of ${id}: ${what}`);
    const read = [];
    for (const [id, named] of this.#bucket.put) {
      if ((await this.#store.receipt(id))?.rejection?.code !== "gone") read.push(named);
    }
    const plain = new MemoryMovieRepository();
    await replayed(new Random(seed).shuffled(read), plain);
    if ((await statesOf(plain)) !== (await statesOf(this.#database))) {
      this.#report("films", "the same objects in another order make other films");
    }
  }
}

async function statesOf(repository: MemoryMovieRepository): Promise<string> {
  const states: FilmState[] = [];
  for await (const { state } of eachFilm(repository)) states.push(state);
  return JSON.stringify(states);
}

/** What readers see of a state: not which records are behind it. */
function readable(state: FilmState | undefined): string {
  if (state === undefined || state.status === "merged") return JSON.stringify(state) ?? "";
  const { records: _, ...rest } = state;
  return JSON.stringify(rest);
}
