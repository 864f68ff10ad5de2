/** What stands outside of the pods: a database with one film, a cache server, and who may be told what. */

import { type Change, type LiveFilm, tag, tagsOf } from "@movie-store/core";

const FILM_ID = "0000000000000001";
/** The tag by which the store drops every answer. */
export const EVERY_ANSWER = "*";

export interface Update {
  /** The genres that the film has from then on. */
  readonly genres: readonly string[];
}

export class Database {
  readonly changes: Change[] = [];
  followed = 0;
  #film: LiveFilm;

  constructor(genres: readonly string[]) {
    this.#film = filmOf(genres);
  }

  get version(): number {
    return this.changes.length;
  }

  commit({ genres }: Update): number {
    const [before, after] = [this.#film, filmOf(genres)];
    this.#film = after;
    this.changes.push({
      number: this.version + 1,
      atMs: 0,
      kind: "updated",
      movieId: FILM_ID,
      before,
      after,
    });
    return this.version;
  }

  /** Of those changes, the first that an answer of this version lacks and that is about the genre. */
  missedBy(version: number, genre: string, numbers: ReadonlySet<number>): number | undefined {
    return this.changes.find(
      ({ number, before, after }) =>
        number > version &&
        numbers.has(number) &&
        [...tagsOf(before), ...tagsOf(after)].includes(tag.genre(genre)),
    )?.number;
  }
}

function filmOf(genres: readonly string[]): LiveFilm {
  const content = { id: FILM_ID, title: "Heat", genres: [...genres], providers: ["acme"] };
  return { id: FILM_ID, status: "live", content, records: [FILM_ID] };
}

/** Nonce tags. Invalidating deletes them; whoever needs one next gives it a new value. */
export class CacheServer {
  readonly tags = new Map<string, string>();
  readonly entries = new Map<string, { readonly value: string; readonly snapshot: string }>();
  /** The changes of which every tag has been invalidated since their commit. */
  readonly finished = new Set<number>();
  /** Of the pods that want to hear of invalidations. */
  readonly channels: { send(tags: readonly string[]): void }[] = [];
  readonly #database: Database;
  readonly #open = new Map<number, Set<string>>();
  #lastNonce = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  snapshot(tags: readonly string[]): string {
    return tags
      .map((each) => {
        const value = this.tags.get(each) ?? `#${++this.#lastNonce}`;
        this.tags.set(each, value);
        return value;
      })
      .join(" ");
  }

  invalidate(tags: readonly string[]): void {
    for (const each of tags) this.tags.delete(each);
    for (const { number, before, after } of this.#database.changes) {
      const open = this.#open.get(number) ?? new Set([...tagsOf(before), ...tagsOf(after)]);
      for (const each of tags.includes(EVERY_ANSWER) ? [...open] : tags) open.delete(each);
      this.#open.set(number, open);
      if (open.size === 0) this.finished.add(number);
    }
    for (const channel of this.channels) channel.send(tags);
  }

  get key(): string {
    // A nonce that is gone never comes back: which entry has it is all the same.
    const entries = [...this.entries].map(([key, { value, snapshot }]) => {
      const isLost = snapshot.split(" ").some((nonce) => ![...this.tags.values()].includes(nonce));
      return isLost ? "" : `${key}=${value}@${snapshot}`;
    });
    const tags = [...this.tags].map(([name, value]) => `${name}=${value}`);
    const open = [...this.#open].map(([number, left]) => `${number}:${[...left]}`);
    return `${tags.sort()}/${entries.sort()}/${open}`;
  }
}
