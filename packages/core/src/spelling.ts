/**
 * One typing error: a letter too many, one missing, another one, or two neighbours exchanged. Someone who types has
 * not finished the word, so it is compared with the beginnings of words.
 *
 * Words are found by what both sides have left when one of their first five letters is dropped: wherever the error is,
 * the typed word and the word that is meant have one such deletion in common.
 */

import { compareText } from "./normalise.ts";

/** Shorter words are not corrected: too many others are near them. In characters, as all lengths here. */
export const MIN_CORRECTED = 5;
/** Shorter and longer words are no correction of anything. */
const MIN_WORD = MIN_CORRECTED - 1;
export const MAX_CORRECTED = 40;
const START = 5;
/** Words of which few letters differ are few; this bounds what somebody can make of it who puts in nonsense. */
export const MAX_WORDS_TRIED = 2_000;

/** A word of titles or names near one that was typed. */
export interface NearWord {
  readonly word: string;
  /** How many films have it in their title, and how many people in their name, together. */
  readonly uses: number;
}

export function isCorrection(word: string): boolean {
  const { length } = [...word];
  return length >= MIN_WORD && length <= MAX_CORRECTED;
}

/** The first five letters of a word, or its four. */
export function startOfWord(word: string): string {
  return [...word].slice(0, START).join("");
}

/** The texts under which a start is found: it without each of its letters; of four letters, only itself. */
export function deletionsOfStart(start: string): readonly string[] {
  const letters = [...start];
  if (letters.length < START) return [start];
  return [...new Set(letters.map((_, at) => letters.toSpliced(at, 1).join("")))];
}

/**
 * The shortest beginning of a word that is one error away from what was typed; `undefined` where there is none.
 *
 * @param typed at least {@link MIN_CORRECTED} characters.
 */
export function nearBeginning(typed: string, word: string): string | undefined {
  const [left, right] = [[...typed], [...word]];
  for (let length = left.length - 1; length <= Math.min(left.length + 1, right.length); length++) {
    const beginning = right.slice(0, length);
    if (isOneError(left, beginning)) return beginning.join("");
  }
  return undefined;
}

/** Whether two texts differ by one error at most. */
function isOneError(a: readonly string[], b: readonly string[]): boolean {
  if (a.length > b.length) return isOneError(b, a);
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  if (b.length - a.length > 1) return false;
  if (b.length > a.length) return isEqualFrom(a, at, b, at + 1);
  const isExchanged = at + 1 < a.length && a[at] === b[at + 1] && a[at + 1] === b[at];
  return isEqualFrom(a, at + 1, b, at + 1) || (isExchanged && isEqualFrom(a, at + 2, b, at + 2));
}

function isEqualFrom(a: readonly string[], from: number, b: readonly string[], other: number): boolean {
  for (let at = from; at < a.length; at++) if (a[at] !== b[at - from + other]) return false;
  return true;
}

/**
 * What may have been meant, the most used first.
 *
 * @param isUnfinished whether more letters may follow: then the corrections are beginnings of words.
 */
export function correctionsOf(
  typed: string,
  near: readonly NearWord[],
  isUnfinished: boolean,
): readonly string[] {
  const uses = new Map<string, number>();
  for (const each of near) {
    const isWhole = isOneError([...typed], [...each.word]);
    const correction = isUnfinished ? nearBeginning(typed, each.word) : isWhole ? each.word : undefined;
    if (correction !== undefined) uses.set(correction, (uses.get(correction) ?? 0) + each.uses);
  }
  return [...uses].sort(([a, m], [b, n]) => n - m || compareText(a, b)).map(([correction]) => correction);
}
