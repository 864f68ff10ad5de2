/** Cuts the elements out of a JSON list that comes in chunks, as they stand: nothing is parsed and printed again. */

import { CappedBytes, type Piece, pieceOf } from "./piece.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const BYTE_ORDER_MARK: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);
/** Far deeper than anything that can be accepted; what is deeper would only fill the memory. */
const MAX_DEPTH = 1_000;

type Place =
  | "before the list"
  | "before an element"
  | "in an element"
  | "behind an element"
  | "behind the list";

/**
 * Checks the list itself: brackets, commas, nothing in front or behind. Whether an element is good JSON, whoever
 * takes it finds out; so one bad element does not spoil the list.
 */
export class ArraySlicer {
  #place: Place = "before the list";
  #isAfterComma = false;
  #inString = false;
  #isEscaped = false;
  /** The brackets of the element that are open, outermost first. */
  readonly #open: number[] = [];
  readonly #element = new CappedBytes();
  #count = 0;
  #offset = 0;
  #problem: string | undefined;
  #isList: boolean | undefined;

  /** Whether the text is a list; known with its first character that is no space. */
  get isList(): boolean | undefined {
    return this.#isList;
  }

  /** What is wrong with the list, if something is; known at the latest after `end`. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** @returns the elements that end in this chunk. */
  *push(chunk: Uint8Array): Generator<Piece> {
    // Where the element begins, or goes on, in this chunk.
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (this.#problem !== undefined || this.#isList === false) return;
      const byte = chunk[at] as number;
      if (this.#inString) {
        this.#followString(byte);
        continue;
      }
      if (
        this.#place === "in an element" &&
        this.#open.length === 0 &&
        (byte === COMMA || byte === CLOSE_LIST)
      ) {
        this.#element.add(chunk.subarray(start, at));
        yield this.#takeElement();
      }
      if (this.#place !== "in an element") {
        if (!this.#beginsElement(byte, at)) continue;
        this.#place = "in an element";
        start = at;
      }
      if (this.#follow(byte, at)) {
        this.#element.add(chunk.subarray(start, at + 1));
        yield this.#takeElement();
      }
    }
    if (this.#place === "in an element") this.#element.add(chunk.subarray(start));
    this.#offset += chunk.length;
  }

  end(): void {
    if (this.#isList === true && this.#place !== "behind the list")
      this.#problem ??= `not JSON: the list breaks off after ${this.#offset} bytes`;
  }

  #followString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#inString = false;
  }

  /** One byte of an element, outside of strings. @returns whether it closes the element. */
  #follow(byte: number, at: number): boolean {
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (this.#open.length >= MAX_DEPTH) this.#fail(`nested deeper than ${MAX_DEPTH} levels`, at);
      this.#open.push(byte);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      const opened = this.#open.pop();
      if (opened !== (byte === CLOSE_LIST ? OPEN_LIST : OPEN_OBJECT)) {
        this.#fail("a bracket that closes none", at);
        return false;
      }
      return this.#open.length === 0;
    }
    return false;
  }

  /** One byte outside of elements. */
  #beginsElement(byte: number, at: number): boolean {
    if (SPACES.has(byte)) return false;
    switch (this.#place) {
      case "before the list":
        if (BYTE_ORDER_MARK.has(byte)) return false;
        this.#isList = byte === OPEN_LIST;
        this.#place = "before an element";
        return false;
      case "before an element":
        if (byte !== COMMA && byte !== CLOSE_LIST) return true;
        if (byte === COMMA) this.#fail("a comma without a film before it", at);
        else if (this.#isAfterComma) this.#fail("a comma without a film behind it", at);
        this.#place = "behind the list";
        return false;
      case "behind an element":
        if (byte !== COMMA && byte !== CLOSE_LIST) this.#fail("a comma is missing", at);
        this.#isAfterComma = byte === COMMA;
        this.#place = byte === COMMA ? "before an element" : "behind the list";
        return false;
      default:
        this.#fail("something follows the list", at);
        return false;
    }
  }

  #takeElement(): Piece {
    const { bytes, sizeBytes } = this.#element.take();
    this.#place = "behind an element";
    this.#count++;
    let end = bytes.length;
    while (SPACES.has(bytes[end - 1] ?? 0)) end--;
    const kept = bytes.subarray(0, end);
    return pieceOf(`#${this.#count}`, kept, sizeBytes > bytes.length ? sizeBytes : end);
  }

  #fail(what: string, at: number): void {
    this.#problem ??= `not JSON: ${what}, after ${this.#offset + at} bytes`;
  }
}
