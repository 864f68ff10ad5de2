/** A receipt as providers read it, by the API and in the bucket alike. */

import type { Receipt, RejectionCode, Verdict } from "./update.ts";

/** What became of an object, as JSON; times are ISO 8601 in UTC with milliseconds. */
export interface ReceiptAnswer {
  readonly updateId: string;
  readonly verdict: Verdict;
  /** Empty when the key names none. */
  readonly provider: string;
  readonly bucket: string;
  /** The whole key, decoded. */
  readonly key: string;
  /** Absent where the bucket keeps no versions. */
  readonly versionId?: string;
  /** When the object was written. */
  readonly eventTime: string;
  /** When the store was given it first. */
  readonly receivedAt: string;
  /** From when on a reader of the store finds it; absent when rejected. */
  readonly readableAt?: string;
  /** The provider's own film and the id the store gave it; absent when rejected. */
  readonly sourceId?: string;
  readonly movieId?: string;
  /** The numbers of the changes that it made, ascending; empty when it changed no film. */
  readonly changes: readonly number[];
  /** The id of the update that holds in its place; absent when accepted or rejected. */
  readonly supersededBy?: string;
  /** Why it was rejected: one sentence, its stable code, and the path of the field where one is to blame. */
  readonly reason?: string;
  readonly code?: RejectionCode;
  readonly field?: string;
}

export function receiptAnswer(receipt: Receipt): ReceiptAnswer {
  const { updateId, verdict, provider, bucket, key, versionId } = receipt;
  const { sourceId, movieId, changes, supersededBy, readableAtMs, rejection } = receipt;
  return {
    ...{ updateId, verdict, provider, bucket, key },
    ...(versionId === undefined ? {} : { versionId }),
    eventTime: isoTime(receipt.eventTimeMs),
    receivedAt: isoTime(receipt.receivedAtMs),
    ...(readableAtMs === undefined ? {} : { readableAt: isoTime(readableAtMs) }),
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(movieId === undefined ? {} : { movieId }),
    changes,
    ...(supersededBy === undefined ? {} : { supersededBy }),
    ...(rejection === undefined ? {} : { reason: rejection.reason, code: rejection.code }),
    ...(rejection?.field === undefined ? {} : { field: rejection.field }),
  };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
