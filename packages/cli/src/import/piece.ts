/** One film's part of a file. */

import { MAX_OBJECT_BYTES, type Rejection } from "@movie-store/core";

export interface Piece {
  /** What follows the file's name in the key: `#17`, or nothing where the file is one film. */
  readonly suffix: string;
  /** As they stand in the file; empty where `fault` says why there are none. */
  readonly bytes: Uint8Array;
  readonly fault?: Rejection;
  /** Of the part in the file, also where its bytes were not kept. */
  readonly sizeBytes: number;
}

export function pieceOf(suffix: string, bytes: Uint8Array, sizeBytes: number = bytes.length): Piece {
  if (sizeBytes <= MAX_OBJECT_BYTES) return { suffix, bytes, sizeBytes };
  const reason = `an object has at most ${MAX_OBJECT_BYTES} bytes, this one ${sizeBytes}`;
  return { suffix, bytes: new Uint8Array(), fault: { code: "too-large", reason }, sizeBytes };
}

/** Collects bytes that come in pieces, and counts on where they become too many to keep. */
export class CappedBytes {
  #parts: Uint8Array[] = [];
  #length = 0;

  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#length += bytes.length;
    // The caller may use its buffer again.
    if (this.#length <= MAX_OBJECT_BYTES) this.#parts.push(new Uint8Array(bytes));
    else this.#parts = [];
  }

  get length(): number {
    return this.#length;
  }

  /** @returns what was collected, empty if it was too much, and begins anew. */
  take(): { readonly bytes: Uint8Array; readonly sizeBytes: number } {
    const taken = {
      bytes: this.#parts.length === 1 ? (this.#parts[0] as Uint8Array) : Buffer.concat(this.#parts),
      sizeBytes: this.#length,
    };
    this.#parts = [];
    this.#length = 0;
    return taken;
  }
}
