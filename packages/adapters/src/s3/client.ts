/** The client of a bucket, for reading and writing alike. */

import { S3Client } from "@aws-sdk/client-s3";
import type { Replica } from "./replica.ts";

export interface S3ConnectionOptions {
  /** URL of another service than Amazon's; buckets are then named in the path. */
  readonly endpoint?: string;
  /** Default: as every AWS client finds it. */
  readonly region?: string;
  /** Default: as every AWS client finds them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** How long one attempt may wait for its answer to begin; milliseconds, default 3,000. */
  readonly requestTimeoutMs?: number;
  /** How often a request is sent before it has failed; default 3. */
  readonly attempts?: number;
  /** Connections at a time; default 64. */
  readonly maxSockets?: number;
  /** Addresses and receipts name its original, and are found in it. */
  readonly replica?: Replica;
}

export function openClient(options: S3ConnectionOptions): S3Client {
  const { endpoint, region, credentials, attempts = 3, maxSockets = 64 } = options;
  return new S3Client({
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: options.requestTimeoutMs ?? 3_000,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
  });
}
