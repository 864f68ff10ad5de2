/** The environment, read once and checked. */

import { join } from "node:path";
import { checkMySqlUrl } from "@movie-store/adapters/mysql";
import * as z from "zod";
import { type ApiKey, readApiKeys } from "./api-keys.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  /** 0 takes a free port. */
  readonly port: number;
  /** `undefined` listens on every address, IPv6 and IPv4. */
  readonly host: string | undefined;
  /** Folder of the embedded store. */
  readonly dataDirectory: string;
  /** The SQLite file in it. */
  readonly databasePath: string;
  /** The directory that stands for the bucket: `<inbox>/<provider>/<anything>.json`. */
  readonly inboxDirectory: string;
  /** `undefined`: the SQLite file. */
  readonly mysqlUrl: string | undefined;
  /** A replica, for long reads only. */
  readonly mysqlReadUrl: string | undefined;
  /** `undefined`: a cache in this process alone. */
  readonly redisUrl: string | undefined;
  /** `undefined`: the inbox. */
  readonly bucket: string | undefined;
  /** `undefined`: the endpoint of AWS for the region. */
  readonly s3Endpoint: string | undefined;
  /** `undefined`: what the AWS client finds in its own settings. */
  readonly awsRegion: string | undefined;
  /** Prefix of the providers' folders in the bucket; ends with a slash, or is empty. */
  readonly keyPrefix: string;
  /** First wins. */
  readonly providerPriority: readonly string[];
  /** Empty: the API is open. */
  readonly apiKeys: readonly ApiKey[];
  readonly cacheTtlMs: number;
  readonly edgeMaxAgeSeconds: number;
  readonly logLevel: LogLevel;
  readonly shutdownGraceSeconds: number;
  /** Whether an empty embedded store takes in the sample at its first start. */
  readonly sample: boolean;
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

function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= min && number <= max, message);
}

function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, `must be one of ${values.join(", ")}`);
}

const path = z.string().refine((text) => !text.includes("\0"), "must be the path of a folder");

/** The message never repeats the text: it may hold a password. */
function urlOf(schemes: readonly string[], example: string, read: (url: string) => void = () => {}) {
  return z.string().superRefine((text, context) => {
    const complain = (message: string) => context.addIssue({ code: "custom", message });
    if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol)) {
      complain(`must be a URL like ${example}`);
      return;
    }
    try {
      read(text);
    } catch (error) {
      complain(error instanceof Error ? error.message : `must be a URL like ${example}`);
    }
  });
}

const mysqlUrl = urlOf(["mysql:"], "mysql://user:password@host:3306/database", checkMySqlUrl);
const redisUrl = urlOf(["redis:", "rediss:"], "redis://host:6379 (rediss:// for TLS)");
const s3Endpoint = urlOf(["http:", "https:"], "http://localhost:9000");

const list = z
  .string()
  .transform((text) => text.split(",").map((item) => item.trim()))
  .refine((items) => items.every((item) => item !== ""), "must be names with commas between them")
  .refine((items) => new Set(items).size === items.length, "names a provider twice");

const apiKeys = z.string().transform((text, context): readonly ApiKey[] => {
  const keys = readApiKeys(text);
  if (typeof keys !== "string") return keys;
  context.addIssue({ code: "custom", message: keys });
  return z.NEVER;
});

const environmentSchema = z.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,253}$/, "must be a host name or an IP address")
    .optional(),
  MOVIE_STORE_DATA: path.default("./data"),
  MOVIE_STORE_INBOX: path.optional(),
  MYSQL_URL: mysqlUrl.optional(),
  MYSQL_READ_URL: mysqlUrl.optional(),
  REDIS_URL: redisUrl.optional(),
  S3_BUCKET: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      "must be the name of a bucket: 3 to 63 of a-z, 0-9, dot and hyphen",
    )
    .optional(),
  S3_ENDPOINT: s3Endpoint.optional(),
  AWS_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be the name of a region, like eu-central-1")
    .optional(),
  S3_PREFIX: z
    .string()
    .regex(/^([^/\0][^\0]*)?\/$/, "must end with a slash and not begin with one, like providers/")
    .default("providers/"),
  PROVIDER_PRIORITY: list.default([]),
  API_KEYS: apiKeys.default([]),
  CACHE_TTL_SECONDS: wholeNumber(1, 86_400).default(300),
  EDGE_MAX_AGE_SECONDS: wholeNumber(0, 3_600).default(5),
  LOG_LEVEL: oneOf(LOG_LEVELS).default("info"),
  SHUTDOWN_GRACE_SECONDS: wholeNumber(0, 300).default(10),
  MOVIE_STORE_SAMPLE: oneOf(["on", "off"]).default("on"),
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
  if (variables.MYSQL_READ_URL !== undefined && variables.MYSQL_URL === undefined) {
    throw new ConfigError("MYSQL_READ_URL", "names a replica, but there is no MYSQL_URL");
  }
  const dataDirectory = variables.MOVIE_STORE_DATA;
  return Object.freeze({
    port: variables.PORT,
    host: variables.HOST,
    dataDirectory,
    databasePath: join(dataDirectory, "movie-store.sqlite"),
    inboxDirectory: variables.MOVIE_STORE_INBOX ?? join(dataDirectory, "inbox"),
    mysqlUrl: variables.MYSQL_URL,
    mysqlReadUrl: variables.MYSQL_READ_URL,
    redisUrl: variables.REDIS_URL,
    bucket: variables.S3_BUCKET,
    s3Endpoint: variables.S3_ENDPOINT,
    awsRegion: variables.AWS_REGION,
    keyPrefix: variables.S3_PREFIX,
    providerPriority: variables.PROVIDER_PRIORITY,
    apiKeys: variables.API_KEYS,
    cacheTtlMs: variables.CACHE_TTL_SECONDS * 1_000,
    edgeMaxAgeSeconds: variables.EDGE_MAX_AGE_SECONDS,
    logLevel: variables.LOG_LEVEL,
    shutdownGraceSeconds: variables.SHUTDOWN_GRACE_SECONDS,
    sample: variables.MOVIE_STORE_SAMPLE === "on",
  });
}
