import { gunzipSync, gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { MovieStoreError } from "./errors.ts";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import { MemoryUpdateSource } from "./memory/update-source.ts";
import { MovieStore } from "./movie-store.ts";
import { type Receipt, recordIdOf } from "./update.ts";
import type { ObjectAddress } from "./update-source.ts";

const NOW_MS = Date.UTC(2024, 4, 1, 12);
const acme1 = recordIdOf("acme", "1");
const heat = { id: "1", title: "Heat", year: 1995 };

let repository: MemoryMovieRepository;
let source: MemoryUpdateSource;
let store: MovieStore;

beforeEach(() => {
  repository = new MemoryMovieRepository();
  let seconds = 0;
  source = new MemoryUpdateSource({ clock: () => NOW_MS - 100_000 + 1_000 * seconds++ });
  store = new MovieStore({ repository, clock: () => NOW_MS });
});

async function ingest(key: string, content: object | string | Uint8Array): Promise<Receipt> {
  const bytes =
    typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content);
  return store.ingest(await source.read(source.put(`providers/${key}.json`, bytes)));
}

/** All that is stored, as text. */
async function contentOf(of: MemoryMovieRepository): Promise<string> {
  const page = { after: 0, limit: 1_000 };
  return JSON.stringify([
    await of.log(page),
    await of.changes(page),
    await of.allFilms({ after: "", limit: 1_000 }),
    await of.findReceipts({ limit: 1_000 }),
  ]);
}

describe("check", () => {
  it("says what would happen and writes nothing", async () => {
    await ingest("acme/1", heat);
    const before = await contentOf(repository);
    const objects = [
      await source.read(source.put("providers/acme/1.json", JSON.stringify({ ...heat, year: 1996 }))),
      await source.read(source.put("providers/bolt/1.json", JSON.stringify({ ...heat, year: 1996 }))),
      await source.read(source.put("providers/bolt/2.json", "{")),
    ];
    const checked = await store.check(objects);
    expect(checked.map(({ verdict }) => verdict)).toEqual(["accepted", "accepted", "rejected"]);
    expect(checked.map(({ changes }) => changes)).toEqual([[2], [3], []]);
    expect(checked[1]?.movieId).toBe(acme1);
    expect(await contentOf(repository)).toBe(before);
    expect(await store.ingestMany(objects)).toEqual(checked);
  });
});

describe("retry", () => {
  it("takes in from the quarantine what can be read now", async () => {
    const rejected = await ingest("acme/1", gzipSync(JSON.stringify(heat)));
    expect(rejected).toMatchObject({ verdict: "rejected", rejection: { code: "bad-encoding" } });
    const stillBad = await ingest("acme/2", "{");
    const fine = await ingest("acme/3", { id: "3", title: "Up" });

    const able = new MovieStore({ repository, clock: () => NOW_MS, gunzip: (bytes) => gunzipSync(bytes) });
    const receipts = await able.retry([rejected.updateId, stillBad.updateId, fine.updateId, "unknown"]);
    expect(receipts.map(({ verdict }) => verdict)).toEqual(["accepted", "rejected", "duplicate"]);
    expect(receipts[0]).toMatchObject({ movieId: acme1, changes: [2] });
    expect(receipts[0]).not.toHaveProperty("rejection");
    expect(await able.get(acme1)).toMatchObject({ movie: { title: "Heat" } });
    expect((await able.receipts({ verdict: "rejected", limit: 10 })).map(({ key }) => key)).toEqual([
      "providers/acme/2.json",
    ]);
    expect((await able.verify(new MemoryMovieRepository())).differences).toEqual([]);
  });

  it("puts an old update in its place: what came since stays newer", async () => {
    const old = await ingest("acme/1", gzipSync(JSON.stringify(heat)));
    await ingest("acme/1", { ...heat, title: "Heat (1995)" });
    const able = new MovieStore({ repository, clock: () => NOW_MS, gunzip: (bytes) => gunzipSync(bytes) });
    expect(await able.retry([old.updateId])).toMatchObject([{ verdict: "superseded", changes: [] }]);
  });

  it("does nothing with nothing", async () => {
    expect(await store.retry([])).toEqual([]);
    expect(await store.retry(["unknown"])).toEqual([]);
  });
});

describe("rebuild", () => {
  it("makes the same films again and adds no change", async () => {
    await ingest("acme/1", heat);
    await ingest("bolt/1", { ...heat, title: "Hot" });
    await ingest("bolt/1", heat);
    await ingest("acme/2", "{");
    const before = await contentOf(repository);
    const progress: number[] = [];
    expect(await store.rebuild((updates) => progress.push(updates))).toEqual({ updates: 3, changed: 0 });
    expect(await contentOf(repository)).toBe(before);
    expect(progress.at(-1)).toBe(3);
  });

  it("publishes a change without an update for each film that other rules make different", async () => {
    await ingest("acme/1", { ...heat, title: "HEAT" });
    await ingest("bolt/1", heat);
    const ruled = new MovieStore({ repository, clock: () => NOW_MS + 5_000, priority: ["acme"] });
    expect(await ruled.get(acme1)).toMatchObject({ movie: { title: "Heat" } });
    expect(await ruled.rebuild()).toEqual({ updates: 2, changed: 1 });
    expect(await ruled.get(acme1)).toMatchObject({ movie: { title: "HEAT", version: 3 } });
    const { changes } = await ruled.changes({ after: 2 });
    expect(changes).toEqual([
      {
        ...{ number: 3, kind: "updated", movieId: acme1, fields: ["title"] },
        at: new Date(NOW_MS + 5_000).toISOString(),
      },
    ]);
    expect((await ruled.verify(new MemoryMovieRepository())).differences).toEqual([]);
  });
});

describe("settledReceipts", () => {
  it("has the first delivery's in place of that of the second, each update once", async () => {
    const object = await source.read(source.put("providers/acme/1.json", JSON.stringify(heat)));
    const other = await source.read(source.put("providers/bolt/1.json", JSON.stringify(heat)));
    const [first] = await store.ingestMany([object]);
    const receipts = await store.ingestMany([object, other, object, other]);
    expect(receipts.map(({ verdict }) => verdict)).toEqual([
      ...["duplicate", "accepted", "duplicate", "duplicate"],
    ]);
    expect(await store.settledReceipts(receipts)).toEqual([first, receipts[1]]);
  });

  it("says what an update is by now", async () => {
    const object = await source.read(source.put("providers/acme/1.json", JSON.stringify(heat)));
    await store.ingest(object);
    await ingest("acme/1", { ...heat, year: 1996 });
    const again = await store.ingest(object);
    expect(again.verdict).toBe("duplicate");
    expect(await store.settledReceipts([again])).toMatchObject([
      { updateId: again.updateId, verdict: "superseded" },
    ]);
  });

  it("leaves a true duplicate one, and asks for nothing where there is none", async () => {
    const content = JSON.stringify({ ...heat, updatedAt: "2024-01-01" });
    await ingest("acme/1", content);
    const twin = await ingest("acme/copy", content);
    expect(await store.settledReceipts([twin])).toMatchObject([{ verdict: "duplicate", key: twin.key }]);

    repository.receipts = () => Promise.reject(new Error("there is nothing to ask for"));
    expect(await store.settledReceipts([await ingest("acme/2", "{")])).toMatchObject([
      { verdict: "rejected" },
    ]);
    expect(await store.settledReceipts([])).toEqual([]);
    const twice = await source.read(
      source.put("providers/acme/3.json", JSON.stringify({ id: "3", title: "Up" })),
    );
    const inOneBatch = await store.ingestMany([twice, twice]);
    expect(await store.settledReceipts(inOneBatch)).toEqual([inOneBatch[0]]);
  });
});

describe("ingestFrom", () => {
  it("takes in all that lies below a prefix, in batches, and nothing twice", async () => {
    for (let n = 0; n < 5; n++) {
      source.put(`providers/acme/${n}.json`, JSON.stringify({ id: `${n}`, title: `Film ${n}` }));
    }
    source.put("providers/acme/0.json", JSON.stringify({ id: "0", title: "Film zero" }));
    source.put("other/acme/9.json", JSON.stringify({ id: "9", title: "Not this" }));
    const batches: string[][] = [];
    const onReceipts = (receipts: readonly Receipt[]) => batches.push(receipts.map(({ verdict }) => verdict));
    const sums = await store.ingestFrom(source, "providers/", { batch: 2, onReceipts });
    expect(batches).toEqual([
      ["superseded", "accepted"],
      ["accepted", "accepted"],
      ["accepted", "accepted"],
    ]);
    expect(sums).toEqual({ listed: 6, known: 0, receipts: 6 });
    expect((await store.find({ sort: "title" })).movies.map(({ title }) => title)).toEqual([
      ...["Film 1", "Film 2", "Film 3", "Film 4", "Film zero"],
    ]);

    batches.length = 0;
    const { read } = source;
    source.read = () => Promise.reject(new Error("what the log has already is not read"));
    expect(await store.ingestFrom(source, "providers/", { onReceipts })).toEqual({
      listed: 6,
      known: 6,
      receipts: 0,
    });
    expect(batches).toEqual([[]]);

    source.read = read;
    source.put("providers/acme/3.json", JSON.stringify({ id: "3", title: "Film three" }));
    expect(await store.ingestFrom(source, "providers/", { onReceipts })).toEqual({
      listed: 7,
      known: 6,
      receipts: 1,
    });
    expect((await store.find({ title: "three" })).movies).toHaveLength(1);
  });

  it("reads what has no version id, and recognises it", async () => {
    source.put("providers/acme/1.json", JSON.stringify(heat));
    const unversioned = {
      async *list(prefix: string) {
        for await (const { bucket, key } of source.list(prefix)) yield { bucket, key };
      },
      read: (address: ObjectAddress) => source.read(address),
      close: () => source.close(),
    };
    const verdicts: string[] = [];
    const onReceipts = (some: readonly Receipt[]) => verdicts.push(...some.map(({ verdict }) => verdict));
    for (let pass = 0; pass < 2; pass++) {
      expect(await store.ingestFrom(unversioned, "providers/", { onReceipts })).toEqual({
        listed: 1,
        known: 0,
        receipts: 1,
      });
    }
    expect(verdicts).toEqual(["accepted", "duplicate"]);
  });

  it("tells of what the log had already, and waits until it has been heard", async () => {
    source.put("providers/acme/1.json", JSON.stringify(heat));
    await store.ingestFrom(source, "providers/");
    source.put("providers/acme/1.json", JSON.stringify({ ...heat, year: 1996 }));
    source.put("providers/acme/2.json", JSON.stringify({ id: "2", title: "Up" }));
    const told: unknown[] = [];
    let isHeard = true;
    await store.ingestFrom(source, "providers/", {
      batch: 2,
      onReceipts: async (receipts, _, known) => {
        expect(isHeard).toBe(true);
        isHeard = false;
        told.push([known, receipts].map((some) => some.map(({ verdict }) => verdict)));
        await new Promise((resolve) => setImmediate(resolve));
        isHeard = true;
      },
    });
    expect(isHeard).toBe(true);
    expect(told).toEqual([
      [["accepted"], ["accepted"]],
      [[], ["accepted"]],
    ]);
  });

  it("asks for no more receipts at once than a repository gives", async () => {
    for (let n = 0; n < 1_001; n++) {
      source.put(`providers/acme/${n}.json`, JSON.stringify({ id: `${n}`, title: `Film ${n}` }));
    }
    const asked: number[] = [];
    const { receipts } = repository;
    repository.receipts = (ids) => {
      asked.push(ids.length);
      return receipts.call(repository, ids);
    };
    for (const known of [0, 1_001]) {
      expect(await store.ingestFrom(source, "providers/", { batch: 1_001 })).toMatchObject({ known });
    }
    expect(asked).toEqual([1_000, 1, 1_000, 1]);
  });

  it("logs an object that is gone when it is to be read, and goes on", async () => {
    source.put("providers/acme/1.json", JSON.stringify(heat));
    source.put("providers/acme/2.json", JSON.stringify({ id: "2", title: "Up" }));
    const receipts: Receipt[] = [];
    const vanishing = {
      list: (prefix: string) => source.list(prefix),
      read: (address: Parameters<typeof source.read>[0]) => {
        if (address.key.endsWith("1.json")) source.delete(address.key);
        return source.read(address);
      },
      close: () => source.close(),
    };
    await store.ingestFrom(vanishing, "providers/", { onReceipts: (some) => receipts.push(...some) });
    expect(receipts).toMatchObject([
      { verdict: "rejected", rejection: { code: "gone" } },
      { verdict: "accepted" },
    ]);
  });

  it("passes on the failure of a source, with what it has taken in before kept", async () => {
    source.put("providers/acme/1.json", JSON.stringify(heat));
    source.put("providers/acme/2.json", JSON.stringify({ id: "2", title: "Up" }));
    const failing = {
      list: (prefix: string) => source.list(prefix),
      read: async (address: Parameters<typeof source.read>[0]) => {
        if (address.key.endsWith("2.json")) throw new MovieStoreError("unavailable", "the bucket is away");
        return source.read(address);
      },
      close: () => source.close(),
    };
    await expect(store.ingestFrom(failing, "providers/", { batch: 1 })).rejects.toMatchObject({
      code: "unavailable",
      retryable: true,
    });
    expect(await store.version()).toBe(1);
  });
});

describe("exportMovies", () => {
  it("gives every live film as its finished JSON, by id", async () => {
    for (let n = 0; n < 4; n++) await ingest(`acme/${n}`, { id: `${n}`, title: `Film ${n}` });
    await ingest("acme/0", { id: "0", deleted: true });
    const films = [];
    for await (const json of store.exportMovies()) films.push(JSON.parse(json));
    const ids = ["1", "2", "3"].map((n) => recordIdOf("acme", n)).sort();
    expect(films.map(({ id }) => id)).toEqual(ids);
    expect(films[0]).toEqual((await store.find({ id: [ids[0] as string] })).movies[0]);
  });
});
