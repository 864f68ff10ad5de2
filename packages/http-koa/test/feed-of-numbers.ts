/** A store whose feed has numbers and nothing else, and whose reads wait until a test lets them answer. */

import { type FeedAnswer, type FeedEntry, MovieStoreError } from "@movie-store/core";

interface Read {
  answer(): void;
  fail(error: Error): void;
}

export class FeedOfNumbers {
  /** The number of the last change. */
  last = 0;
  /** Those who read it, oldest first. */
  readonly reading: Read[] = [];
  /** What was read: `version`, or the number behind which changes were. */
  readonly reads: ("version" | number)[] = [];
  /** Answers at once unless this is set. */
  isSlow = false;
  /** A number that is left out. */
  missing: number | undefined;
  readonly #seesTheTimeOfTheCall: boolean;

  constructor({ seesTheTimeOfTheCall = false } = {}) {
    this.#seesTheTimeOfTheCall = seesTheTimeOfTheCall;
  }

  version(): Promise<number> {
    this.reads.push("version");
    return this.#read(() => this.last);
  }

  changes({ after = 0, limit = 100 }: { after?: number; limit?: number } = {}): Promise<FeedAnswer> {
    this.reads.push(after);
    return this.#read(() => {
      const count = Math.max(0, Math.min(limit, this.last - after));
      const changes = Array.from({ length: count }, (_, at) => entry(after + 1 + at));
      return {
        changes: changes.filter(({ number }) => number !== this.missing),
        next: after + count,
        version: this.last,
      };
    });
  }

  #read<T>(look: () => T): Promise<T> {
    const seen = look();
    if (!this.isSlow) return Promise.resolve(seen);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.reading.push({
      answer: () => resolve(this.#seesTheTimeOfTheCall ? seen : look()),
      fail: reject,
    });
    return promise;
  }
}

export const UNAVAILABLE = new MovieStoreError("unavailable", "down");

function entry(number: number): FeedEntry {
  return { number, at: "2026-01-01T00:00:00.000Z", kind: "created", movieId: `film-${number}`, fields: [] };
}

/** The numbers in a text of events, in their order. */
export function numbersIn(text: string): readonly number[] {
  return [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
}

/** 1, 2, 3, … */
export function upTo(last: number, from = 1): readonly number[] {
  return Array.from({ length: Math.max(0, last - from + 1) }, (_, at) => from + at);
}
