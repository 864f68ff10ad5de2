import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { UNAVAILABLE } from "../test/feed-of-numbers.ts";
import { HEAT, RONIN } from "../test/films.ts";
import { ingest, LogLines } from "../test/running-api.ts";
import { followChanges } from "./follow-changes.ts";
import { createLogger } from "./logger.ts";

describe("following the changes", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Counts how often it is told to look. */
  class Feed {
    looks = 0;
    failure: Error | undefined;

    async look(): Promise<void> {
      this.looks++;
      if (this.failure !== undefined) throw this.failure;
    }
  }

  test("has the feed looked at at once when this process writes, until it ends", async () => {
    const store = new MovieStore({ repository: new MemoryMovieRepository() });
    const feed = new Feed();
    const stop = followChanges({ store, feed, log: createLogger("silent") });
    await ingest(store, [HEAT]);
    expect(feed.looks).toBe(1);
    feed.failure = UNAVAILABLE;
    await ingest(store, [{ ...HEAT, year: 1996 }]);
    expect(feed.looks).toBe(2);
    await stop();
    await ingest(store, [RONIN]);
    expect(feed.looks).toBe(2);
  });

  test("has the feed looked at in each round, also when the cache is out of reach", async () => {
    const log = new LogLines();
    const feed = new Feed();
    let catchUps = 0;
    const store = {
      catchUp: async () => {
        if (++catchUps < 3) throw UNAVAILABLE;
      },
      onWrite: () => () => {},
    };
    const stop = followChanges({ store, feed, log: createLogger("info", log) });
    for (let round = 1; round <= 3; round++) {
      await vi.advanceTimersByTimeAsync(200);
      expect(feed.looks).toBe(round);
    }
    await stop();
    expect(log.lines.map(({ msg }) => msg)).toEqual([
      "can't follow the changes of the store",
      "follows the changes of the store again",
    ]);
  });
});
