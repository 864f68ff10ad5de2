import { type Change, MemoryMovieRepository, type MovieRepository, MovieStore } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { upTo } from "../test/feed-of-numbers.ts";
import { openStream } from "../test/open-stream.ts";
import { ingest, startApi } from "../test/running-api.ts";

describe("clients of the stream", () => {
  const WRITERS = 16;
  const UPDATES_A_WRITER = 20;

  test("get every number once while sixteen write, also those that are cut off", async () => {
    const repository = new MemoryMovieRepository();
    const api = await startApi({ repository });
    const write = async (writer: number) => {
      const store = writer % 2 === 0 ? api.store : new MovieStore({ repository });
      for (let n = 0; n < UPDATES_A_WRITER; n++)
        await ingest(store, [{ id: `${writer}-${n % 7}`, title: `Film ${writer}-${n % 7}`, year: 1900 + n }]);
    };
    const total = WRITERS * UPDATES_A_WRITER;
    const readAll = async (cutOffEvery: number) => {
      const numbers: number[] = [];
      for (let lastEventId = "0"; numbers.length < total; ) {
        const client = await openStream(api, "", { "Last-Event-ID": lastEventId });
        const wanted = Math.min(cutOffEvery, total - numbers.length);
        await client.until(({ events }) => events.length >= wanted);
        client.cutOff();
        numbers.push(...client.numbers);
        lastEventId = client.lastEventId;
      }
      return numbers;
    };
    const reading = [total, total, 100, 17, 5, 1].map(readAll);
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
    for (const numbers of await Promise.all(reading)) expect(numbers).toEqual(upTo(total));
  }, 20_000);

  test("that do not read hold up neither the others nor the memory", async () => {
    const { repository, reads } = longFeed(20_000);
    const api = await startApi({ repository, maxStallMs: 60_000 });
    const slow = await openStream(api, "?after=1");
    slow.response.pause();
    const quick = await openStream(api, "?after=0");
    await quick.until(({ events }) => events.length === 20_000);
    expect(quick.numbers).toEqual(upTo(20_000));
    // Its pages begin behind 1, 101, 201 and so on. What the sockets hold is a part of the 24 MB.
    const read = Math.max(...reads.filter((after) => after % 100 === 1));
    expect(read).toBeLessThan(15_000);
    slow.response.resume();
    await slow.until(({ events }) => events.length === 19_999);
    expect(slow.numbers).toEqual(upTo(20_000, 2));
  }, 20_000);

  test("that do not read for long are cut off, and miss nothing when they come back", async () => {
    const { repository } = longFeed(20_000);
    const api = await startApi({ repository, maxStallMs: 20 });
    const slow = await openStream(api, "?after=0", { "X-Request-Id": "the-slow-one" });
    slow.response.pause();
    await api.log.line({ requestId: "the-slow-one", aborted: true });
    slow.response.resume();
    await slow.ended;
    expect(slow.isWhole).toBe(false);
    const numbers = [...slow.numbers];
    // With so short a time, who reads may be taken for one that doesn't.
    for (let { lastEventId } = slow; lastEventId !== "20000"; ) {
      const again = await openStream(api, "", { "Last-Event-ID": lastEventId });
      await again.until((client) => client.lastEventId === "20000").catch(() => {});
      numbers.push(...again.numbers);
      lastEventId = again.lastEventId;
    }
    expect(numbers).toEqual(upTo(20_000));
  }, 20_000);
});

/** A feed of changes that say 1 KB each, and the numbers behind which it was read. */
function longFeed(last: number): { readonly repository: MovieRepository; readonly reads: readonly number[] } {
  const reads: number[] = [];
  const provider = "p".repeat(1_000);
  const after = { status: "withdrawn", id: "0000000000000000", records: [] } as const;
  const change = (number: number): Change => ({
    number,
    atMs: 0,
    kind: "withdrawn",
    movieId: after.id,
    provider,
    before: after,
    after,
  });
  const repository = new MemoryMovieRepository();
  repository.version = async () => last;
  repository.changes = async (page) => {
    reads.push(page.after);
    const count = Math.max(0, Math.min(page.limit, last - page.after));
    return Array.from({ length: count }, (_, at) => change(page.after + 1 + at));
  };
  return { repository, reads };
}
