/** Which format an object is in, told by its shape alone. */

import { readJson } from "../json.ts";
import { type FormatName, MAX_OBJECT_BYTES, type Reading, type Rejection } from "../update.ts";
import { decodeUtf8 } from "../utf8.ts";
import { readCanonical } from "./canonical.ts";
import { readCsv } from "./csv.ts";
import { readOmdb } from "./omdb.ts";
import { type Format, isRejected, isSilent, type RawObject } from "./reading.ts";
import { readTmdb } from "./tmdb.ts";

/** Unfolds gzip to at most `maxBytes`; `undefined` when it is damaged, "too-large" when it is more. */
export type Gunzip = (bytes: Uint8Array, maxBytes: number) => Uint8Array | "too-large" | undefined;

const JSON_FORMATS: Readonly<Record<Exclude<FormatName, "csv">, Format>> = {
  canonical: readCanonical,
  wikipedia: readCanonical,
  omdb: readOmdb,
  tmdb: readTmdb,
};

/** The canonical names that wikipedia-movie-data does not have. */
const CANONICAL_ONLY = [
  "id",
  "externalIds",
  "overview",
  "runtimeMinutes",
  "directors",
  "countries",
  "languages",
  "releaseDate",
  "poster",
  "updatedAt",
  "deleted",
] as const;

export type ReadingResult = { readonly format: FormatName; readonly reading: Reading } | Rejection;

/**
 * Reads the bytes of an object: unfolds gzip, decodes, recognises the format, checks the facts.
 *
 * @param key decides only between CSV (`.csv`, `.csv.gz`) and JSON.
 */
export function readBytes(bytes: Uint8Array, key: string, gunzip?: Gunzip): ReadingResult {
  if (bytes.length > MAX_OBJECT_BYTES) return tooLarge(`${bytes.length} bytes`);
  let plain = bytes;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const unfolded = gunzip?.(bytes, MAX_OBJECT_BYTES);
    if (unfolded === undefined)
      return { code: "bad-encoding", reason: "the gzip is damaged or can't be read here" };
    if (unfolded === "too-large") return tooLarge("unfolds to more");
    plain = unfolded;
  }
  const text = decodeUtf8(plain);
  if (text === undefined) return { code: "bad-encoding", reason: "the object is not UTF-8" };
  if (text.trim() === "") return { code: "empty", reason: "the object is empty" };
  if (/\.csv(\.gz)?$/i.test(key)) {
    if (text.includes("\0")) return { code: "bad-encoding", reason: "the object has a NUL character" };
    return named("csv", readCsv(text));
  }
  const json = readJson(text);
  if ("rejection" in json) return json.rejection;
  const { value } = json;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
    return { code: "not-an-object", reason: `one object holds one film as a JSON object, this is ${kind}` };
  }
  const object = value as RawObject;
  const format = recognise(object);
  if (format === undefined) {
    return {
      code: "unknown-format",
      reason: "none of the known formats: a film needs a title",
      field: "title",
    };
  }
  return named(format, JSON_FORMATS[format](object));
}

/** `undefined` for a shape that is none of the known formats. */
export function recognise(object: RawObject): Exclude<FormatName, "csv"> | undefined {
  if ("imdbID" in object || ("Title" in object && !("title" in object))) return "omdb";
  const looksLikeTmdb = "credits" in object || "original_title" in object || "release_date" in object;
  if (looksLikeTmdb && typeof object["id"] === "number") return "tmdb";
  if (CANONICAL_ONLY.some((name) => !isSilent(object[name]))) return "canonical";
  return ["title", "year", "cast", "genres", "href"].some((name) => name in object) ? "wikipedia" : undefined;
}

function named(format: FormatName, result: Reading | Rejection): ReadingResult {
  return isRejected(result) ? result : { format, reading: result };
}

function tooLarge(what: string): Rejection {
  return { code: "too-large", reason: `an object has at most ${MAX_OBJECT_BYTES} bytes, this one ${what}` };
}
