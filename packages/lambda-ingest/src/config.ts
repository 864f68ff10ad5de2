/** The environment, read once and checked. */

import { checkMySqlUrl } from "@movie-store/adapters/mysql";
import * as z from "zod";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

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
  /** First wins. */
  readonly providerPriority: readonly string[];
  readonly logLevel: LogLevel;
  /** The dimension of the metrics, and a key of every line of the log. */
  readonly serviceName: string;
  readonly metricsNamespace: string;
  /** The queue of the worker; Lambda polls by itself. */
  readonly queueUrl: string | undefined;
}

/** A variable has a bad value. The message is one line that names it, and never contains a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly variable: string;

  constructor(variable: string, message: string) {
    super(`${variable} ${message}`);
    this.variable = variable;
  }
}

function urlOf(protocols: readonly string[], message: string) {
  return z.string().refine((text) => isUrlOf(protocols, text), message);
}

function isUrlOf(protocols: readonly string[], text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.hostname !== "" && protocols.includes(url.protocol);
}

function isMySqlUrl(text: string): boolean {
  try {
    checkMySqlUrl(text);
    return true;
  } catch {
    return false;
  }
}

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, `must be one of ${values.join(", ")}`);
}

const NO_MYSQL_URL = "must be there: mysql://user:password@host:3306/database";

const list = z
  .string()
  .transform((text) => text.split(",").map((item) => item.trim()))
  .refine((items) => items.every((item) => item !== ""), "must be names with commas between them")
  .refine((items) => new Set(items).size === items.length, "names a provider twice");

const metricsName = z
  .string()
  .regex(/^[A-Za-z0-9._/#:-]{1,255}$/, "must be 1 to 255 letters, digits or characters of . - _ / # :");

const environmentSchema = z.object({
  MYSQL_URL: z
    .string(NO_MYSQL_URL)
    .refine(isMySqlUrl, "must be a URL like mysql://user:password@host:3306/database"),
  REDIS_URL: urlOf(
    ["redis:", "rediss:"],
    "must be a URL like redis://host:6379 or rediss://host:6379",
  ).optional(),
  S3_ENDPOINT: urlOf(["http:", "https:"], "must be a URL like http://localhost:9000").optional(),
  AWS_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be the name of a region, like eu-central-1")
    .optional(),
  S3_PREFIX: z
    .string()
    .regex(/^([^/\0][^\0]*)?\/$/, "must end with a slash and not begin with one, like providers/")
    .default("providers/"),
  PROVIDER_PRIORITY: list.default([]),
  LOG_LEVEL: oneOf(LOG_LEVELS).default("info"),
  POWERTOOLS_SERVICE_NAME: metricsName.default("movie-store-ingest"),
  POWERTOOLS_METRICS_NAMESPACE: metricsName.default("MovieStore"),
  SQS_QUEUE_URL: urlOf(["http:", "https:"], "must be the URL of a queue").optional(),
});

export const VARIABLES: readonly string[] = Object.keys(environmentSchema.shape);

/**
 * Reads the configuration. A variable with an empty value counts as absent, as compose files and charts write it.
 *
 * @param environment such as `process.env`; it is not kept.
 * @throws ConfigError for the first variable with a bad value.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    VARIABLES.map((name) => [name, environment[name]]).filter(
      ([, value]) => value !== undefined && value !== "",
    ),
  );
  const checked = environmentSchema.safeParse(given);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new ConfigError(String(issue?.path[0]), issue?.message ?? "has a bad value");
  }
  const variables = checked.data;
  return Object.freeze({
    mysqlUrl: variables.MYSQL_URL,
    redisUrl: variables.REDIS_URL,
    s3Endpoint: variables.S3_ENDPOINT,
    region: variables.AWS_REGION,
    keyPrefix: variables.S3_PREFIX,
    providerPriority: variables.PROVIDER_PRIORITY,
    logLevel: variables.LOG_LEVEL,
    serviceName: variables.POWERTOOLS_SERVICE_NAME,
    metricsNamespace: variables.POWERTOOLS_METRICS_NAMESPACE,
    queueUrl: variables.SQS_QUEUE_URL,
  });
}
