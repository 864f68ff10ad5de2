import { gunzipSync, gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import type { Gunzip } from "./formats/recognise.ts";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import { MemoryUpdateSource } from "./memory/update-source.ts";
import { MovieStore } from "./movie-store.ts";
import { MAX_OBJECT_BYTES, type Receipt, type ReceivedObject, recordIdOf } from "./update.ts";

const NOW_MS = Date.UTC(2024, 4, 1, 12);
const heat = { id: "1", title: "Heat", year: 1995 };
const acme1 = recordIdOf("acme", "1");

const gunzip: Gunzip = (bytes, maxBytes) => {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : undefined;
  }
};

let store: MovieStore;
let versions = 0;

beforeEach(async () => {
  store = new MovieStore({ repository: new MemoryMovieRepository(), clock: () => NOW_MS, gunzip });
  await store.ingest(object(JSON.stringify({ ...heat, id: "known", title: "Known" })));
});

function object(content: string | Uint8Array, given: Partial<ReceivedObject> = {}): ReceivedObject {
  versions++;
  return {
    bucket: "films",
    key: "providers/acme/1.json",
    versionId: `v${versions}`,
    eventTimeMs: NOW_MS - 1_000_000 + versions,
    bytes: typeof content === "string" ? new TextEncoder().encode(content) : content,
    ...given,
  };
}

const film = (fields: object) => JSON.stringify({ ...heat, ...fields });
const long = "x".repeat(1_000);

describe("an object that can never be a film", () => {
  it.each<[string, ReceivedObject, string, unknown]>([
    ["an empty object", object(""), "empty", undefined],
    ["white space", object("\n\n "), "empty", undefined],
    ["a folder marker", object("", { key: "providers/acme/" }), "bad-key", "key"],
    ["a key without a provider", object(film({}), { key: "heat.json" }), "bad-key", "key"],
    ["truncated JSON", object(film({}).slice(0, -5)), "bad-json", undefined],
    ["invalid UTF-8", object(Uint8Array.of(0x22, 0xc3, 0x28, 0x22)), "bad-encoding", undefined],
    [
      "UTF-16",
      object(new Uint8Array(Buffer.from(`\ufeff${film({})}`, "utf16le"))),
      "bad-encoding",
      undefined,
    ],
    ["a top-level null", object("null"), "not-an-object", undefined],
    ["a top-level string", object('"Heat"'), "not-an-object", undefined],
    ["a top-level array", object(`[${film({})}]`), "not-an-object", undefined],
    ["damaged gzip", object(gzipSync(film({})).subarray(0, 30)), "bad-encoding", undefined],
    [
      "gzip that unfolds a thousandfold",
      object(gzipSync(Buffer.alloc(3 * MAX_OBJECT_BYTES, 32))),
      "too-large",
      undefined,
    ],
    ["a picture", object(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0x10)), "bad-encoding", undefined],
    ["a page of HTML", object("<!doctype html><title>Heat</title>"), "bad-json", undefined],
    ["a key given twice", object('{"id":"1","title":"Heat","title":"Hot"}'), "bad-json", "title"],
    ["__proto__", object('{"id":"1","title":"Heat","__proto__":{"year":1995}}'), "bad-json", "__proto__"],
    [
      "deep nesting",
      object(film({ extra: JSON.parse("[".repeat(40) + "]".repeat(40)) })),
      "bad-json",
      expect.stringMatching(/^extra(\[0\])+$/),
    ],
    ["the year 1e309", object('{"id":"1","title":"Heat","year":1e309}'), "bad-field", "year"],
    ["the year -1", object(film({ year: -1 })), "bad-field", "year"],
    ["the year 19999", object(film({ year: 19_999 })), "bad-field", "year"],
    ["the year in words", object(film({ year: "mcmxcv" })), "bad-field", "year"],
    ["a lone surrogate", object('{"id":"1","title":"He\\ud800at"}'), "bad-encoding", "title"],
    ["a NUL", object('{"id":"1","title":"He\\u0000at"}'), "bad-encoding", "title"],
    ["10,000 cast members", object(film({ cast: Array(10_000).fill("Al Pacino") })), "bad-field", "cast"],
    ["a very long title", object(film({ title: long.repeat(900) })), "bad-field", "title"],
    ["a title of 1 MiB", object(film({ title: long.repeat(1_100) })), "too-large", undefined],
    ["no title", object('{"id":"1","year":1995}'), "bad-field", "title"],
    ["a time far ahead", object(film({ updatedAt: "2024-05-03" })), "bad-field", "updatedAt"],
    [
      "a malformed % in its key",
      object("", {
        key: "providers/acme/%zz",
        fault: { code: "bad-key", reason: "the key can't be decoded" },
      }),
      "bad-key",
      undefined,
    ],
    [
      "5 GB that were not read",
      object("", { fault: { code: "too-large", reason: "an object has at most 1048576 bytes" } }),
      "too-large",
      undefined,
    ],
    [
      "an object gone before it was read",
      object("", { fault: { code: "gone", reason: "the object no longer existed" } }),
      "gone",
      undefined,
    ],
  ])(
    "%s goes to the quarantine with its bytes and the reason, and changes no film",
    async (_, bad, code, field) => {
      const receipt = await store.ingest(bad);
      expect(receipt).toMatchObject({ verdict: "rejected", changes: [], rejection: { code } });
      expect(receipt.rejection?.field).toEqual(field);
      expect(receipt.rejection?.reason).not.toBe("");
      const logged = await store.logged(receipt.updateId);
      expect(logged?.object.bytes).toEqual(bad.bytes);
      expect(logged?.rejection).toEqual(receipt.rejection);
      expect((await store.find({})).movies.map(({ title }) => title)).toEqual(["Known"]);
      expect(await store.version()).toBe(1);
      expect(await store.ingest(bad)).toEqual({ ...receipt, verdict: "duplicate" });
    },
  );
});

describe("an object that is odd but a film", () => {
  it.each<[string, ReceivedObject, object]>([
    ["a byte order mark", object(`\ufeff${film({})}`), { title: "Heat" }],
    ["gzip", object(gzipSync(film({}))), { title: "Heat" }],
    [
      "gzip under a plain name",
      object(gzipSync(film({})), { key: "providers/acme/heat.txt" }),
      { title: "Heat" },
    ],
    [
      "a key with spaces and signs",
      object(film({}), { key: "providers/acme/a b+c.json" }),
      { title: "Heat" },
    ],
    ["a year that is a text", object(film({ year: " 1999 " })), { year: 1999 }],
    ["nulls and empty values", object(film({ year: null, cast: [], overview: "" })), { title: "Heat" }],
    ["decomposed letters, kept as sent", object(film({ title: "Ame\u0301lie" })), { title: "Ame\u0301lie" }],
    ["unknown fields", object(film({ rating: 8.3, nested: { a: [1] } })), { title: "Heat" }],
    [
      "names of a program's inner life",
      object(film({ constructor: "x", toString: 1, title: "__proto__" })),
      { title: "__proto__" },
    ],
  ])("%s is taken in", async (_, odd, expected) => {
    expect(await store.ingest(odd)).toMatchObject({ verdict: "accepted", changes: [2], movieId: acme1 });
    const { movie } = (await store.get(acme1)) as { movie: Record<string, unknown> };
    expect(movie).toMatchObject(expected);
    expect(Object.keys(movie)).not.toContain("rating");
  });

  it("is found by the composed form of its name", async () => {
    await store.ingest(object(film({ title: "Ame\u0301lie" })));
    expect((await store.find({ title: "amélie", match: "exact" })).movies).toHaveLength(1);
  });
});

describe("events that are not what they seem", () => {
  it("come twice without a new row or number", async () => {
    const once = object(film({}));
    await store.ingest(once);
    expect(await store.ingest(once)).toMatchObject({ verdict: "duplicate", changes: [2] });
    expect(await store.version()).toBe(2);
    expect(await store.receipts({ provider: "acme", key: once.key, limit: 10 })).toHaveLength(2);
  });

  it("come late and are logged, but change nothing", async () => {
    await store.ingest(object(film({ title: "Hot" })));
    expect(await store.ingest(object(film({}), { eventTimeMs: 0 }))).toMatchObject({ verdict: "superseded" });
    expect(await store.get(acme1)).toMatchObject({ movie: { title: "Hot" } });
  });

  it.each([
    ["0055AED6DCD90281E5", "0055aed6dcd90281e6"],
    ["0055AED6DCD9", "0055AED6DCD901"],
    ["10", "2"],
  ])(
    "are put in order by the padded sequencers %s and %s, even against their clocks",
    async (earlier, later) => {
      const first = object(film({ title: "First" }), { sequencer: earlier, eventTimeMs: 2_000 });
      const second = object(film({ title: "Second" }), { sequencer: later, eventTimeMs: 1_000 });
      await store.ingest(second);
      expect(await store.ingest(first)).toMatchObject({ verdict: "superseded" });
      expect(await store.get(acme1)).toMatchObject({ movie: { title: "Second" } });
    },
  );

  it("bring one poison item among ten, which is reported while nine commit", async () => {
    const batch = Array.from({ length: 10 }, (_, at) =>
      object(at === 4 ? "{" : film({ id: `${at}`, title: `Film ${at}` }), {
        key: `providers/acme/${at}.json`,
      }),
    );
    const receipts: readonly Receipt[] = await store.ingestMany(batch);
    expect(receipts.map(({ verdict }) => verdict)).toEqual(
      batch.map((_, at) => (at === 4 ? "rejected" : "accepted")),
    );
    expect(await store.version()).toBe(10);
  });

  it("name objects that are gone or too large, which a source says instead of reading them", async () => {
    const source = new MemoryUpdateSource({ clock: () => NOW_MS });
    const large = source.put("providers/acme/large.json", new Uint8Array(MAX_OBJECT_BYTES + 1));
    const read = await source.read(large);
    expect(read.bytes).toHaveLength(0);
    expect(await store.ingest(read)).toMatchObject({ rejection: { code: "too-large" } });
    source.delete(large.key);
    expect(await store.ingest(await source.read({ ...large, versionId: "v9" }))).toMatchObject({
      rejection: { code: "gone" },
    });
  });
});
