import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { MAX_OBJECT_BYTES } from "../update.ts";
import { type Gunzip, readBytes, recognise } from "./recognise.ts";

const film = '{"title":"Up","year":2009}';
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The last eight bytes of gzip are the checksum and the length (RFC 1952, 2.3.1). */
const withWrongChecksum = (zipped: Uint8Array) => zipped.fill(0, zipped.length - 8, zipped.length - 4);

const gunzip: Gunzip = (bytes, maxBytes) => {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    return (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : undefined;
  }
};

describe("recognise", () => {
  it.each<[object, string | undefined]>([
    [{ title: "Up", year: 2009, cast: [], genres: [] }, "wikipedia"],
    [{ title: "Up", year: 2009, href: "Up", thumbnail_width: 5 }, "wikipedia"],
    [{ title: "Up", year: 2009, id: null, overview: "" }, "wikipedia"],
    [{ title: "Up", id: "1" }, "canonical"],
    [{ title: "Up", year: 2009, updatedAt: "2024-05-01" }, "canonical"],
    [{ id: "1", deleted: true }, "canonical"],
    [{ title: "Up", externalIds: { imdb: "tt1049413" } }, "canonical"],
    [{ title: "Up", id: "1", release_date: "2009-05-29" }, "canonical"],
    [{ Title: "Up", Year: "2009" }, "omdb"],
    [{ Title: "Up", imdbID: "tt1049413" }, "omdb"],
    [{ id: 14160, title: "Up", release_date: "2009-05-29" }, "tmdb"],
    [{ id: 14160, title: "Up", credits: {} }, "tmdb"],
    [{ id: 14160, original_title: "Up" }, "tmdb"],
    [{ id: 14160, title: "Up" }, "canonical"],
    [{ Response: "False", Error: "Incorrect IMDb ID." }, undefined],
    [{ name: "Up" }, undefined],
    [{}, undefined],
  ])("takes %j for %s", (object, format) => {
    expect(recognise(object as Record<string, unknown>)).toBe(format);
  });
});

describe("readBytes", () => {
  it("reads JSON and CSV, told apart by the key", () => {
    expect(readBytes(bytesOf(film), "providers/a/1.json")).toMatchObject({ format: "wikipedia" });
    expect(readBytes(bytesOf("title,year\nUp,2009"), "providers/a/1.CSV")).toMatchObject({ format: "csv" });
    expect(readBytes(bytesOf(film), "providers/a/1")).toMatchObject({ format: "wikipedia" });
  });

  it("reads past a byte order mark, compressed or not", () => {
    const marked = bytesOf(`\ufeff${film}`);
    expect(readBytes(marked, "k.json")).toMatchObject({ format: "wikipedia" });
    expect(readBytes(gzipSync(marked), "k.json.gz", gunzip)).toMatchObject({ format: "wikipedia" });
    expect(readBytes(bytesOf("\ufefftitle,year\nUp,2009"), "k.csv")).toMatchObject({ format: "csv" });
  });

  it("knows gzip by its first bytes, not by the key", () => {
    expect(readBytes(gzipSync(film), "k.json", gunzip)).toMatchObject({ format: "wikipedia" });
    expect(readBytes(gzipSync("title,year\nUp,2009"), "k.csv.gz", gunzip)).toMatchObject({ format: "csv" });
    expect(readBytes(bytesOf(film), "k.json.gz", gunzip)).toMatchObject({ format: "wikipedia" });
  });

  it.each<[string, Uint8Array, string, string, RegExp]>([
    ["nothing", bytesOf(""), "k.json", "empty", /empty/],
    ["white space", bytesOf(" \n\t"), "k.json", "empty", /empty/],
    ["a byte order mark alone", bytesOf("\ufeff"), "k.json", "empty", /empty/],
    ["compressed nothing", gzipSync(""), "k.json.gz", "empty", /empty/],
    ["bytes that are not UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), "k.json", "bad-encoding", /not UTF-8/],
    ["a cut UTF-8 sequence", bytesOf('{"title":"é').subarray(0, -1), "k.json", "bad-encoding", /not UTF-8/],
    ["damaged gzip", gzipSync(film).subarray(0, 20), "k.gz", "bad-encoding", /gzip is damaged/],
    [
      "gzip with a wrong checksum",
      withWrongChecksum(gzipSync(film)),
      "k.gz",
      "bad-encoding",
      /gzip is damaged/,
    ],
    [
      "a small object that unfolds to much",
      gzipSync(Buffer.alloc(MAX_OBJECT_BYTES + 1)),
      "k.gz",
      "too-large",
      /unfolds to more/,
    ],
    [
      "an object over the limit",
      new Uint8Array(MAX_OBJECT_BYTES + 1),
      "k.json",
      "too-large",
      /1048577 bytes/,
    ],
    ["cut JSON", bytesOf('{"title":"U'), "k.json", "bad-json", /^not JSON: /],
    ["a null", bytesOf("null"), "k.json", "not-an-object", /this is null$/],
    ["a text", bytesOf('"Up"'), "k.json", "not-an-object", /this is a string$/],
    ["a list", bytesOf(`[${film}]`), "k.json", "not-an-object", /this is a list$/],
    ["a number", bytesOf("5"), "k.json", "not-an-object", /this is a number$/],
    [
      "an object of another kind",
      bytesOf('{"name":"Up"}'),
      "k.json",
      "unknown-format",
      /a film needs a title$/,
    ],
    ["CSV with a NUL", bytesOf("title,year\nU\0p,2009"), "k.csv", "bad-encoding", /NUL/],
  ])("refuses %s", (_, bytes, key, code, reason) => {
    expect(readBytes(bytes, key, gunzip)).toMatchObject({ code, reason: expect.stringMatching(reason) });
  });

  it("accepts an object of exactly the limit", () => {
    const padded = bytesOf(film.padEnd(MAX_OBJECT_BYTES, " "));
    expect(readBytes(padded, "k.json")).toMatchObject({ format: "wikipedia" });
    expect(readBytes(gzipSync(padded), "k.json", gunzip)).toMatchObject({ format: "wikipedia" });
  });

  it("refuses gzip where nothing can unfold it", () => {
    expect(readBytes(gzipSync(film), "k.json.gz")).toMatchObject({ code: "bad-encoding" });
  });
});
