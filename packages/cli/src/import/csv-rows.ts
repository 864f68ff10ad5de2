/** CSV that comes in chunks, cut into objects of one film: the header row and a row. */

import { CsvReader, MAX_OBJECT_BYTES } from "@movie-store/core";
import { type Piece, pieceOf } from "./piece.ts";

/**
 * The reader sees each byte as one character. It looks for quotes and line ends only, which UTF-8 has nowhere else,
 * and so the rows come out byte for byte as they went in, clean or not.
 */
const BYTES = "latin1";

export class CsvRows {
  #reader = new CsvReader();
  #header: string | undefined;
  #number = 0;
  /** Characters of a row that is too long, until its line ends. */
  #skipping = 0;

  /** @returns the rows that end in this chunk. */
  *push(chunk: Uint8Array): Generator<Piece> {
    let text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString(BYTES);
    if (this.#skipping > 0) {
      const end = text.indexOf("\n");
      this.#skipping += end < 0 ? text.length : end;
      if (end < 0) return;
      yield this.#skipped();
      text = text.slice(end + 1);
    }
    for (const { raw } of this.#reader.push(text)) yield* this.#take(raw);
    if (this.#reader.pending > MAX_OBJECT_BYTES) {
      this.#skipping = this.#reader.pending;
      this.#reader = new CsvReader();
    }
  }

  *end(): Generator<Piece> {
    if (this.#skipping > 0) yield this.#skipped();
    for (const { raw } of this.#reader.end()) yield* this.#take(raw);
  }

  /** Whether there was a row below a header. */
  get isEmpty(): boolean {
    return this.#number === 0;
  }

  #skipped(): Piece {
    const sizeBytes = this.#skipping;
    this.#skipping = 0;
    this.#number++;
    return pieceOf(this.#suffix, new Uint8Array(), sizeBytes);
  }

  *#take(raw: string): Generator<Piece> {
    if (this.#header === undefined) {
      this.#header = raw;
      return;
    }
    this.#number++;
    yield pieceOf(this.#suffix, Buffer.from(`${this.#header}\n${raw}\n`, BYTES));
  }

  /** Core tells CSV by the end of the key. */
  get #suffix(): string {
    return `#${this.#number}.csv`;
  }
}
