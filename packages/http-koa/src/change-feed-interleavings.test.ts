import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { FeedOfNumbers, numbersIn, UNAVAILABLE, upTo } from "../test/feed-of-numbers.ts";
import { ChangeFeed } from "./change-feed.ts";

const LONG_MS = 60_000;

/** A client that is cut off at times, and comes back with the last number it has. */
class Client {
  readonly numbers: number[] = [];
  readonly after: number;
  readonly #feed: ChangeFeed;
  #connection: AbortController | undefined;
  #done: Promise<void> = Promise.resolve();

  constructor(feed: ChangeFeed, after: number) {
    this.#feed = feed;
    this.after = after;
    this.connect();
  }

  connect(): void {
    const connection = new AbortController();
    this.#connection = connection;
    this.#done = this.#read(connection.signal);
  }

  async cutOff(): Promise<void> {
    this.#connection?.abort();
    await this.#done;
  }

  async #read(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const piece = await this.#feed.next(this.numbers.at(-1) ?? this.after, signal, LONG_MS);
      if (piece !== undefined) this.numbers.push(...numbersIn(piece.text));
    }
  }
}

/** One run of a feed with two clients, the events of which a test puts in order. */
class Run {
  readonly store: FeedOfNumbers;
  readonly feed: ChangeFeed;
  readonly clients: Client[] = [];
  #cutOffs = 0;

  constructor(kept: number, seesTheTimeOfTheCall: boolean) {
    this.store = new FeedOfNumbers({ seesTheTimeOfTheCall });
    this.store.isSlow = true;
    this.feed = new ChangeFeed({ store: this.store, kept });
  }

  readonly events: Readonly<Record<string, () => unknown>> = {
    commit: () => this.store.last++,
    look: () => void this.feed.look().catch(() => {}),
    answer: () => this.store.reading.shift()?.answer(),
    fail: () => this.store.reading.shift()?.fail(UNAVAILABLE),
    join: () => this.clients.push(new Client(this.feed, this.store.last)),
    cutOff: async () => {
      const client = this.clients[this.#cutOffs++ % this.clients.length];
      await client?.cutOff();
      client?.connect();
    },
  };

  /** The store is well and quick from now on, and there are rounds as always. */
  async toTheEnd(): Promise<void> {
    this.store.isSlow = false;
    for (let round = 0; round < 4; round++) {
      for (const read of this.store.reading.splice(0)) read.answer();
      await nextTurn();
      await this.feed.look();
      await nextTurn();
    }
  }

  async close(): Promise<void> {
    for (const client of this.clients) await client.cutOff();
  }
}

const EVENTS = ["commit", "look", "answer", "fail", "join", "cutOff"];
const LENGTH = 5;

function* sequences(length: number): Generator<readonly string[]> {
  if (length === 0) {
    yield [];
    return;
  }
  for (const before of sequences(length - 1)) for (const event of EVENTS) yield [...before, event];
}

describe.each([2, 1_000])("the feed, when it keeps %i events", (kept) => {
  test.each([
    ["when they answer", false],
    ["when they are asked", true],
  ])(
    "hands on every number once in any order of events, reads showing the state %s",
    async (_, atTheCall) => {
      for (const sequence of sequences(LENGTH)) {
        const run = new Run(kept, atTheCall);
        // One at the beginning of a feed, one at its end.
        run.store.last = 2;
        run.clients.push(new Client(run.feed, 0), new Client(run.feed, 2));
        for (const name of sequence) {
          await run.events[name]?.();
          await nextTurn();
        }
        await run.toTheEnd();
        for (const { numbers, after } of run.clients)
          expect(numbers, sequence.join(" ")).toEqual(upTo(run.store.last, after + 1));
        await run.close();
        expect(run.feed.waiting, sequence.join(" ")).toBe(0);
      }
    },
    60_000,
  );
});
