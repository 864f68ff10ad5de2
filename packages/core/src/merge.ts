/** Which value each field of a film takes: a pure function of the records that speak for it. */

import { EXTERNAL_ID_SCHEMES, type Facts } from "./facts.ts";
import type { MovieContent } from "./movie.ts";
import { compareText } from "./normalise.ts";
import type { ProviderRecord } from "./provider-record.ts";

export interface MergeRules {
  /** Providers whose word counts most, the first before the second; those not named come after, all alike. */
  readonly priority: readonly string[];
}

/** In the order in which answers list them. Fields that only make sense together are taken from one record. */
const FIELD_SETS = [
  ["title"],
  ["year"],
  ["cast"],
  ["genres"],
  ["directors"],
  ["overview"],
  ["runtimeMinutes"],
  ["releaseDate"],
  ["countries"],
  ["languages"],
  ["href"],
  ["extract"],
  ["thumbnail", "thumbnail_width", "thumbnail_height"],
  ["poster"],
] as const satisfies readonly (readonly (keyof Facts)[])[];

/** The fields a film can have, external ids one by one: `title`, …, `externalIds.imdb`, …. */
export type MergedField =
  | Exclude<keyof Facts, "externalIds">
  | `externalIds.${keyof NonNullable<Facts["externalIds"]>}`;

export interface Merged {
  readonly content: MovieContent;
  /** The id of the record that won each field. */
  readonly winners: ReadonlyMap<MergedField, string>;
}

/**
 * Each field is taken from the record that ranks first among those that state it: by provider priority, then the
 * newest, then provider name, last by record id. Lists are taken whole.
 *
 * @param records not empty, none withdrawn.
 */
export function mergeRecords(id: string, records: readonly ProviderRecord[], rules: MergeRules): Merged {
  const ranked = rank(records, rules);
  const winners = new Map<MergedField, string>();
  const fields: Record<string, unknown> = { id };
  for (const set of FIELD_SETS) {
    const winner = ranked.find((record) => record.facts?.[set[0]] !== undefined);
    if (winner === undefined) continue;
    for (const field of set) {
      const value = winner.facts?.[field];
      if (value === undefined) continue;
      fields[field] = value;
      winners.set(field, winner.id);
    }
  }
  const externalIds: Record<string, string> = {};
  for (const scheme of EXTERNAL_ID_SCHEMES) {
    const winner = ranked.find((record) => record.facts?.externalIds?.[scheme] !== undefined);
    if (winner === undefined) continue;
    externalIds[scheme] = winner.facts?.externalIds?.[scheme] as string;
    winners.set(`externalIds.${scheme}`, winner.id);
  }
  if (Object.keys(externalIds).length > 0) fields["externalIds"] = externalIds;
  fields["providers"] = [...new Set(records.map((record) => record.provider))].sort(compareText);
  return { content: fields as unknown as MovieContent, winners };
}

function rank(records: readonly ProviderRecord[], rules: MergeRules): readonly ProviderRecord[] {
  if (records.length === 1) return records;
  const place = (provider: string) => {
    const at = rules.priority.indexOf(provider);
    return at === -1 ? rules.priority.length : at;
  };
  return records.toSorted(
    (a, b) =>
      place(a.provider) - place(b.provider) ||
      b.timeMs - a.timeMs ||
      compareText(a.provider, b.provider) ||
      compareText(a.id, b.id),
  );
}
