/** From a bucket into the store. */

import type { ReceiptSums } from "@movie-store/adapters/s3";
import type { IngestSums, MovieStore } from "@movie-store/core";
import { BucketReceipts, type ReceiptsWanted } from "./bucket-receipts.ts";
import type { Bucket } from "./open-bucket.ts";
import { Tally } from "./tally.ts";
import { UsageError } from "./usage-error.ts";

/** Versions of a transaction: 1,000 of the usual size are a few MB. */
const BATCH = 1_000;

export interface BucketPlace {
  readonly bucket: string;
  readonly prefix: string;
}

/** `undefined` for what is not meant to be the address of a bucket. */
export function bucketPlaceOf(argument: string, keyPrefix: string): BucketPlace | undefined {
  if (!/^s3:\/\//i.test(argument)) return undefined;
  const [, bucket = "", given = ""] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(argument) ?? [];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new UsageError(`${argument}: must be s3://bucket/prefix`);
  }
  // The provider is the folder below S3_PREFIX: objects beside it belong to nobody and are left alone.
  if (keyPrefix.startsWith(given)) return { bucket, prefix: keyPrefix };
  if (given.startsWith(keyPrefix)) return { bucket, prefix: given };
  throw new UsageError(`${argument}: providers put their films below ${keyPrefix} (S3_PREFIX)`);
}

export interface BucketIngest {
  readonly sums: IngestSums;
  readonly tally: Tally;
  /** `undefined` where none are written. */
  readonly receipts: ReceiptSums | undefined;
}

export interface BucketIngestOptions {
  /** Default `new`. */
  readonly receipts?: ReceiptsWanted;
  /** Told what became of the receipts of each batch. */
  readonly onReceipts?: (sums: ReceiptSums) => void;
  readonly onProgress?: (sums: IngestSums) => void;
}

/** Takes in every version below a prefix that the log does not have. */
export async function ingestBucket(
  store: MovieStore,
  { source, writer }: Bucket,
  prefix: string,
  options: BucketIngestOptions = {},
): Promise<BucketIngest> {
  const tally = new Tally();
  const receipts =
    writer === undefined ? undefined : new BucketReceipts(writer, options.receipts, options.onReceipts);
  try {
    const sums = await store.ingestFrom(source, prefix, {
      batch: BATCH,
      onReceipts: async (news, soFar, known) => {
        tally.add(news);
        options.onProgress?.(soFar);
        await receipts?.add(news, known);
      },
    });
    return { sums, tally, receipts: await receipts?.end() };
  } finally {
    await receipts?.end();
  }
}
