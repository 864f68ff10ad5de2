import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TextAnswer } from "./answers.ts";
import type { Cache } from "./cache.ts";
import { CachedAnswers } from "./cached-answers.ts";
import { MovieStoreError } from "./errors.ts";
import { MemoryCache } from "./memory/cache.ts";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { MovieStore } from "./movie-store.ts";
import { type ReceivedObject, recordIdOf } from "./update.ts";

const NOW_MS = Date.UTC(2024, 4, 1, 12);
let versions = 0;

function object(provider: string, film: object): ReceivedObject {
  versions++;
  return {
    bucket: "films",
    key: `providers/${provider}/1.json`,
    versionId: `v${versions}`,
    eventTimeMs: NOW_MS - 1_000_000 + versions,
    bytes: new TextEncoder().encode(JSON.stringify(film)),
  };
}

/** A repository whose methods can be replaced. */
function wrapped(repository: MovieRepository, replaced: Partial<MovieRepository>): MovieRepository {
  return new Proxy(repository, {
    get: (target, name) =>
      replaced[name as keyof MovieRepository] ?? target[name as keyof MovieRepository].bind(target),
  });
}

function gate(): { readonly open: () => void; readonly passed: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: () => resolve(), passed: promise };
}

const answer = (text: string): Omit<TextAnswer, "layer"> => ({
  status: "live",
  text,
  version: 1,
  digest: text,
  next: undefined,
  into: undefined,
});

const heat = { id: "1", title: "Heat", year: 1995 };
const acme1 = recordIdOf("acme", "1");

describe("CachedAnswers", () => {
  it("reads the store once for any number of concurrent misses, and then not at all", async () => {
    const repository = new MemoryMovieRepository();
    const answers = new CachedAnswers({ repository, cache: new MemoryCache(), ttlMs: 1_000 });
    const { open, passed } = gate();
    let reads = 0;
    const read = async () => {
      reads++;
      await passed;
      return answer("a");
    };
    const all = Array.from({ length: 20 }, () => answers.get("k", ["all"], read));
    const other = answers.get("other", ["all"], async () => answer("b"));
    open();
    expect((await Promise.all(all)).map(({ text, layer }) => `${text} ${layer}`)).toEqual(
      Array(20).fill("a db"),
    );
    expect((await other).text).toBe("b");
    expect(await answers.get("k", ["all"], read)).toEqual({ ...answer("a"), layer: "l1" });
    expect(reads).toBe(1);
  });

  it("gives back from the cache all parts of an answer", async () => {
    const answers = new CachedAnswers({
      repository: new MemoryMovieRepository(),
      cache: new MemoryCache(),
      ttlMs: 1_000,
    });
    const full = { ...answer('{"a":"\\n"}\n'), status: "merged", next: "cursor", into: acme1 } as const;
    await answers.get("k", ["all"], async () => full);
    expect(await answers.get("k", ["all"], async () => answer("not read"))).toEqual({ ...full, layer: "l1" });
  });

  it("passes a failure on to everyone who waits, and keeps nothing of it", async () => {
    const answers = new CachedAnswers({
      repository: new MemoryMovieRepository(),
      cache: new MemoryCache(),
      ttlMs: 1_000,
    });
    const failing = async () => {
      throw new MovieStoreError("unavailable", "the database is away");
    };
    const results = await Promise.allSettled([1, 2, 3].map(() => answers.get("k", ["all"], failing)));
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(await answers.get("k", ["all"], async () => answer("a"))).toMatchObject({
      text: "a",
      layer: "db",
    });
  });

  it("begins again when the store could not say where its feed stands", async () => {
    const repository = new MemoryMovieRepository();
    let down = true;
    const flaky = wrapped(repository, {
      version: async () => {
        if (down) throw new MovieStoreError("unavailable", "the database is away");
        return repository.version();
      },
    });
    const answers = new CachedAnswers({ repository: flaky, cache: new MemoryCache(), ttlMs: 1_000 });
    const get = () => answers.get("k", ["all"], async () => answer("a"));
    await expect(get()).rejects.toMatchObject({ code: "unavailable" });
    await answers.catchUp(); // nothing is cached yet, so there is nothing to ask the repository for
    down = false;
    expect(await get()).toMatchObject({ text: "a" });
    await answers.catchUp();
  });

  it("fills nothing before it knows from where on it follows the feed", async () => {
    const repository = new MemoryMovieRepository();
    const { open, passed } = gate();
    const slow = wrapped(repository, {
      version: async () => {
        await passed;
        return repository.version();
      },
    });
    const store = new MovieStore({ repository: slow, clock: () => NOW_MS });
    const writer = new MovieStore({ repository, cache: null, clock: () => NOW_MS });
    const first = store.find({ title: "heat" });
    const second = store.find({});
    // Both are on their way when another process changes what they will answer.
    await writer.ingest(object("acme", heat));
    open();
    await Promise.all([first, second]);
    await store.catchUp();
    expect((await store.find({})).movies).toHaveLength(1);
    expect((await store.find({ title: "heat" })).movies).toHaveLength(1);
  });

  it("sees the changes of other processes once it has caught up", async () => {
    const repository = new MemoryMovieRepository();
    const store = new MovieStore({ repository, clock: () => NOW_MS });
    const other = new MovieStore({ repository, clock: () => NOW_MS });
    await store.ingest(object("acme", heat));
    expect((await store.find({ title: "heat" })).movies).toHaveLength(1);
    expect((await store.findText(store.plan({ title: "heat" }))).layer).toBe("l1");
    await other.ingest(object("acme", { ...heat, title: "Hot" }));
    await store.catchUp();
    expect((await store.find({ title: "heat" })).movies).toEqual([]);
    expect(await store.get(acme1)).toMatchObject({ movie: { title: "Hot" } });
  });

  it("keeps what a change does not touch", async () => {
    const store = new MovieStore({ repository: new MemoryMovieRepository(), clock: () => NOW_MS });
    await store.ingest(object("acme", heat));
    await store.find({ title: "heat" });
    await store.ingest(object("acme", { id: "2", title: "Up", year: 2009 }));
    expect((await store.findText(store.plan({ title: "heat" }))).layer).toBe("l1");
  });

  it("does not serve an answer that was read before a change and filled after it", async () => {
    const repository = new MemoryMovieRepository();
    const { open, passed } = gate();
    let held = true;
    const slow = wrapped(repository, {
      find: async (query) => {
        const page = await repository.find(query);
        if (held) await passed;
        return page;
      },
    });
    const store = new MovieStore({ repository: slow, clock: () => NOW_MS });
    await store.ingest(object("acme", heat));
    const late = store.find({ title: "heat" });
    // Lets the read take its snapshot of the store before the change.
    await store.version();
    held = false;
    await store.ingest(object("acme", { ...heat, title: "Hot" }));
    open();
    await late;
    expect((await store.find({ title: "heat" })).movies).toEqual([]);
  });

  it("invalidates from where it stood when following the feed has failed in between", async () => {
    const repository = new MemoryMovieRepository();
    let down = false;
    const flaky = wrapped(repository, {
      changes: async (page) => {
        if (down) throw new MovieStoreError("unavailable", "the database is away");
        return repository.changes(page);
      },
    });
    const store = new MovieStore({ repository: flaky, clock: () => NOW_MS });
    const writer = new MovieStore({ repository, cache: null, clock: () => NOW_MS });
    expect((await store.find({})).movies).toEqual([]);
    await writer.ingest(object("acme", heat));
    down = true;
    await expect(store.catchUp()).rejects.toMatchObject({ code: "unavailable" });
    down = false;
    await store.catchUp();
    expect((await store.find({})).movies).toHaveLength(1);
  });

  it("asks the store every time where there is no cache", async () => {
    const store = new MovieStore({
      repository: new MemoryMovieRepository(),
      cache: null,
      clock: () => NOW_MS,
    });
    await store.ingest(object("acme", heat));
    for (let n = 0; n < 2; n++) expect((await store.getText(acme1)).layer).toBe("db");
  });

  it("drops answers in time, so that memory is not held for ever", async () => {
    let nowMs = NOW_MS;
    const cache: Cache = new MemoryCache({ clock: () => nowMs });
    const store = new MovieStore({
      repository: new MemoryMovieRepository(),
      cache,
      cacheTtlMs: 50,
      clock: () => nowMs,
    });
    await store.get(acme1);
    nowMs += 49;
    expect((await store.getText(acme1)).layer).toBe("l1");
    nowMs += 1;
    expect((await store.getText(acme1)).layer).toBe("db");
  });
});

describe("a store with a cache", () => {
  it("answers after each change of any kind just as one without", async () => {
    const film = fc.record({
      id: fc.constantFrom("1", "2"),
      title: fc.constantFrom("Carmen", "Heat", "Up"),
      year: fc.constantFrom(1915, 1916),
      cast: fc.subarray(["Ann", "Bo"]),
      genres: fc.subarray(["Drama"]),
      externalIds: fc.constantFrom({}, { imdb: "tt0000001" }, { imdb: "tt0000002" }),
      deleted: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
    });
    const step = fc.record({ provider: fc.constantFrom("acme", "bolt"), film, isLate: fc.boolean() });
    const ids = ["acme", "bolt"].flatMap((provider) => ["1", "2"].map((id) => recordIdOf(provider, id)));
    const queries = [
      ...[{}, { title: "carmen" }, { title: "he", match: "prefix" }, { title: "p", match: "contains" }],
      ...[
        { year: ["1915"] },
        { year: ["1915.."] },
        { cast: ["ann"] },
        { "cast.any": ["ann", "bo"], limit: 1 },
      ],
      ...[
        { genre: ["drama"] },
        { "genre.not": ["drama"] },
        { provider: "bolt" },
        { sort: "-updated", limit: 2 },
      ],
      ...[{ id: ids }, ...ids.map((id) => ({ id: [id] }))],
    ] as Parameters<MovieStore["find"]>[0][];
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const repository = new MemoryMovieRepository();
        const cached = new MovieStore({ repository, clock: () => NOW_MS });
        const plain = new MovieStore({ repository, cache: null, clock: () => NOW_MS });
        const compare = async () => {
          for (const query of queries) {
            // An untouched answer may bear the number of an earlier change.
            const { version: _, ...expected } = await plain.find(query);
            expect(await cached.find(query), JSON.stringify(query)).toMatchObject(expected);
          }
          for (const id of ids) {
            const { version: _, ...expected } = await plain.get(id);
            expect(await cached.get(id)).toMatchObject(expected);
          }
        };
        await compare();
        for (const { provider, film: said, isLate } of steps) {
          const { eventTimeMs, ...rest } = object(provider, said);
          await cached.ingest({ ...rest, eventTimeMs: isLate ? eventTimeMs - 500_000 : eventTimeMs });
          await compare();
        }
      }),
      { numRuns: 100 },
    );
  });
});
