import { describe, expect, test } from "vitest";
import { FeedOfNumbers, upTo } from "../test/feed-of-numbers.ts";
import { FeedReader, LONG_MS, settle } from "../test/feed-reader.ts";
import { ChangeFeed } from "./change-feed.ts";

describe("the feed, however many read it and however far they are behind,", () => {
  test("leaves other work its turn while it wakes many", async () => {
    const store = new FeedOfNumbers();
    const feed = new ChangeFeed({ store });
    const { signal } = new AbortController();
    const order: unknown[] = [];
    const readers = upTo(60).map((reader) => feed.next(0, signal, LONG_MS).then(() => order.push(reader)));
    await settle();
    store.last = 1;
    setImmediate(() => order.push("other work"));
    await feed.look();
    await Promise.all(readers);
    expect(order).toEqual([...upTo(50), "other work", ...upTo(60, 51)]);
  });

  test("is not kept beyond its bound: who was behind when much came reads it alone", async () => {
    const store = new FeedOfNumbers();
    const feed = new ChangeFeed({ store, kept: 10 });
    const reader = new FeedReader(feed, 0);
    await settle();
    store.last = 250;
    await feed.look();
    for (let turn = 0; turn < 5; turn++) await settle();
    expect(reader.numbers).toEqual(upTo(250));
    expect(store.reads).toEqual([0, "version", 0, 100, 200]);
    reader.leave();
  });

  test("keeps the last events, and only so many", async () => {
    const store = new FeedOfNumbers();
    const feed = new ChangeFeed({ store, kept: 3 });
    const reader = new FeedReader(feed, 0);
    await settle();
    for (store.last = 1; store.last <= 5; store.last++) {
      await feed.look();
      await settle();
    }
    expect(reader.numbers).toEqual([1, 2, 3, 4, 5]);
    const reads = store.reads.length;
    const { signal } = new AbortController();
    expect((await feed.next(2, signal, LONG_MS))?.last).toBe(5);
    expect(store.reads).toHaveLength(reads);
    await feed.next(1, signal, LONG_MS);
    expect(store.reads.slice(reads)).toEqual([1]);
    reader.leave();
  });

  test("begins anew with who comes when all others have gone, even in the middle of a look", async () => {
    const store = new FeedOfNumbers();
    const feed = new ChangeFeed({ store });
    const gone = new FeedReader(feed, 0);
    await settle();
    store.isSlow = true;
    store.last = 2;
    const look = feed.look();
    await settle();
    store.reading.shift()?.answer();
    await settle();
    gone.leave();
    store.last = 7;
    const come = new FeedReader(feed, 7);
    await settle();
    // The look has asked what is behind 0, the reader what is behind 7; the reader is answered first.
    for (const read of store.reading.splice(0).reverse()) {
      read.answer();
      await settle();
    }
    await look;
    store.isSlow = false;
    store.last = 8;
    await feed.look();
    await settle();
    expect(come.numbers).toEqual([8]);
    come.leave();
  });

  test("is shown to who was told late that there was nothing more", async () => {
    const store = new FeedOfNumbers({ seesTheTimeOfTheCall: true });
    const feed = new ChangeFeed({ store });
    const atTheEnd = new FeedReader(feed, 0);
    await settle();
    store.last = 1;
    await feed.look();
    await settle();
    atTheEnd.leave();
    store.last = 2;
    // Everybody is behind the end of the feed now, and this one asks when there is nothing behind 2 yet.
    store.isSlow = true;
    const late = new FeedReader(feed, 2);
    await settle();
    store.isSlow = false;
    const other = new FeedReader(feed, 1);
    await settle();
    store.last = 4;
    await feed.look();
    await settle();
    expect(other.numbers).toEqual([2, 3, 4]);
    for (const read of store.reading.splice(0)) read.answer();
    await settle();
    expect(late.numbers).toEqual([3, 4]);
    for (const reader of [late, other]) reader.leave();
  });

  test("is read by at most four at once of those who are behind", async () => {
    const store = new FeedOfNumbers();
    store.last = 1_000;
    store.isSlow = true;
    const feed = new ChangeFeed({ store });
    const readers = upTo(20).map((after) => new FeedReader(feed, after));
    await settle();
    expect(store.reading).toHaveLength(4);
    // Who has gone in the meantime costs no read.
    for (const reader of readers.slice(0, 19)) reader.leave();
    for (const read of store.reading.splice(0)) read.answer();
    await settle();
    expect(store.reads).toEqual([1, 2, 3, 4, 20]);
    readers.at(-1)?.leave();
  });
});
