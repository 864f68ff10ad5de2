/** What the latest receipts say together. */

import type { ReceiptAnswer } from "@movie-store/core";

type Verdict = ReceiptAnswer["verdict"];

export const VERDICTS: readonly Verdict[] = ["accepted", "superseded", "duplicate", "rejected"];

export type Counts = Readonly<Record<Verdict, number>>;

export interface ProviderSums {
  /** Empty where the key of the object names none. */
  readonly provider: string;
  readonly counts: Counts;
  /** When the newest of its objects came, ISO 8601. */
  readonly lastAt: string;
}

export interface Delay {
  readonly count: number;
  /** Milliseconds. */
  readonly medianMs: number;
  readonly longestMs: number;
}

/**
 * What was written longer ago than this before it came was not underway so long: it lay there before anyone asked for
 * it, as a store that is filled anew finds it.
 */
const MAX_WAY_MS = 86_400_000;

export function countsOf(receipts: readonly ReceiptAnswer[]): Counts {
  const counts: Record<Verdict, number> = { accepted: 0, superseded: 0, duplicate: 0, rejected: 0 };
  for (const { verdict } of receipts) counts[verdict]++;
  return counts;
}

/** @param receipts newest first. @returns by name. */
export function sumsByProvider(receipts: readonly ReceiptAnswer[]): readonly ProviderSums[] {
  return [...Map.groupBy(receipts, ({ provider }) => provider)]
    .map(([provider, own]) => ({ provider, counts: countsOf(own), lastAt: own[0]?.receivedAt ?? "" }))
    .sort((a, b) => (a.provider < b.provider ? -1 : 1));
}

/** From when the object was written until readers found it; of those that came on their own way. */
export function delayFromWriting(receipts: readonly ReceiptAnswer[]): Delay | undefined {
  const onTheirWay = receipts.filter(
    ({ eventTime, receivedAt }) => millisecondsBetween(eventTime, receivedAt) <= MAX_WAY_MS,
  );
  return delayOf(onTheirWay.map(({ eventTime, readableAt }) => millisecondsBetween(eventTime, readableAt)));
}

/** From when the store was given the object until readers found it. */
export function delayInStore(receipts: readonly ReceiptAnswer[]): Delay | undefined {
  return delayOf(receipts.map(({ receivedAt, readableAt }) => millisecondsBetween(receivedAt, readableAt)));
}

/** Not a number where one is missing. Clocks of two machines may differ, so less than nothing is nothing. */
function millisecondsBetween(from: string, to: string | undefined): number {
  return to === undefined ? Number.NaN : Math.max(0, Date.parse(to) - Date.parse(from));
}

function delayOf(lengths: readonly number[]): Delay | undefined {
  const known = lengths.filter((ms) => !Number.isNaN(ms)).sort((a, b) => a - b);
  const [medianMs, longestMs] = [known[Math.floor(known.length / 2)], known.at(-1)];
  if (medianMs === undefined || longestMs === undefined) return undefined;
  return { count: known.length, medianMs, longestMs };
}
