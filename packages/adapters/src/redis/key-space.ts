/** The names of all that a store keeps in Redis. */

import { hash } from "node:crypto";

/** Goes into every name, so that versions of this adapter that differ in what they keep don't meet. */
const SCHEMA = 1;
const LONGEST_PLAIN = 64;

export class KeySpace {
  /** The tag that every entry has. */
  readonly epoch: string;
  /** Where invalidated tags are announced. */
  readonly channel: string;
  readonly #base: string;

  constructor(prefix: string) {
    this.#base = `${prefix}:${SCHEMA}:`;
    this.epoch = `${this.#base}epoch`;
    this.channel = `${this.#base}invalidated`;
  }

  entry(key: string): string {
    return `${this.#base}entry${bounded(key)}`;
  }

  tag(tag: string): string {
    return `${this.#base}tag${bounded(tag)}`;
  }
}

/** Short names stay readable. What UTF-8 can't say is hashed too: two such texts would become one. */
function bounded(name: string): string {
  if (name.length <= LONGEST_PLAIN && name.isWellFormed()) return `=${name}`;
  return `#${hash("sha256", Buffer.from(name, "utf16le"), "base64url")}`;
}
