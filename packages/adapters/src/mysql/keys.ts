/** Texts as keys: MySQL indexes at most 3,072 bytes of a row, and titles can be longer. */

import { hash } from "node:crypto";

/** Of `term.term`. A title of 1,000 characters has 3,000 bytes, unless its normal form unfolds them to more. */
export const MAX_TERM_BYTES = 3_072;
/** Of `title_posting.title`: with term and film it fills the 3,072 bytes of the primary key. */
export const MAX_SORT_TITLE_BYTES = 3_058;
const HASH_CHARACTERS = 32;

/** Under which a term is stored: itself, or where it is too long, its beginning and a hash. */
export function termKey(term: string): string {
  if (isShort(term, MAX_TERM_BYTES)) return term;
  const start = textOfAtMost(term, MAX_TERM_BYTES - HASH_CHARACTERS);
  return start + hash("sha256", term, "hex").slice(0, HASH_CHARACTERS);
}

/** By which titles are sorted. Those that have so many bytes in common are in the order of their ids. */
export function sortKeyOfTitle(title: string): string {
  return isShort(title, MAX_SORT_TITLE_BYTES) ? title : textOfAtMost(title, MAX_SORT_TITLE_BYTES);
}

/** 128 bits in place of a text of any length that is only compared for equality, as a literal of SQL. */
export function hashLiteral(text: string): string {
  return `0x${hash("sha256", text, "hex").slice(0, 32)}`;
}

function isShort(text: string, bytes: number): boolean {
  return text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes;
}

/** As many whole characters as fit. */
function textOfAtMost(text: string, bytes: number): string {
  const cut = Buffer.from(text).subarray(0, bytes);
  return new TextDecoder().decode(cut).replace(/\ufffd+$/u, "");
}
