/**
 * What repositories keep for suggestions, all of it told by the terms that films have: the keys of people, and the
 * words that typed ones are corrected to. It changes when a person or a title word comes or goes, or a person gets
 * into another tier, which is seldom: most films bring nothing.
 */

import { keysOfName, type NameKey, tierOf } from "./name-keys.ts";
import { wordsOf } from "./normalise.ts";
import { isCorrection } from "./spelling.ts";
import { term } from "./terms.ts";

/** How many films have had a term, and have it. */
export interface CountedTerm {
  readonly term: string;
  readonly before: number;
  readonly after: number;
}

export interface SuggestionRows {
  readonly removed: readonly NameKey[];
  readonly added: readonly NameKey[];
  /** By how much the uses of a word have grown: each person counts once, and so do all titles together. */
  readonly words: ReadonlyMap<string, number>;
}

const CAST = term.cast("");
const WORD = term.word("");

/** Whether the count of a term has a part in suggestions. */
export function isSuggested(name: string): boolean {
  return name.startsWith(CAST) || name.startsWith(WORD);
}

/** The words of titles and of people that typed ones are corrected to, told by a term. */
export function vocabularyOf(name: string): readonly string[] {
  if (name.startsWith(WORD)) return [name.slice(WORD.length)].filter(isCorrection);
  const person = name.slice(CAST.length);
  return keysOfName(person).length === 0 ? [] : wordsOf(person).filter(isCorrection);
}

/** @param counts of terms that are suggested, each once. */
export function suggestionRows(counts: Iterable<CountedTerm>): SuggestionRows {
  const removed: NameKey[] = [];
  const added: NameKey[] = [];
  const words = new Map<string, number>();
  for (const { term: name, before, after } of counts) {
    const change = Number(after > 0) - Number(before > 0);
    if (change !== 0) for (const word of vocabularyOf(name)) words.set(word, (words.get(word) ?? 0) + change);
    if (!name.startsWith(CAST)) continue;
    const [old, now] = [before > 0 ? tierOf(before) : undefined, after > 0 ? tierOf(after) : undefined];
    if (old === now) continue;
    const keys = keysOfName(name.slice(CAST.length));
    if (old !== undefined) removed.push(...keys.map((key) => ({ tier: old, key })));
    if (now !== undefined) added.push(...keys.map((key) => ({ tier: now, key })));
  }
  return { removed, added, words };
}
