/** Why a value holds: the rule of the store, said of one field. */

import type { FieldSources, SourceEntry } from "@movie-store/core";

type Speaker = Pick<SourceEntry, "provider" | "sourceId">;

/**
 * The store takes the word of the provider that ranks highest, among equals the newest word, then the first by name. It
 * does not tell the ranks; they show where an older word wins.
 */
export function whyItHolds(field: FieldSources, sources: readonly SourceEntry[]): string {
  const timeOf = (speaker: Speaker) =>
    Date.parse(sources.find((source) => isSame(source, speaker))?.at ?? "");
  const others = field.values.filter((value) => !isSame(value, field));
  if (others.length === 0) return `${field.provider} alone says so`;
  const [own, newest] = [timeOf(field), Math.max(...others.map(timeOf))];
  if (own > newest) return `${field.provider} said so last`;
  if (own === newest) return `${field.provider} comes first among those who spoke last`;
  return `${field.provider} ranks above those who spoke later`;
}

export function isSame(a: Speaker, b: Speaker): boolean {
  return a.provider === b.provider && a.sourceId === b.sourceId;
}
