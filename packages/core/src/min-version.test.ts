import { describe, expect, it } from "vitest";
import type { TextAnswer } from "./answers.ts";
import { CachedAnswers } from "./cached-answers.ts";
import { LayeredCache } from "./layered-cache.ts";
import { MemoryCache } from "./memory/cache.ts";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import { MovieStore } from "./movie-store.ts";
import { SharedMemory } from "./testing/shared-memory.ts";
import { type ReceivedObject, recordIdOf } from "./update.ts";

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

const heat = recordIdOf("acme", "1");

/** One process, whose answer for "heat" is from change 1, while the store has come to change 3. */
async function behind() {
  const store = new MovieStore({ repository: new MemoryMovieRepository(), clock: () => NOW_MS });
  await store.ingest(film("1", "Heat"));
  const ask = (minVersion?: number) =>
    store.findText(store.plan({ title: "heat", ...(minVersion === undefined ? {} : { minVersion }) }));
  await ask();
  await store.get(heat);
  await store.ingestMany([film("2", "Up"), film("3", "Ran")]);
  return { store, ask };
}

describe("an answer that has to reflect a change", () => {
  it("comes from the cache where that is new enough", async () => {
    const { store, ask } = await behind();
    for (const minVersion of [undefined, 0, 1]) {
      expect(await ask(minVersion)).toMatchObject({ layer: "l1", version: 1 });
    }
    expect(await store.getText(heat, { minVersion: 1 })).toMatchObject({ layer: "l1", version: 1 });
  });

  it("is read again where the cached one is older, and then is in the cache for everyone", async () => {
    const { store, ask } = await behind();
    expect(await ask(2)).toMatchObject({ layer: "db", version: 3 });
    expect(await ask(3)).toMatchObject({ layer: "l1", version: 3 });
    expect(await ask()).toMatchObject({ layer: "l1", version: 3 });
    expect(await store.getText(heat, { minVersion: 3 })).toMatchObject({ layer: "db", version: 3 });
    expect(await store.getText(heat)).toMatchObject({ layer: "l1", version: 3 });
  });

  it("is not there before the store has come to it, and the others keep theirs", async () => {
    const { store, ask } = await behind();
    const failure = { code: "not-yet", retryable: true, field: "minVersion" };
    await expect(ask(4)).rejects.toMatchObject(failure);
    await expect(store.get(heat, { minVersion: 4 })).rejects.toMatchObject(failure);
    await expect(store.get("no id", { minVersion: 4 })).rejects.toMatchObject(failure);
    await expect(store.find({ title: "nothing", minVersion: 4 })).rejects.toMatchObject(failure);
    expect((await ask()).version).toBeLessThanOrEqual(3);
    await store.ingest(film("4", "Alien"));
    expect(await ask(4)).toMatchObject({ version: 4 });
    expect(await store.get("no id", { minVersion: 4 })).toMatchObject({ status: "unknown", version: 4 });
  });

  it("is asked for in vain without a cache too", async () => {
    const store = new MovieStore({ repository: new MemoryMovieRepository(), cache: null });
    await expect(store.find({ minVersion: 1 })).rejects.toMatchObject({ code: "not-yet" });
    expect((await store.find({ minVersion: 0 })).version).toBe(0);
  });

  it("has the key of any other answer to the same question", async () => {
    const store = new MovieStore({ repository: new MemoryMovieRepository() });
    const { minVersion: none, ...plain } = store.plan({ title: "heat" });
    const { minVersion, ...asked } = store.plan({ title: "heat", minVersion: 7 });
    expect([none, minVersion]).toEqual([0, 7]);
    expect(asked).toEqual(plain);
  });

  it.each([-1, 1.5, Number.NaN])("can't be asked for as of change %s", (minVersion) => {
    const store = new MovieStore({ repository: new MemoryMovieRepository() });
    expect(() => store.plan({ minVersion })).toThrow(/minVersion/);
  });
});

/** Answers whose reads end when the test says so. */
function heldAnswers() {
  const cache = new MemoryCache();
  const answers = new CachedAnswers({ repository: new MemoryMovieRepository(), cache, ttlMs: 1_000 });
  const reads: { readonly end: (version: number) => void }[] = [];
  const read = () => {
    const { promise, resolve } = Promise.withResolvers<Omit<TextAnswer, "layer">>();
    reads.push({
      end: (version) =>
        resolve({
          status: "live",
          text: `${version}`,
          version,
          digest: "",
          next: undefined,
          into: undefined,
        }),
    });
    return promise;
  };
  const get = (minVersion: number) => answers.get("k", ["t"], read, minVersion);
  const begun = async (count: number) => {
    // Whoever is on the way to a read arrives at it, or at the one under way.
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    expect(reads).toHaveLength(count);
  };
  return { get, reads, begun, cache };
}

describe("reads for the sake of a change", () => {
  it("are one for all who wait for the same", async () => {
    const { get, reads, begun } = heldAnswers();
    const first = get(0);
    await begun(1);
    reads[0]?.end(1);
    await first;
    const all = [2, 2, 3, 3, 3].map((minVersion) => get(minVersion));
    await begun(2);
    reads[1]?.end(3);
    expect((await Promise.all(all)).map(({ version }) => version)).toEqual([3, 3, 3, 3, 3]);
  });

  it("are made again for who came when one had begun that is too old, and for nobody twice", async () => {
    const { get, reads, begun } = heldAnswers();
    const early = get(0);
    await begun(1);
    const late = [get(2), get(2), get(0)];
    await begun(1);
    reads[0]?.end(1);
    expect((await early).version).toBe(1);
    await begun(2);
    reads[1]?.end(2);
    expect((await Promise.all(late)).map(({ version }) => version)).toEqual([2, 2, 1]);
  });

  it("are made again for who joined one for an older change", async () => {
    const { get, reads, begun } = heldAnswers();
    const first = get(0);
    await begun(1);
    reads[0]?.end(1);
    await first;
    const second = get(2);
    await begun(2);
    const third = get(3);
    await begun(2);
    reads[1]?.end(2);
    expect((await second).version).toBe(2);
    await begun(3);
    reads[2]?.end(3);
    expect((await third).version).toBe(3);
  });

  it("leave nothing in the cache that a change has overtaken meanwhile", async () => {
    const { get, reads, begun, cache } = heldAnswers();
    const first = get(0);
    await begun(1);
    reads[0]?.end(1);
    await first;
    const second = get(2);
    await begun(2);
    await cache.invalidate(["t"]);
    reads[1]?.end(2);
    expect((await second).version).toBe(2);
    const third = get(0);
    await begun(3);
    reads[2]?.end(3);
    expect((await third).version).toBe(3);
  });

  it("are one only where the store is not there yet, however often that is asked", async () => {
    const { get, reads, begun } = heldAnswers();
    const asked = get(9);
    await begun(1);
    reads[0]?.end(1);
    await expect(asked).rejects.toMatchObject({ code: "not-yet" });
    const again = get(9);
    await begun(2);
    reads[1]?.end(1);
    await expect(again).rejects.toMatchObject({ code: "not-yet" });
  });
});

describe("processes on a shared cache", () => {
  it("reflect at once what another one has committed, before they have heard of it", async () => {
    const server = new SharedMemory();
    const repository = new MemoryMovieRepository();
    const reader = new MovieStore({
      repository,
      clock: () => NOW_MS,
      cache: new LayeredCache({
        near: new MemoryCache(),
        far: server.open(),
        channel: server.openChannel(),
        clock: () => NOW_MS,
      }),
    });
    // It dies behind its commits: no tag has a new value.
    const dying = new MovieStore({ repository, cache: null, clock: () => NOW_MS });
    const title = async (minVersion: number) =>
      (await reader.find({ minVersion })).movies.map((movie) => movie.title);
    await dying.ingest(film("1", "Heat"));
    expect(await title(0)).toEqual(["Heat"]);
    expect((await reader.findText(reader.plan({}))).layer).toBe("l2");
    expect((await reader.findText(reader.plan({}))).layer).toBe("l1");
    await dying.ingest(film("1", "Hot"));
    expect(await title(0)).toEqual(["Heat"]);
    expect(await title(2)).toEqual(["Hot"]);
    // The new answer is in the far cache, and the near one has let go of the old one.
    expect(await reader.findText(reader.plan({}))).toMatchObject({ layer: "l2", version: 2 });
    expect(await reader.findText(reader.plan({ minVersion: 2 }))).toMatchObject({ layer: "l1", version: 2 });
  });

  it("don't keep an answer that was read for a change once a later one has changed it", async () => {
    const server = new SharedMemory();
    const repository = new MemoryMovieRepository();
    const process = () => new MovieStore({ repository, cache: server.open(), clock: () => NOW_MS });
    const [reader, writer] = [process(), process()];
    await writer.ingest(film("1", "Heat"));
    await reader.find({});
    await writer.ingest(film("2", "Up"));
    expect((await reader.find({ minVersion: 2 })).movies).toHaveLength(2);
    await writer.ingest(film("3", "Ran"));
    expect((await reader.find({})).movies).toHaveLength(3);
  });
});
