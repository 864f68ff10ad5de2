/** Who said what, when, and who won: answers made from records and changes. */

import type { FeedEntry, FieldSources, HistoryEntry, SourceEntry } from "./answers.ts";
import { type Change, fieldChanges } from "./change.ts";
import { type MergedField, type MergeRules, mergeRecords } from "./merge.ts";
import type { ProviderRecord } from "./provider-record.ts";

export function historyEntry(change: Change): HistoryEntry {
  return { ...commonOf(change), fields: fieldChanges(change.before, change.after) };
}

export function feedEntry(change: Change): FeedEntry {
  return {
    ...commonOf(change),
    movieId: change.movieId,
    fields: Object.keys(fieldChanges(change.before, change.after)),
  };
}

function commonOf({ number, atMs, kind, provider, updateId, into, from }: Change) {
  return {
    number,
    at: new Date(atMs).toISOString(),
    kind,
    ...(provider === undefined ? {} : { provider }),
    ...(updateId === undefined ? {} : { updateId }),
    ...(into === undefined ? {} : { into }),
    ...(from === undefined ? {} : { from }),
  };
}

export function sourceEntry(record: ProviderRecord): SourceEntry {
  const { provider, sourceId, updateId, timeMs, withdrawn, facts } = record;
  const at = new Date(timeMs).toISOString();
  return { provider, sourceId, updateId, at, withdrawn, ...(facts === undefined ? {} : { facts }) };
}

/** For each field of a film: who won it, and everyone's word on it. */
export function fieldSources(
  id: string,
  records: readonly ProviderRecord[],
  rules: MergeRules,
): Readonly<Partial<Record<MergedField, FieldSources>>> {
  const speaking = records.filter((record) => !record.withdrawn);
  if (speaking.length === 0) return {};
  const fields: Partial<Record<MergedField, FieldSources>> = {};
  for (const [field, winnerId] of mergeRecords(id, speaking, rules).winners) {
    const values = speaking
      .map((record) => ({ record, value: statementOf(record, field) }))
      .filter(({ value }) => value !== undefined);
    const winner = values.find(({ record }) => record.id === winnerId);
    if (winner === undefined) continue;
    const texts = new Set(values.map(({ value }) => JSON.stringify(value)));
    fields[field] = {
      provider: winner.record.provider,
      sourceId: winner.record.sourceId,
      value: winner.value,
      disputed: texts.size > 1,
      values: values.map(({ record, value }) => ({
        provider: record.provider,
        sourceId: record.sourceId,
        value,
      })),
    };
  }
  return fields;
}

function statementOf(record: ProviderRecord, field: MergedField): unknown {
  const { facts } = record;
  if (field.startsWith("externalIds.")) return facts?.externalIds?.[field.slice(12) as "imdb"];
  return facts?.[field as Exclude<MergedField, `externalIds.${string}`>];
}
