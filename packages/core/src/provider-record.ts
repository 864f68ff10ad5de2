/** What one provider says of one of its own films: a pure function of the set of its updates, not of their order. */

import type { Facts } from "./facts.ts";
import { compareText } from "./normalise.ts";
import { compareSequencers, type UpdateHeader } from "./update.ts";

export interface ProviderRecord {
  /** Told by provider and source id; also the id of the film that this is the oldest record of. */
  readonly id: string;
  readonly provider: string;
  readonly sourceId: string;
  /** The update that holds now. */
  readonly updateId: string;
  readonly contentHash: string;
  /** The time of that update, see {@link UpdateHeader.timeMs}. */
  readonly timeMs: number;
  /** The earliest event time of all its updates: the age of the record. */
  readonly sinceMs: number;
  /** Whether the provider has withdrawn it. */
  readonly withdrawn: boolean;
  /**
   * The newest statement. A withdrawn record keeps its last one, so that its id still leads to the right film; it
   * adds no value to that film any more. Absent when nothing but a withdrawal is known.
   */
  readonly facts?: Facts;
  readonly statedBy?: string;
}

/**
 * The newest of a record's updates. Among sequenced updates of one key the sequencer decides; then, between keys,
 * the time; ties fall to the content hash, last to the update id. This is an order on the whole set: taking the
 * newest of each key first keeps clocks that disagree with a sequencer from making a circle.
 *
 * @param updates not empty.
 */
export function newestUpdate(updates: readonly UpdateHeader[]): UpdateHeader {
  const heads: UpdateHeader[] = [];
  const sequenced = new Map<string, UpdateHeader>();
  for (const update of updates) {
    if (update.sequencer === undefined) {
      heads.push(update);
      continue;
    }
    const head = sequenced.get(update.place);
    const order = head === undefined ? 1 : compareSequencers(update.sequencer, head.sequencer);
    if (head === undefined || order > 0 || (order === 0 && isNewer(update, head)))
      sequenced.set(update.place, update);
  }
  heads.push(...sequenced.values());
  return heads.reduce((newest, head) => (isNewer(head, newest) ? head : newest));
}

function isNewer(a: UpdateHeader, b: UpdateHeader): boolean {
  if (a.timeMs !== b.timeMs) return a.timeMs > b.timeMs;
  return (compareText(a.contentHash, b.contentHash) || compareText(b.updateId, a.updateId)) > 0;
}

/**
 * The record that a set of updates makes.
 *
 * @param updates every accepted update of the record; not empty.
 * @param factsOf the facts of an update that states some.
 */
export function recordOf(
  identity: { readonly id: string; readonly provider: string; readonly sourceId: string },
  updates: readonly UpdateHeader[],
  factsOf: (updateId: string) => Facts,
): ProviderRecord {
  const newest = newestUpdate(updates);
  const statement = newestStatement(updates);
  return {
    id: identity.id,
    provider: identity.provider,
    sourceId: identity.sourceId,
    updateId: newest.updateId,
    contentHash: newest.contentHash,
    timeMs: newest.timeMs,
    sinceMs: updates.reduce((since, update) => Math.min(since, update.eventTimeMs), Number.MAX_SAFE_INTEGER),
    withdrawn: newest.withdraws,
    ...(statement === undefined ? {} : { facts: factsOf(statement.updateId), statedBy: statement.updateId }),
  };
}

/** The update whose facts the record has: the newest, or where that is a withdrawal, the newest that states some. */
export function newestStatement(updates: readonly UpdateHeader[]): UpdateHeader | undefined {
  const newest = newestUpdate(updates);
  if (!newest.withdraws) return newest;
  const statements = updates.filter((update) => !update.withdraws);
  return statements.length === 0 ? undefined : newestUpdate(statements);
}
