/** Splits bytes that come in chunks into lines. */

import { CappedBytes, type Piece, pieceOf } from "./piece.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Of a line too long to be an object only the length is kept. Blank lines count, but are no pieces. */
export class LineSplitter {
  #number = 0;
  readonly #line = new CappedBytes();

  /** @returns the lines that end in this chunk. */
  *push(chunk: Uint8Array): Generator<Piece> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.#line.add(chunk.subarray(start, end));
      start = end + 1;
      yield* this.#take();
    }
    this.#line.add(chunk.subarray(start));
  }

  /** @returns the last line, where the file does not end with a line end. */
  *end(): Generator<Piece> {
    if (this.#line.length > 0) yield* this.#take();
  }

  *#take(): Generator<Piece> {
    this.#number++;
    const { bytes, sizeBytes } = this.#line.take();
    const line = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
    if (sizeBytes > bytes.length) yield pieceOf(`#${this.#number}`, bytes, sizeBytes);
    else if (line.some((byte) => byte !== 0x20 && byte !== 0x09)) yield pieceOf(`#${this.#number}`, line);
  }
}
