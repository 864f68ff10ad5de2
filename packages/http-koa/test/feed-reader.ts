/** Reads a feed on and on, as a stream does. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "vitest";
import type { ChangeFeed } from "../src/change-feed.ts";
import { numbersIn } from "./feed-of-numbers.ts";

/** Longer than any test takes. */
export const LONG_MS = 60_000;

export class FeedReader {
  readonly numbers: number[] = [];
  failure: unknown;
  readonly #feed: ChangeFeed;
  readonly #end = new AbortController();
  readonly done: Promise<void>;

  constructor(feed: ChangeFeed, after: number) {
    this.#feed = feed;
    this.done = this.#read(after).catch((error) => {
      this.failure = error;
    });
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  leave(): void {
    this.#end.abort();
  }

  async #read(after: number): Promise<void> {
    for (let last = after; !this.signal.aborted; ) {
      const piece = await this.#feed.next(last, this.signal, LONG_MS);
      if (piece === undefined) continue;
      const numbers = numbersIn(piece.text);
      expect(numbers.at(-1)).toBe(piece.last);
      this.numbers.push(...numbers);
      last = piece.last;
    }
  }
}

/** Until nothing more happens by itself. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}
