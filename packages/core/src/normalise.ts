/**
 * How names are compared. Every search key and every identity key goes through here, so that no database collation
 * decides what equals what: adapters compare the results as bytes.
 */

const MARKS = /\p{M}+/gu;
/** Lower-casing writes the last sigma of a word in another form, so a piece of the word would not meet it. */
const FINAL_SIGMA = /ς/g;
const SPACES = /\s+/gu;
const WORDS = /[\p{L}\p{N}]+/gu;
/** Text of only these characters is already decomposed and has no marks. */
const PLAIN = /^[\x20-\x7e]*$/;

/** NFKD, marks dropped, lower case, runs of white space made one space, trimmed. Idempotent. */
export function normaliseName(name: string): string {
  if (PLAIN.test(name)) return name.toLowerCase().replace(SPACES, " ").trim();
  // Lower-casing can bring marks back ("İ" becomes "i" and a dot) and NFKD can bring capitals ("℡"): hence twice.
  return name
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replace(MARKS, "")
    .toLowerCase()
    .replace(FINAL_SIGMA, "σ")
    .replace(SPACES, " ")
    .trim();
}

/** The distinct words of a normalised name: its runs of letters and digits, in order of first occurrence. */
export function wordsOf(normalised: string): readonly string[] {
  return [...new Set(normalised.match(WORDS) ?? [])];
}

/** The length of the pieces of a name by which its substrings are found. */
export const PIECE_LENGTH = 4;

/**
 * The distinct pieces of four characters of a normalised name, read over three spaces at its end: so each shorter
 * piece of the name is the beginning of one of them.
 */
export function piecesOf(normalised: string): readonly string[] {
  const characters = [...normalised, ...PADDING];
  const pieces = new Set<string>();
  for (let at = 0; at + PIECE_LENGTH <= characters.length; at++) {
    pieces.add(characters.slice(at, at + PIECE_LENGTH).join(""));
  }
  return [...pieces];
}

const PADDING = " ".repeat(PIECE_LENGTH - 1);

/** Order by code points, which is the order of UTF-8 bytes, and so of every adapter. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    // A surrogate (0xd800..0xdfff) stands for a code point above every other unit.
    return weight(left) - weight(right);
  }
  return a.length - b.length;
}

function weight(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
