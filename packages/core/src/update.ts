/** One object of a bucket is one update of one film. These are its forms on the way from the bucket into the log. */

import type { Facts } from "./facts.ts";
import { sha256, sha256Hex } from "./sha256.ts";

/** An object of more bytes than this (1 MiB) is refused by its length, without being read. */
export const MAX_OBJECT_BYTES = 1_048_576;

/** An object as a source hands it over: its address, its version and its bytes as they were stored. */
export interface ReceivedObject {
  readonly bucket: string;
  /** The whole key, decoded: `<prefix><provider>/<anything>`. */
  readonly key: string;
  /** What tells this version of the object from every other one under the same key, where the source has it. */
  readonly versionId?: string;
  /** S3's order of the versions of one key, hexadecimal; see {@link compareSequencers}. */
  readonly sequencer?: string;
  /** When the object was written, milliseconds since 1970. */
  readonly eventTimeMs: number;
  /** At most {@link MAX_OBJECT_BYTES}; empty when `fault` says why there are none. */
  readonly bytes: Uint8Array;
  /** Why the source could not deliver the bytes, and never will. */
  readonly fault?: Rejection;
}

/**
 * Why an update can never succeed.
 *
 * | code | means |
 * | --- | --- |
 * | `bad-key` | the key names no provider, or can't be decoded |
 * | `gone` | the object no longer existed when it was to be read |
 * | `too-large` | over 1 MiB, or a compressed object that unfolds to more |
 * | `empty` | no bytes, or white space only; never taken for a withdrawal |
 * | `bad-encoding` | not UTF-8, a lone surrogate, a NUL character, or a damaged gzip |
 * | `bad-json` | not JSON, a key given twice, nested deeper than 32, or `__proto__` |
 * | `bad-csv` | not a header row and one row of data |
 * | `not-an-object` | JSON, but not an object that describes one film |
 * | `unknown-format` | an object in none of the known shapes |
 * | `bad-field` | a fact is missing, of the wrong type or out of bounds; `field` names it |
 */
export type RejectionCode =
  | "bad-key"
  | "gone"
  | "too-large"
  | "empty"
  | "bad-encoding"
  | "bad-json"
  | "bad-csv"
  | "not-an-object"
  | "unknown-format"
  | "bad-field";

export interface Rejection {
  readonly code: RejectionCode;
  /** One sentence for the provider. */
  readonly reason: string;
  /** The path of the field in the provider's own object, such as `cast[3]`. */
  readonly field?: string;
}

/** What a format reads from an object: which of the provider's films, and what is said of it. */
export interface Reading {
  /** The provider's own id of the film, or what its format has instead. Unique within the provider. */
  readonly sourceId: string;
  /** The provider's own time of the statement, milliseconds since 1970. */
  readonly updatedAtMs?: number;
  /** `undefined` withdraws what this provider said of the film. */
  readonly facts: Facts | undefined;
}

export type FormatName = "canonical" | "wikipedia" | "omdb" | "tmdb" | "csv";

/** An accepted update's place among the others of its record. */
export interface UpdateHeader {
  readonly updateId: string;
  readonly recordId: string;
  /** Bucket and key: what the sequencers of its versions order. */
  readonly place: string;
  readonly sequencer?: string;
  /** The provider's own `updatedAt`, else the event time; milliseconds since 1970. */
  readonly timeMs: number;
  readonly eventTimeMs: number;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly contentHash: string;
  readonly withdraws: boolean;
}

/** An object on its way into the log, read but not yet decided. */
export interface Submission {
  /** Told by bucket, key and object version: a second delivery of the same version has the same one. */
  readonly updateId: string;
  readonly object: ReceivedObject;
  /** Empty when the key names none. */
  readonly provider: string;
  readonly receivedAtMs: number;
  readonly contentHash: string;
  readonly outcome: AcceptedReading | Rejection;
}

export interface AcceptedReading {
  readonly format: FormatName;
  readonly sourceId: string;
  readonly header: UpdateHeader;
  readonly facts: Facts | undefined;
}

export function isRejection(outcome: AcceptedReading | Rejection): outcome is Rejection {
  return "code" in outcome;
}

/** A line of the update log. */
export interface LoggedUpdate {
  /** Its place in the order of receipt; grows, but may skip numbers. */
  readonly sequence: number;
  readonly updateId: string;
  readonly provider: string;
  readonly receivedAtMs: number;
  readonly object: ReceivedObject;
  /** The stored verdict of the reading: why it was put into the quarantine, if it was. */
  readonly rejection?: Rejection;
}

/**
 * `accepted`: what this provider says of the film now. `superseded`: the same provider has said something newer of
 * the film, no matter which of the two arrived first. `duplicate`: this object version, or one of the same time and
 * content, is in the store already. `rejected`: in the quarantine, with the reason.
 */
export type Verdict = "accepted" | "duplicate" | "superseded" | "rejected";

/** What became of an object. */
export interface Receipt {
  readonly updateId: string;
  readonly verdict: Verdict;
  readonly provider: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly eventTimeMs: number;
  readonly receivedAtMs: number;
  /** The provider's own film and the id the store gave it; absent when rejected. */
  readonly sourceId?: string;
  readonly movieId?: string;
  readonly rejection?: Rejection;
  /** The numbers of the changes that it made, in order; empty when it changed no film. */
  readonly changes: readonly number[];
  /** From when on a reader of the store finds it; absent when rejected. */
  readonly readableAtMs?: number;
  /** The update that superseded it. */
  readonly supersededBy?: string;
}

const ID_ALPHABET = "0123456789abcdefghijklmnopqrstuv";

export function placeOf(object: Pick<ReceivedObject, "bucket" | "key">): string {
  return `${object.bucket}/${object.key}`;
}

/** The id of an object version: 26 characters, 130 bits of a SHA-256. */
export function updateIdOf(object: ReceivedObject, contentHash: string): string {
  const versionId = object.versionId ?? object.sequencer ?? `${object.eventTimeMs}-${contentHash}`;
  return updateIdOfVersion({ bucket: object.bucket, key: object.key, versionId });
}

/** As {@link updateIdOf}, of an object that needs not be read for it, because its version has an id. */
export function updateIdOfVersion(version: {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
}): string {
  return base32(sha256(JSON.stringify([version.bucket, version.key, version.versionId])), 26);
}

/** The id of a provider's film, which is also the id of the film that it is the oldest record of. */
export function recordIdOf(provider: string, sourceId: string): string {
  return base32(sha256(JSON.stringify([provider, sourceId])), 16);
}

export function contentHashOf(bytes: Uint8Array): string {
  return sha256Hex(bytes);
}

function base32(bytes: Uint8Array, characters: number): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ID_ALPHABET[(held >> bits) & 31];
    }
    if (text.length >= characters) break;
  }
  return text.slice(0, characters);
}

/**
 * The order of two versions of one key: the shorter is padded with zeros at its right end, then both are compared as
 * text in one case. A missing sequencer has no order: 0. (Amazon S3 User Guide, "Event message structure".)
 */
export function compareSequencers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const length = Math.max(a.length, b.length);
  const left = a.toLowerCase().padEnd(length, "0");
  const right = b.toLowerCase().padEnd(length, "0");
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The provider that a key names: the first folder below the prefix, if there is a name behind it. */
export function providerOf(key: string, prefix: string): string | undefined {
  if (!key.startsWith(prefix)) return undefined;
  const match = /^([\p{L}\p{N}][\p{L}\p{N}._-]{0,63})\/[^/]/u.exec(key.slice(prefix.length));
  return match?.[1];
}
