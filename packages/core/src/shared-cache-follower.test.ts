import { describe, expect, it } from "vitest";
import type { Cache } from "./cache.ts";
import type { Change } from "./change.ts";
import { MovieStoreError } from "./errors.ts";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { MovieStore } from "./movie-store.ts";
import { EVERY_ANSWER, SharedCacheFollower } from "./shared-cache-follower.ts";
import { SharedMemory } from "./testing/shared-memory.ts";
import type { ReceivedObject } from "./update.ts";

const NOW_MS = Date.UTC(2024, 4, 1, 12);
let versions = 0;

function film(id: string, title: string): ReceivedObject {
  versions++;
  return {
    bucket: "films",
    key: `providers/acme/${id}.json`,
    versionId: `v${versions}`,
    eventTimeMs: NOW_MS - 1_000_000 + versions,
    bytes: new TextEncoder().encode(JSON.stringify({ id, title })),
  };
}

/** Counts the calls of each method, and lets methods be replaced. */
function counted(repository: MovieRepository, replaced: Partial<MovieRepository> = {}) {
  const calls: string[] = [];
  const counting = new Proxy(repository, {
    get: (target, name: keyof MovieRepository) => {
      const method = (replaced[name] ?? target[name].bind(target)) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        calls.push(name);
        return method(...given);
      };
    },
  });
  return { repository: counting, calls };
}

/** Processes on one database and one cache server. */
function open() {
  const server = new SharedMemory();
  const repository = new MemoryMovieRepository();
  const process = (on: MovieRepository = repository, cache: Cache | null = server.open()) =>
    new MovieStore({ repository: on, cache, clock: () => NOW_MS });
  return { server, repository, process };
}

const titles = async (store: MovieStore) => (await store.find({})).movies.map((movie) => movie.title);

describe("processes on a shared cache", () => {
  it("empty it where their database has become another one, which no change tells of", async () => {
    const { server, process } = open();
    const before = process();
    await before.ingest(film("1", "Heat"));
    expect(await titles(before)).toEqual(["Heat"]);
    const after = process(new MemoryMovieRepository());
    expect(await titles(after)).toEqual(["Heat"]);
    await process().emptySharedCache();
    expect(await titles(after)).toEqual([]);
    const unreachable = { ...server.open(), shared: true, invalidate: async () => false } as Cache;
    await expect(process(new MemoryMovieRepository(), unreachable).emptySharedCache()).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  it("see each other's writes at once, and leave nothing pending", async () => {
    const { repository, process } = open();
    const [writer, reader] = [process(), process()];
    await writer.ingest(film("1", "Heat"));
    expect(await titles(reader)).toEqual(["Heat"]);
    expect(await titles(writer)).toEqual(["Heat"]);
    await writer.ingest(film("1", "Ran"));
    expect(await titles(reader)).toEqual(["Ran"]);
    expect(await repository.followed()).toEqual({ followed: 2, version: 2 });
    await writer.rebuild();
    expect((await repository.followed()).followed).toBe(await repository.version());
  });

  it("serve what is in the cache from their first request on, without asking the database", async () => {
    const { repository, process } = open();
    await titles(process());
    const started = counted(repository);
    const pod = process(started.repository);
    expect((await pod.findText(pod.plan({}))).layer).toBe("l2");
    expect(started.calls).toEqual([]);
  });

  it("finish what a writer has left pending that died before it could tell the cache", async () => {
    const { server, repository, process } = open();
    const reader = process();
    expect(await titles(reader)).toEqual([]);
    await process(repository, null).ingest(film("1", "Heat"));
    await reader.catchUp(); // it may still be alive
    expect(await repository.followed()).toEqual({ followed: 0, version: 1 });
    await reader.catchUp();
    expect(await titles(reader)).toEqual(["Heat"]);
    expect(await titles(process(repository, server.open()))).toEqual(["Heat"]);
    expect(await repository.followed()).toEqual({ followed: 1, version: 1 });
  });

  it("take in updates while the cache can't be reached, and follow them when it is back", async () => {
    const { server, repository, process } = open();
    const [writer, relay] = [process(), process()];
    expect(await titles(relay)).toEqual([]);
    server.isUp = false;
    expect(await writer.ingest(film("1", "Heat"))).toMatchObject({ verdict: "accepted" });
    expect(await titles(writer)).toEqual(["Heat"]);
    await relay.catchUp();
    await expect(relay.catchUp()).rejects.toMatchObject({ code: "unavailable" });
    expect(await repository.followed()).toEqual({ followed: 0, version: 1 });
    server.isUp = true;
    await relay.catchUp();
    expect(await titles(relay)).toEqual(["Heat"]);
    expect(await repository.followed()).toEqual({ followed: 1, version: 1 });
  });

  it("take in updates although following them fails at the database", async () => {
    const { repository, process } = open();
    const failing = async () => {
      throw new MovieStoreError("unavailable", "the database is away");
    };
    for (const method of ["followed", "changes", "markFollowed"] as const) {
      const writer = process(counted(repository, { [method]: failing }).repository);
      expect(await writer.ingest(film(method, method))).toMatchObject({ verdict: "accepted" });
    }
    expect(await repository.followed()).toEqual({ followed: 0, version: 3 });
    await process().ingest(film("1", "Heat"));
    expect(await repository.followed()).toEqual({ followed: 4, version: 4 });
  });

  it("follow the writes of many callers at once, all of them, in few rounds", async () => {
    const { repository, process } = open();
    const writes = counted(repository);
    const writer = process(writes.repository);
    const reader = process();
    await titles(reader);
    await Promise.all(Array.from({ length: 16 }, (_, at) => writer.ingest(film(`${at}`, `Film ${at}`))));
    expect(await repository.followed()).toEqual({ followed: 16, version: 16 });
    expect(await titles(reader)).toHaveLength(16);
    expect(writes.calls.filter((call) => call === "followed").length).toBeLessThan(16);
  });
});

describe("SharedCacheFollower", () => {
  /** A cache that writes down what it is told, and says what it is told to. */
  function recording(answers: readonly boolean[] = []) {
    const invalidated: (readonly string[])[] = [];
    const rest = answers.values();
    const cache: Cache = {
      shared: true,
      get: async () => ({ hit: false, snapshot: "" }),
      set: async () => {},
      invalidate: async (tags) => {
        invalidated.push(tags);
        return rest.next().value ?? true;
      },
      close: async () => {},
    };
    return { cache, invalidated };
  }

  /** A repository with many changes, of which only the feed can be read. */
  function feed(version: number, followed = 0) {
    const state = { version, followed };
    const marks: number[] = [];
    const pages: number[] = [];
    const change = (number: number): Change => ({
      number,
      atMs: NOW_MS,
      kind: "updated",
      movieId: `${number}`,
      before: undefined,
      after: { status: "merged", id: `${number}`, into: "1" } as Change["after"],
    });
    const repository: Pick<MovieRepository, "followed" | "changes" | "markFollowed"> = {
      followed: async () => ({ ...state }),
      changes: async ({ after, limit }) => {
        pages.push(after);
        const count = Math.max(0, Math.min(limit, state.version - after));
        return Array.from({ length: count }, (_, at) => change(after + at + 1));
      },
      markFollowed: async (number) => {
        marks.push(number);
        state.followed = Math.max(state.followed, number);
      },
    };
    return { repository: repository as MovieRepository, state, marks, pages };
  }

  it("asks the database one thing when nothing is pending", async () => {
    const { repository, calls } = counted(feed(7, 7).repository);
    const follower = new SharedCacheFollower(repository, recording().cache);
    await follower.relay();
    await follower.relay();
    await follower.afterWrite();
    expect(calls).toEqual(["followed", "followed", "followed"]);
  });

  it("leaves to living writers what was not pending at the relay before", async () => {
    const { repository, state, marks } = feed(3);
    const { cache, invalidated } = recording();
    const follower = new SharedCacheFollower(repository, cache);
    await follower.relay();
    Object.assign(state, { followed: 3, version: 4 });
    await follower.relay();
    Object.assign(state, { followed: 4, version: 5 });
    await follower.relay();
    expect([marks, invalidated]).toEqual([[], []]);
    await follower.relay();
    expect([marks, invalidated]).toEqual([[5], [["m:5"]]]);
  });

  it("follows page by page, and marks each page after its tags", async () => {
    const { repository, marks, pages } = feed(2_500, 200);
    const { cache, invalidated } = recording([true, false, true]);
    const follower = new SharedCacheFollower(repository, cache);
    await follower.afterWrite();
    expect(marks).toEqual([1_200]);
    await follower.afterWrite();
    expect(marks).toEqual([1_200, 2_200, 2_500]);
    expect(pages).toEqual([200, 1_200, 1_200, 2_200]);
    expect(invalidated[0]?.slice(0, 2)).toEqual(["m:201", "m:202"]);
    expect(invalidated.flat()).toContain("m:2500");
  });

  it("drops all answers instead of following a long backlog change by change", async () => {
    const short = feed(10_000);
    const shortCache = recording();
    await new SharedCacheFollower(short.repository, shortCache.cache).afterWrite();
    expect(shortCache.invalidated).toHaveLength(10);
    expect(short.state.followed).toBe(10_000);

    const long = feed(1_010_001, 10_000);
    const longCache = recording([false]);
    const follower = new SharedCacheFollower(long.repository, longCache.cache);
    await follower.afterWrite();
    expect(long.marks).toEqual([]);
    await follower.afterWrite();
    expect(longCache.invalidated).toEqual([[EVERY_ANSWER], [EVERY_ANSWER]]);
    expect([long.marks, long.pages]).toEqual([[1_010_001], []]);
  });

  it("drops every answer of the store with that tag", async () => {
    const { server, process } = open();
    const reader = process();
    const plan = reader.plan({});
    await reader.findText(plan);
    expect((await reader.findText(plan)).layer).toBe("l2");
    await server.open().invalidate([EVERY_ANSWER]);
    expect((await reader.findText(plan)).layer).toBe("db");
  });

  it("never marks a change that the feed does not have", async () => {
    const { repository, state, marks } = feed(2);
    const gap: MovieRepository = { ...repository, changes: async () => [] };
    const { cache, invalidated } = recording();
    const follower = new SharedCacheFollower(gap, cache);
    await follower.relay();
    await expect(follower.relay()).rejects.toMatchObject({ code: "corrupt" });
    expect([state.followed, marks, invalidated]).toEqual([0, [], []]);
  });

  it("begins a round behind the commit of whoever asks for it", async () => {
    const { repository, state, marks } = feed(1);
    const held = Promise.withResolvers<void>();
    const asked: number[] = [];
    const slow: MovieRepository = {
      ...repository,
      followed: async () => {
        const seen = { ...state };
        asked.push(seen.version);
        await held.promise;
        return seen;
      },
    };
    const follower = new SharedCacheFollower(slow, recording().cache);
    const first = follower.afterWrite();
    await undefined;
    expect(asked).toEqual([1]);
    state.version = 2_000;
    const rest = [follower.afterWrite(), follower.afterWrite()];
    held.resolve();
    await first;
    expect(marks).toEqual([1_000]);
    await Promise.all(rest);
    expect(asked).toEqual([1, 2_000]);
    expect(marks).toEqual([1_000, 2_000]);
  });
});
