/** The environment, read once and checked. */

import type { Replica } from "@movie-store/adapters/s3";
import {
  type LogLevel,
  readReplica,
  readVariables,
  STORE_VARIABLES,
  urlLike,
} from "@movie-store/adapters/variables";
import * as z from "zod";

export interface Config {
  readonly mysqlUrl: string;
  /** `undefined`: no cache that processes share, so there is nothing to invalidate. */
  readonly redisUrl: string | undefined;
  /** `undefined`: Amazon's own. */
  readonly s3Endpoint: string | undefined;
  /** `undefined`: as every AWS client finds it. */
  readonly region: string | undefined;
  /** Prefix of the providers' folders in the bucket; ends with a slash, or is empty. */
  readonly keyPrefix: string;
  /** `undefined`: the buckets that events name are no replicas. */
  readonly replica: Replica | undefined;
  /** Whether each object gets a receipt beside it in its bucket. */
  readonly writesReceipts: boolean;
  /** First wins. */
  readonly providerPriority: readonly string[];
  readonly logLevel: LogLevel;
  /** The dimension of the metrics, and a key of every line of the log. */
  readonly serviceName: string;
  readonly metricsNamespace: string;
  /** The queue of the worker; Lambda polls by itself. */
  readonly queueUrl: string | undefined;
}

const metricsName = z
  .string()
  .regex(/^[A-Za-z0-9._/#:-]{1,255}$/, "must be 1 to 255 letters, digits or characters of . - _ / # :");

const environmentSchema = z.object({
  ...STORE_VARIABLES,
  POWERTOOLS_SERVICE_NAME: metricsName.default("movie-store-ingest"),
  POWERTOOLS_METRICS_NAMESPACE: metricsName.default("MovieStore"),
  SQS_QUEUE_URL: urlLike(
    ["http:", "https:"],
    "https://sqs.eu-central-1.amazonaws.com/123456789012/movies",
  ).optional(),
});

export const VARIABLES: readonly string[] = Object.keys(environmentSchema.shape);

/**
 * @param environment such as `process.env`; it is not kept.
 * @throws ConfigError for the first variable with a bad value.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const variables = readVariables(environmentSchema, environment);
  return Object.freeze({
    mysqlUrl: variables.MYSQL_URL,
    redisUrl: variables.REDIS_URL,
    s3Endpoint: variables.S3_ENDPOINT,
    region: variables.AWS_REGION,
    keyPrefix: variables.S3_PREFIX,
    replica: readReplica(variables),
    writesReceipts: variables.S3_RECEIPTS === "on",
    providerPriority: variables.PROVIDER_PRIORITY,
    logLevel: variables.LOG_LEVEL,
    serviceName: variables.POWERTOOLS_SERVICE_NAME,
    metricsNamespace: variables.POWERTOOLS_METRICS_NAMESPACE,
    queueUrl: variables.SQS_QUEUE_URL,
  });
}
