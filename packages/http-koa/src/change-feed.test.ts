import { getEventListeners } from "node:events";
import { MovieStoreError } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { FeedOfNumbers, UNAVAILABLE, upTo } from "../test/feed-of-numbers.ts";
import { FeedReader, LONG_MS, settle } from "../test/feed-reader.ts";
import { ChangeFeed } from "./change-feed.ts";

describe("a reader of the feed", () => {
  test("has what is there at once, and waits for what comes", async () => {
    const store = new FeedOfNumbers();
    store.last = 3;
    const feed = new ChangeFeed({ store });
    const reader = new FeedReader(feed, 1);
    await settle();
    expect(reader.numbers).toEqual([2, 3]);
    expect(feed.waiting).toBe(1);
    store.last = 5;
    await feed.look();
    await settle();
    expect(reader.numbers).toEqual([2, 3, 4, 5]);
    reader.leave();
    await reader.done;
  });

  test("is given nothing when the time is over, or when it goes, and leaves nothing behind", async () => {
    const store = new FeedOfNumbers();
    const feed = new ChangeFeed({ store });
    const { signal } = new AbortController();
    expect(await feed.next(0, signal, 1)).toBeUndefined();
    expect(feed.waiting).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);

    const going = new AbortController();
    const next = feed.next(0, going.signal, LONG_MS);
    await settle();
    expect(feed.waiting).toBe(1);
    going.abort();
    expect(await next).toBeUndefined();
    expect(feed.waiting).toBe(0);
    expect(getEventListeners(going.signal, "abort")).toEqual([]);
    expect(await feed.next(0, going.signal, LONG_MS)).toBeUndefined();
  });

  test("may go while the store hangs", async () => {
    const store = new FeedOfNumbers();
    store.isSlow = true;
    const feed = new ChangeFeed({ store });
    const reader = new FeedReader(feed, 0);
    await settle();
    reader.leave();
    await reader.done;
    expect(store.reading).toHaveLength(1);
  });

  test("that is far behind is served from the store until it has caught up", async () => {
    const store = new FeedOfNumbers();
    store.last = 1_234;
    const feed = new ChangeFeed({ store, kept: 5 });
    const atTheEnd = new FeedReader(feed, 1_234);
    const behind = new FeedReader(feed, 0);
    await settle();
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(behind.numbers).toEqual(upTo(1_234));
    store.last = 1_236;
    await feed.look();
    await settle();
    expect(behind.numbers).toEqual(upTo(1_236));
    expect(atTheEnd.numbers).toEqual([1_235, 1_236]);
    for (const reader of [atTheEnd, behind]) reader.leave();
  });

  test("that is a little behind is served without the store", async () => {
    const store = new FeedOfNumbers();
    const feed = new ChangeFeed({ store });
    const reader = new FeedReader(feed, 0);
    await settle();
    store.last = 10;
    await feed.look();
    const reads = store.reads.length;
    const { signal } = new AbortController();
    expect(await feed.next(4, signal, LONG_MS)).toMatchObject({ last: 10 });
    expect(store.reads).toHaveLength(reads);
    reader.leave();
  });
});

describe("the feed", () => {
  test("is read once for all who wait at its end", async () => {
    const store = new FeedOfNumbers();
    const feed = new ChangeFeed({ store });
    const readers = Array.from({ length: 120 }, () => new FeedReader(feed, 0));
    await settle();
    expect(feed.waiting).toBe(120);
    // They came at once, so the store was asked once what is behind 0.
    expect(store.reads).toEqual([0]);
    store.last = 2;
    await feed.look();
    await settle();
    expect(store.reads).toEqual([0, "version", 0]);
    for (const reader of readers) expect(reader.numbers).toEqual([1, 2]);
    for (const reader of readers) reader.leave();
    await settle();
    expect(feed.waiting).toBe(0);
  });

  test("is not read while nobody waits, and only its version while nothing is new", async () => {
    const store = new FeedOfNumbers();
    const feed = new ChangeFeed({ store });
    store.last = 7;
    await feed.look();
    expect(store.reads).toEqual([]);
    const reader = new FeedReader(feed, 7);
    await settle();
    await feed.look();
    await feed.look();
    expect(store.reads).toEqual([7, "version", "version"]);
    reader.leave();
  });

  test("is looked at again when it is told so in the middle of a look, however often", async () => {
    const store = new FeedOfNumbers({ seesTheTimeOfTheCall: true });
    const feed = new ChangeFeed({ store });
    const reader = new FeedReader(feed, 0);
    await settle();
    store.isSlow = true;
    const first = feed.look();
    await settle();
    // The running look has asked already: only another one can see this change.
    store.last = 1;
    const told = [feed.look(), feed.look(), feed.look()];
    store.isSlow = false;
    for (const read of store.reading.splice(0)) read.answer();
    await Promise.all([first, ...told]);
    await settle();
    expect(reader.numbers).toEqual([1]);
    expect(store.reads).toEqual([0, "version", "version", 0]);
    reader.leave();
  });

  test("goes on without a gap when the store is back", async () => {
    const store = new FeedOfNumbers();
    store.last = 150;
    const feed = new ChangeFeed({ store });
    const atTheEnd = new FeedReader(feed, 150);
    await settle();
    store.isSlow = true;
    const behind = new FeedReader(feed, 0);
    await settle();
    store.reading.splice(0)[0]?.fail(UNAVAILABLE);
    await settle();
    expect(feed.waiting).toBe(2);
    const look = feed.look();
    await settle();
    store.reading.splice(0)[0]?.fail(UNAVAILABLE);
    await expect(look).rejects.toBe(UNAVAILABLE);
    expect(feed.waiting).toBe(2);

    store.isSlow = false;
    store.last = 152;
    await feed.look();
    for (let turn = 0; turn < 5; turn++) await settle();
    expect(atTheEnd.numbers).toEqual([151, 152]);
    expect(behind.numbers).toEqual(upTo(152));
    for (const reader of [atTheEnd, behind]) {
      reader.leave();
      await reader.done;
      expect(reader.failure).toBeUndefined();
    }
  });

  test.each([
    ["has a gap", 1, 2],
    ["ends too early", 2, 3],
  ])("that %s is handed on to nobody", async (_, before, missing) => {
    const store = new FeedOfNumbers();
    store.last = before;
    const feed = new ChangeFeed({ store });
    const reader = new FeedReader(feed, before);
    await settle();
    store.last = 3;
    store.missing = missing;
    await expect(feed.look()).rejects.toMatchObject({
      code: "corrupt",
      message: `change ${missing} is missing`,
    });
    await reader.done;
    expect(reader.numbers).toEqual([]);
    expect(reader.failure).toMatchObject({ code: "corrupt" });
  });

  test("that has a gap is not handed on to who is behind either", async () => {
    const store = new FeedOfNumbers();
    store.last = 3;
    store.missing = 2;
    const reader = new FeedReader(new ChangeFeed({ store }), 0);
    await reader.done;
    expect(reader.numbers).toEqual([]);
    expect(reader.failure).toMatchObject({ code: "corrupt" });
  });

  test("that has been closed ends the wait", async () => {
    const store = new FeedOfNumbers();
    const feed = new ChangeFeed({ store });
    const reader = new FeedReader(feed, 0);
    await settle();
    store.isSlow = true;
    const look = feed.look();
    await settle();
    const closed = new MovieStoreError("closed", "closed");
    store.reading[0]?.fail(closed);
    await expect(look).rejects.toBe(closed);
    await reader.done;
    expect(reader.failure).toBe(closed);
    expect(feed.waiting).toBe(0);
  });
});
