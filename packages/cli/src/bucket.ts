/** From a bucket into the store. */

import { S3UpdateSource } from "@movie-store/adapters/s3";
import type { IngestSums, MovieStore } from "@movie-store/core";
import type { Config } from "@movie-store/http-koa";
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
}

/** Takes in every version below a prefix that the log does not have. */
export async function ingestBucket(
  store: MovieStore,
  source: S3UpdateSource,
  prefix: string,
  onProgress: (sums: IngestSums) => void = () => {},
): Promise<BucketIngest> {
  const tally = new Tally();
  const sums = await store.ingestFrom(source, prefix, {
    batch: BATCH,
    onReceipts: (receipts, soFar) => {
      tally.add(receipts);
      onProgress(soFar);
    },
  });
  return { sums, tally };
}

export function openBucket(bucket: string, { s3Endpoint, awsRegion }: Config): S3UpdateSource {
  return new S3UpdateSource({
    bucket,
    ...(s3Endpoint === undefined ? {} : { endpoint: s3Endpoint }),
    ...(awsRegion === undefined ? {} : { region: awsRegion }),
  });
}
