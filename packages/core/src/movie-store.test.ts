import { beforeEach, describe, expect, it } from "vitest";
import type { SourcesAnswer } from "./answers.ts";
import type { Cache } from "./cache.ts";
import { MovieStoreError } from "./errors.ts";
import { MemoryCache } from "./memory/cache.ts";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import { MovieStore } from "./movie-store.ts";
import { type ReceivedObject, recordIdOf } from "./update.ts";

const START_MS = Date.UTC(2024, 4, 1, 12);
let nowMs = START_MS;
let versions = 0;
let store: MovieStore;

beforeEach(() => {
  nowMs = START_MS;
  versions = 0;
  store = newStore();
});

function newStore(): MovieStore {
  return new MovieStore({
    repository: new MemoryMovieRepository(),
    clock: () => nowMs,
    priority: ["acme"],
  });
}

/** An object that was written a second after the one made before it. */
function object(provider: string, film: object, given: Partial<ReceivedObject> = {}): ReceivedObject {
  versions++;
  return {
    bucket: "films",
    key: `providers/${provider}/1.json`,
    versionId: `v${versions}`,
    eventTimeMs: START_MS - 1_000_000 + versions * 1_000,
    bytes: new TextEncoder().encode(JSON.stringify(film)),
    ...given,
  };
}

async function ingest(provider: string, film: object, given: Partial<ReceivedObject> = {}) {
  nowMs += 1_000;
  return store.ingest(object(provider, film, given));
}

const heat = { id: "1", title: "Heat", year: 1995 };
const acme1 = recordIdOf("acme", "1");
const bolt1 = recordIdOf("bolt", "1");

async function kinds(after = 0): Promise<string[]> {
  const { changes } = await store.changes({ after });
  return changes.map(({ kind, movieId }) => `${kind} ${movieId}`);
}

describe("ingest", () => {
  it("creates a film and gives a receipt with its id and change", async () => {
    const receipt = await ingest("acme", heat);
    expect(receipt).toEqual({
      updateId: expect.stringMatching(/^[0-9a-v]{26}$/),
      verdict: "accepted",
      provider: "acme",
      bucket: "films",
      key: "providers/acme/1.json",
      versionId: "v1",
      eventTimeMs: START_MS - 999_000,
      receivedAtMs: START_MS + 1_000,
      sourceId: "1",
      movieId: acme1,
      changes: [1],
      readableAtMs: START_MS + 1_000,
    });
    expect(await store.receipt(receipt.updateId)).toEqual(receipt);
    expect(await store.get(acme1)).toEqual({
      status: "live",
      version: 1,
      movie: {
        ...{ id: acme1, title: "Heat", year: 1995, providers: ["acme"] },
        ...{ version: 1, updatedAt: new Date(START_MS + 1_000).toISOString() },
      },
    });
  });

  it("recognises another delivery of the same version, whatever its message says", async () => {
    const first = object("acme", heat);
    const receipt = await store.ingest(first);
    nowMs += 5_000;
    const again = await store.ingest({ ...first, eventTimeMs: first.eventTimeMs + 7, sequencer: "aa" });
    expect(again).toEqual({ ...receipt, verdict: "duplicate" });
    expect(await kinds()).toEqual([`created ${acme1}`]);
    expect((await store.receipts({ provider: "acme", limit: 10 })).length).toBe(1);
  });

  it("recognises a repetition within one batch", async () => {
    const first = object("acme", heat);
    const receipts = await store.ingestMany([first, first]);
    expect(receipts.map(({ verdict }) => verdict)).toEqual(["accepted", "duplicate"]);
  });

  it("takes the same content in a new version for a new update that changes nothing", async () => {
    const first = await ingest("acme", heat);
    const second = await ingest("acme", heat);
    expect(second).toMatchObject({ verdict: "accepted", changes: [] });
    expect(await store.receipt(first.updateId)).toMatchObject({
      verdict: "superseded",
      supersededBy: second.updateId,
      changes: [1],
    });
  });

  it("logs a late older update as superseded and changes nothing", async () => {
    const newer = await ingest("acme", { ...heat, title: "Heat (1995)" });
    const older = await ingest("acme", heat, { eventTimeMs: 1 });
    expect(older).toMatchObject({ verdict: "superseded", supersededBy: newer.updateId, changes: [] });
    expect(await store.get(acme1)).toMatchObject({ movie: { title: "Heat (1995)" } });
  });

  it("takes A, B, A for three updates", async () => {
    await ingest("acme", heat);
    await ingest("acme", { ...heat, title: "Hot" });
    expect(await ingest("acme", heat)).toMatchObject({ verdict: "accepted", changes: [3] });
    expect(await store.get(acme1)).toMatchObject({ movie: { title: "Heat", version: 3 } });
  });

  it("goes by the provider's own time where it gives one", async () => {
    await ingest("acme", { ...heat, title: "New", updatedAt: "2024-04-02" });
    const older = await ingest("acme", { ...heat, title: "Old", updatedAt: "2024-04-01" });
    expect(older.verdict).toBe("superseded");
  });

  it("keeps what it can't read, with the reason, and takes in the rest of the batch", async () => {
    const receipts = await store.ingestMany([
      object("acme", heat),
      object("bolt", { title: "Up", year: 19999 }),
    ]);
    expect(receipts[1]).toMatchObject({
      verdict: "rejected",
      provider: "bolt",
      rejection: { code: "bad-field", field: "year", reason: "year is more than 2100" },
      changes: [],
    });
    expect(receipts[1]).not.toHaveProperty("movieId");
    expect(receipts[1]).not.toHaveProperty("readableAtMs");
    expect(receipts[0]?.verdict).toBe("accepted");
    const logged = await store.logged(receipts[1]?.updateId ?? "");
    expect(new TextDecoder().decode(logged?.object.bytes)).toBe('{"title":"Up","year":19999}');
    expect(await store.receipts({ verdict: "rejected", limit: 10 })).toHaveLength(1);
  });

  it("takes no batch that is too large, and nothing of it", async () => {
    const objects = Array.from({ length: 5_001 }, () => object("acme", heat));
    await expect(store.ingestMany(objects)).rejects.toMatchObject({
      code: "invalid-argument",
      field: "objects",
    });
    expect(await store.version()).toBe(0);
    expect(await store.ingestMany([])).toEqual([]);
  });

  it("gives other work of the process a turn while it reads a large batch", async () => {
    let turns = 0;
    const busy = new MovieStore({
      repository: new MemoryMovieRepository(),
      nextTurn: async () => {
        turns++;
      },
    });
    const objects = Array.from({ length: 100 }, (_, at) =>
      object("acme", { id: `${at}`, title: `Film ${at}` }),
    );
    expect(await busy.ingestMany(objects)).toHaveLength(100);
    expect(turns).toBe(5);
  });

  it("shows its own changes to the next reader, cached answers or not", async () => {
    expect((await store.find({ title: "heat" })).movies).toEqual([]);
    expect(await store.get(acme1)).toMatchObject({ status: "unknown" });
    await ingest("acme", heat);
    expect((await store.find({ title: "heat" })).movies).toHaveLength(1);
    expect(await store.get(acme1)).toMatchObject({ status: "live" });
  });
});

describe("a listener to writes", () => {
  it("is told of each once the cache has followed it, and of no others", async () => {
    const told: string[] = [];
    const cached = new MemoryCache();
    const cache: Cache = {
      shared: false,
      get: (key, tags) => cached.get(key, tags),
      set: (...entry) => cached.set(...entry),
      invalidate: async (tags) => {
        told.push("cache");
        return cached.invalidate(tags);
      },
      close: async () => {},
    };
    const repository = new MemoryMovieRepository();
    store = new MovieStore({ repository, cache, clock: () => nowMs });
    await store.find({});
    const stop = store.onWrite(() => told.push("listener"));
    await ingest("acme", { id: "1", title: "Heat", year: 1995 });
    expect(told).toEqual(["cache", "listener"]);
    await store.check([object("acme", { id: "1", title: "Heat", year: 1996 })]);
    await new MovieStore({ repository }).ingest(object("acme", { id: "2", title: "Ronin", year: 1998 }));
    expect(told).toEqual(["cache", "listener"]);
    await store.rebuild();
    expect(told.at(-1)).toBe("listener");
    stop();
    const before = told.length;
    await ingest("acme", { id: "3", title: "Carmen", year: 1915 });
    expect(told.slice(before)).not.toContain("listener");
  });

  it("is told of what was written though the cache could not be", async () => {
    const repository = new MemoryMovieRepository();
    store = new MovieStore({ repository, clock: () => nowMs });
    await store.find({});
    let told = 0;
    store.onWrite(() => told++);
    repository.changes = async () => {
      throw new MovieStoreError("unavailable", "down");
    };
    await expect(ingest("acme", { id: "1", title: "Heat", year: 1995 })).rejects.toThrow("down");
    expect(told).toBe(1);
  });
});

describe("changes", () => {
  it("say updated where the content differs", async () => {
    await ingest("acme", heat);
    await ingest("acme", { ...heat, cast: ["Al Pacino"] });
    expect((await store.changes()).changes[1]).toMatchObject({
      ...{ number: 2, kind: "updated", movieId: acme1, provider: "acme", fields: ["cast"] },
      at: new Date(START_MS + 2_000).toISOString(),
    });
  });

  it("say merged where two films turn out to be one, and split where they turn out not to be", async () => {
    await ingest("acme", heat);
    await ingest("bolt", { ...heat, title: "Hot" });
    await ingest("bolt", heat);
    expect(await kinds(2)).toEqual([`updated ${acme1}`, `merged ${bolt1}`]);
    expect(await store.get(bolt1)).toEqual({ status: "merged", into: acme1, version: 4 });

    await ingest("bolt", { ...heat, title: "Hot" });
    expect((await store.changes({ after: 4 })).changes).toMatchObject([
      { kind: "updated", movieId: acme1 },
      { kind: "split", movieId: bolt1, from: acme1 },
    ]);
    expect(await store.get(bolt1)).toMatchObject({ status: "live", movie: { title: "Hot" } });
  });

  it("are told apart from others that have had their numbers", async () => {
    const [first, second] = [new MemoryMovieRepository(), new MemoryMovieRepository()];
    const storeOf = (repository: MemoryMovieRepository) =>
      new MovieStore({ repository, clock: () => nowMs, priority: ["acme"] });
    const heats = [heat, { ...heat, cast: ["Al Pacino"] }, { ...heat, cast: ["Val Kilmer"] }];
    const objects = heats.map((film) => object("acme", film));
    const [one, two, three] = objects as [ReceivedObject, ReceivedObject, ReceivedObject];
    for (const each of [one, two, three]) {
      nowMs += 1_000;
      await storeOf(first).ingest(each);
      // The second store is a replica that gets the first update only.
      if (each === one) await storeOf(second).ingest(each);
    }
    const told = (await storeOf(first).changes()).changes;
    const behind = (number: number) => ({ after: number, afterAt: told[number - 1]?.at as string });
    await expect(storeOf(second).changes(behind(2))).rejects.toMatchObject({ code: "history-changed" });

    nowMs += 1_000;
    await storeOf(second).ingestMany([three, two]);
    // Without the time, change 2 of the second store is passed over in silence.
    expect((await storeOf(second).changes({ after: 2 })).changes).toEqual([]);
    await expect(storeOf(second).changes(behind(2))).rejects.toMatchObject({
      ...{ code: "history-changed", field: "afterAt", retryable: false },
    });
    expect((await storeOf(second).changes(behind(1))).changes).toMatchObject([{ number: 2 }]);
    await expect(storeOf(first).changes({ after: 0, afterAt: told[0]?.at as string })).rejects.toMatchObject({
      code: "invalid-query",
      field: "afterAt",
    });
  });

  it("keep the older film where a later update makes two one", async () => {
    await ingest("bolt", { ...heat, title: "Hot", externalIds: { imdb: "tt0113277" } });
    await ingest("acme", { ...heat, externalIds: { imdb: "tt0113277" } });
    expect(await store.get(acme1)).toMatchObject({ status: "merged", into: bolt1 });
    expect(await store.get(bolt1)).toMatchObject({
      movie: { id: bolt1, title: "Heat", providers: ["acme", "bolt"] },
    });
  });

  it("say withdrawn, then created when the film comes back", async () => {
    await ingest("acme", heat);
    expect(await ingest("acme", { id: "1", deleted: true })).toMatchObject({
      verdict: "accepted",
      changes: [2],
    });
    expect(await store.get(acme1)).toEqual({ status: "withdrawn", version: 2 });
    expect((await store.find({})).movies).toEqual([]);
    await ingest("acme", heat);
    expect(await kinds()).toEqual([`created ${acme1}`, `withdrawn ${acme1}`, `created ${acme1}`]);
    expect(await store.get(acme1)).toMatchObject({ status: "live" });
  });

  it("do not withdraw a film that another provider still describes", async () => {
    await ingest("acme", heat);
    await ingest("bolt", { ...heat, cast: ["Al Pacino"] });
    await ingest("acme", { id: "1", deleted: true });
    expect(await store.get(acme1)).toMatchObject({ movie: { providers: ["bolt"], cast: ["Al Pacino"] } });
  });

  it("tell of a withdrawal that comes before the film, and of the film that never comes", async () => {
    expect(await store.get(acme1)).toMatchObject({ status: "unknown" });
    await ingest("acme", { id: "1", deleted: true });
    expect(await kinds()).toEqual([`withdrawn ${acme1}`]);
    expect(await store.get(acme1)).toMatchObject({ status: "withdrawn" });
    expect(await ingest("acme", heat, { eventTimeMs: 1 })).toMatchObject({
      verdict: "superseded",
      changes: [],
    });
  });

  it("tell where a new id leads that changes nothing else, so that a cached 404 goes", async () => {
    const film = { ...heat, externalIds: { imdb: "tt0113277" } };
    const acme2 = recordIdOf("acme", "2");
    await ingest("acme", film);
    expect(await store.get(acme2)).toMatchObject({ status: "unknown" });
    expect((await store.find({ id: [acme2] })).missing).toEqual([acme2]);
    await ingest("acme", { ...film, id: "2" });
    expect(await kinds(1)).toEqual([`merged ${acme2}`]);
    expect(await store.get(acme2)).toMatchObject({ status: "merged", into: acme1 });
    expect(await store.find({ id: [acme2] })).toMatchObject({ missing: [], movies: [{ id: acme1 }] });
  });

  it("are never dated before the change before them, though the clock goes back", async () => {
    await ingest("acme", heat);
    nowMs -= 3_600_000;
    const receipt = await ingest("acme", { ...heat, year: 1996 });
    const { changes } = await store.changes();
    expect(changes.map(({ at }) => at)).toEqual(Array(2).fill(new Date(START_MS + 1_000).toISOString()));
    expect(receipt.readableAtMs).toBe(START_MS + 1_000);
  });

  it("are paged without gaps, and the version never runs ahead of them", async () => {
    await ingest("acme", heat);
    await ingest("acme", { ...heat, year: 1996 });
    await ingest("acme", { ...heat, year: 1997 });
    const first = await store.changes({ limit: 2 });
    expect(first).toMatchObject({ changes: [{ number: 1 }, { number: 2 }], next: 2, version: 3 });
    expect(await store.changes({ after: first.next })).toMatchObject({ changes: [{ number: 3 }], next: 3 });
    expect(await store.changes({ after: 3 })).toEqual({ changes: [], next: 3, version: 3 });
    expect(await store.changes({ after: 99 })).toEqual({ changes: [], next: 99, version: 3 });
  });
});

describe("find", () => {
  it("pages through all films once, in every sort", async () => {
    await store.ingestMany(
      Array.from({ length: 25 }, (_, at) =>
        object("acme", { id: `${at}`, title: `Film ${at % 4}`, year: 1990 + (at % 3) }),
      ),
    );
    for (const sort of ["-year", "year", "title", "-title", "-updated"] as const) {
      const seen: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await store.find({ sort, limit: 4, ...(cursor ? { cursor } : {}) });
        seen.push(...page.movies.map(({ id }) => id));
        cursor = page.page.next;
      } while (cursor !== null);
      expect(new Set(seen).size).toBe(25);
      expect(seen).toHaveLength(25);
    }
  });

  it("gets a batch of ids, follows merged ones, and names the missing", async () => {
    await ingest("acme", heat);
    await ingest("bolt", { ...heat, title: "Hot" });
    await ingest("bolt", heat);
    const unknown = "0000000000000000";
    const answer = await store.find({ id: [bolt1, unknown, acme1] });
    expect(answer.movies.map(({ id }) => id)).toEqual([acme1]);
    expect(answer.missing).toEqual([unknown]);
  });

  it("does not answer a batch get of a merged id from the cache when the surviving film has changed", async () => {
    await ingest("acme", heat);
    await ingest("bolt", { ...heat, title: "Hot" });
    await ingest("bolt", heat);
    expect((await store.find({ id: [bolt1] })).movies).toMatchObject([{ id: acme1, title: "Heat" }]);
    await ingest("acme", { ...heat, cast: ["Al Pacino"] });
    expect((await store.find({ id: [bolt1] })).movies).toMatchObject([{ id: acme1, cast: ["Al Pacino"] }]);
  });

  it("filters and pages a batch of ids like any other search", async () => {
    await store.ingestMany(
      [1, 2, 3].map((n) => object("acme", { id: `${n}`, title: `Film ${n}`, year: 1990 + n })),
    );
    const id = ["1", "2", "3"].map((n) => recordIdOf("acme", n));
    expect((await store.find({ id, year: ["1992.."] })).movies.map(({ year }) => year)).toEqual([1993, 1992]);
    const first = await store.find({ id, sort: "title", limit: 2 });
    const second = await store.find({ id, sort: "title", limit: 2, cursor: first.page.next ?? "" });
    expect([...first.movies, ...second.movies].map(({ title }) => title)).toEqual([
      "Film 1",
      "Film 2",
      "Film 3",
    ]);
    expect(second.page.next).toBeNull();
  });
});

describe("getAt", () => {
  it("gives the film as it was after a change or at a time", async () => {
    await ingest("acme", heat);
    await ingest("bolt", { id: "9", title: "Up", year: 2009 });
    await ingest("acme", { ...heat, year: 1996 });
    await ingest("acme", { id: "1", deleted: true });
    expect(await store.getAt(acme1, { number: 0 })).toEqual({ status: "unknown", version: 0 });
    expect(await store.getAt(acme1, { number: 2 })).toMatchObject({
      version: 2,
      movie: { year: 1995, version: 1, updatedAt: new Date(START_MS + 1_000).toISOString() },
    });
    expect(await store.getAt(acme1, { number: 3 })).toMatchObject({ movie: { year: 1996, version: 3 } });
    expect(await store.getAt(acme1, { number: 4 })).toEqual({ status: "withdrawn", version: 4 });
    expect(await store.getAt(acme1, { number: 99 })).toEqual({ status: "withdrawn", version: 4 });
    expect(await store.getAt(acme1, { timeMs: START_MS })).toMatchObject({ status: "unknown" });
    expect(await store.getAt(acme1, { timeMs: START_MS + 2_999 })).toMatchObject({ movie: { year: 1995 } });
    expect(await store.getAt(acme1, { timeMs: START_MS + 3_000 })).toMatchObject({ movie: { year: 1996 } });
  });
});

describe("history", () => {
  it("lists each change with its update and what it changed", async () => {
    const first = await ingest("acme", heat);
    await ingest("acme", { id: "1", title: "Heat", year: 1996, cast: ["Al Pacino"] });
    const answer = await store.history(acme1);
    expect(answer).toMatchObject({ id: acme1, next: null, version: 2 });
    expect(answer?.history[0]).toEqual({
      ...{ number: 1, at: new Date(START_MS + 1_000).toISOString(), kind: "created" },
      ...{ provider: "acme", updateId: first.updateId },
      fields: { title: { after: "Heat" }, year: { after: 1995 }, providers: { after: ["acme"] } },
    });
    expect(answer?.history[1]?.fields).toEqual({
      year: { before: 1995, after: 1996 },
      cast: { after: ["Al Pacino"] },
    });
    expect(await store.history(acme1, { limit: 1 })).toMatchObject({ history: [{ number: 1 }], next: 1 });
    expect(await store.history(acme1, { after: 1 })).toMatchObject({ history: [{ number: 2 }] });
  });

  it("is not there for an id that was never given out", async () => {
    expect(await store.history("0000000000000000")).toBeUndefined();
  });
});

describe("sources", () => {
  it("says what each provider says, who won, and where they disagree", async () => {
    await ingest("acme", { ...heat, title: "HEAT" });
    await ingest("bolt", { ...heat, cast: ["Al Pacino"] });
    const answer = (await store.sources(acme1)) as SourcesAnswer;
    expect(answer.sources).toMatchObject(
      [
        { provider: "acme", sourceId: "1", withdrawn: false, facts: { title: "HEAT" } },
        { provider: "bolt", sourceId: "1", withdrawn: false, facts: { title: "Heat" } },
      ].sort((a, b) => (recordIdOf(a.provider, "1") < recordIdOf(b.provider, "1") ? -1 : 1)),
    );
    expect(answer.fields.title).toMatchObject({ provider: "acme", value: "HEAT", disputed: true });
    expect(answer.fields.title?.values).toHaveLength(2);
    expect(answer.fields.year).toMatchObject({ provider: "acme", value: 1995, disputed: false });
    expect(answer.fields.cast).toMatchObject({ provider: "bolt", disputed: false });
    expect(answer.fields).not.toHaveProperty("genres");
  });

  it("shows a withdrawn word, but counts it no more", async () => {
    await ingest("acme", { ...heat, title: "HEAT" });
    await ingest("bolt", heat);
    await ingest("acme", { id: "1", deleted: true });
    const answer = (await store.sources(acme1)) as SourcesAnswer;
    expect(answer.sources.find(({ provider }) => provider === "acme")).toMatchObject({ withdrawn: true });
    expect(answer.fields.title).toMatchObject({ provider: "bolt", disputed: false });
  });

  it("leads on from an id that was merged, and knows no others", async () => {
    await ingest("acme", heat);
    await ingest("bolt", heat);
    expect(await store.sources(bolt1)).toEqual({ into: acme1 });
    expect(await store.sources("0000000000000000")).toBeUndefined();
  });
});
