/** The bucket that the environment names: where objects are read, and receipts written. */

import { S3ReceiptWriter, S3UpdateSource } from "@movie-store/adapters/s3";
import type { MovieStore } from "@movie-store/core";
import type { Config } from "@movie-store/http-koa";

export interface Bucket {
  readonly source: S3UpdateSource;
  /** `undefined`: no receipts. */
  readonly writer: S3ReceiptWriter | undefined;
  /** What is under way fails. */
  close(): Promise<void>;
}

export function openBucket(bucket: string, config: Config, store: MovieStore): Bucket {
  const source = new S3UpdateSource({ bucket, ...connectionOf(config) });
  const writer = openReceiptWriter(config, store);
  return {
    source,
    writer,
    close: async () => {
      await Promise.all([source.close(), writer?.close()]);
    },
  };
}

/** `undefined` where the configuration asks for no receipts. */
export function openReceiptWriter(config: Config, store: MovieStore): S3ReceiptWriter | undefined {
  if (!config.writesReceipts) return undefined;
  return new S3ReceiptWriter({ ...connectionOf(config), store, prefix: config.keyPrefix });
}

function connectionOf({ s3Endpoint, awsRegion, replica }: Config) {
  return {
    ...(s3Endpoint === undefined ? {} : { endpoint: s3Endpoint }),
    ...(awsRegion === undefined ? {} : { region: awsRegion }),
    ...(replica === undefined ? {} : { replica }),
  };
}
