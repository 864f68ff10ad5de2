/**
 * How people are found by any word of their name: a permuted index of names. Each word of a name begins a key, which
 * goes on with the rest of the name, so that "pacino", "al pac" and "l jackson" are ranges of keys.
 *
 * Within a range those with many films come first. The films of a person are counted in tiers, because a key moves
 * when its tier changes; few do so more than twice.
 */

import { normaliseName } from "./normalise.ts";

/** Where a person stands among the suggestions: keys of the highest tier come first, then the keys decide. */
export interface NameKey {
  /** 0 to {@link MAX_TIER}. */
  readonly tier: number;
  readonly key: string;
}

/** From how many films on a person is in tier 1, 2 and so on. */
const TIERS = [4, 16, 32, 64, 128] as const;
export const MAX_TIER = TIERS.length;

/** People with longer names, in UTF-16 units of the normalised name, are not suggested. */
const MAX_SUGGESTED_NAME = 100;
/** So many words of a name begin a key. */
const MAX_FIRST_WORDS = 8;
/** No name has more keys. */
export const MAX_KEYS = MAX_FIRST_WORDS + 1;

export function tierOf(films: number): number {
  return TIERS.filter((from) => films >= from).length;
}

/**
 * The keys of a normalised name: its words from each word on, a tab, the words before them, and where these together
 * are not the name, another tab and the name. Few remember initials between the words of a name, so it has a key
 * without them as well.
 */
export function keysOfName(name: string): readonly string[] {
  if (name.length > MAX_SUGGESTED_NAME) return [];
  const words = allWordsOf(name);
  const end = words.join(" ") === name ? "" : `\t${name}`;
  const keys = words
    .slice(0, MAX_FIRST_WORDS)
    .map((_, at) => `${words.slice(at).join(" ")}\t${words.slice(0, at).join(" ")}${end}`);
  const plain = words.filter((word, at) => at === 0 || at === words.length - 1 || [...word].length > 1);
  return plain.length === words.length ? keys : [...keys, `${plain.join(" ")}\t\t${name}`];
}

/** The normalised name that a key leads to. */
export function nameOfKey(key: string): string {
  const [words = "", before = "", name] = key.split("\t");
  return name ?? (before === "" ? words : `${before} ${words}`);
}

/** With what the keys begin that a typed text stands for; empty for a text without words. */
export function beginningOfKeys(text: string): string {
  return allWordsOf(normaliseName(text)).join(" ");
}

/** The words of a normalised name, repeated ones as well. */
export function allWordsOf(name: string): readonly string[] {
  return name.match(/[\p{L}\p{N}]+/gu) ?? [];
}
