/** Takes in what comes into a bucket by listing it again and again: no events, no queue, and good for small buckets. */

import { setTimeout as delay } from "node:timers/promises";
import type { ReceiptSums } from "@movie-store/adapters/s3";
import type { MovieStore } from "@movie-store/core";
import type { Logger, Observation } from "@movie-store/http-koa";
import { ingestBucket } from "./bucket.ts";
import type { Bucket } from "./open-bucket.ts";
import { print } from "./terminal.ts";

const PAUSE_MS = 5_000;
/** A listing that takes long is done more seldom, so that listing is a tenth of the time at most. */
const PAUSE_A_LISTING = 9;

export interface BucketParts {
  readonly store: MovieStore;
  readonly bucket: Bucket;
  readonly prefix: string;
  readonly log: Logger;
  readonly observation: Observation;
}

/** @returns ends it; resolves when nothing is being taken in any more. */
export function followBucket(parts: BucketParts, pauseMs = PAUSE_MS): { close(): Promise<void> } {
  const stop = new AbortController();
  const following = follow(parts, pauseMs, stop.signal);
  return {
    close: () => {
      stop.abort();
      return following;
    },
  };
}

async function follow(
  { store, bucket, prefix, log, observation }: BucketParts,
  pauseMs: number,
  signal: AbortSignal,
): Promise<void> {
  const onReceipts = ({ error: err, ...sums }: ReceiptSums) => {
    observation.metrics.ingest.takeReceipts(sums);
    if (sums.failed > 0)
      log.warn({ err, ...sums }, "receipts are not in the bucket: movie-store reconcile will write them");
  };
  while (!signal.aborted) {
    const startMs = performance.now();
    try {
      const { tally } = await ingestBucket(store, bucket, prefix, { onReceipts });
      if (tally.objects > 0)
        print(`bucket: ${tally.text}${tally.rejections === "" ? "" : ` (${tally.rejections})`}`);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, "the bucket: will be tried again");
    }
    const tookMs = performance.now() - startMs;
    await delay(Math.max(pauseMs, PAUSE_A_LISTING * tookMs), undefined, { signal }).catch(() => {});
  }
}
