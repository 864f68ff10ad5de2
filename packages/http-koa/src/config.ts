/** The environment, read once and checked. */

import { join } from "node:path";
import type { Replica } from "@movie-store/adapters/s3";
import {
  ConfigError,
  type LogLevel,
  oneOf,
  readReplica,
  readVariables,
  STORE_VARIABLES,
} from "@movie-store/adapters/variables";
import * as z from "zod";
import { type ApiKey, readApiKeys } from "./api-keys.ts";
import { ANY_ORIGIN, readOrigins } from "./cors.ts";
import { TRACING_VARIABLES, type TracingConfig, tracingConfigOf } from "./tracing/variables.ts";

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
  /** `undefined`: the bucket is no replica of another one. */
  readonly replica: Replica | undefined;
  /** `undefined`: the endpoint of AWS for the region. */
  readonly s3Endpoint: string | undefined;
  /** `undefined`: what the AWS client finds in its own settings. */
  readonly awsRegion: string | undefined;
  /** Prefix of the providers' folders in the bucket; ends with a slash, or is empty. */
  readonly keyPrefix: string;
  /** Whether what is taken in from a bucket gets a receipt beside it. */
  readonly writesReceipts: boolean;
  /** First wins. */
  readonly providerPriority: readonly string[];
  /** Empty: the API is open. */
  readonly apiKeys: readonly ApiKey[];
  /** Pages of these origins may read the answers; `*`: those of any. */
  readonly corsOrigins: readonly string[];
  /** Requests that a caller may make in a minute; 0: any number. */
  readonly rateLimitPerMinute: number;
  /** Whether /metrics is answered without an API key where all else needs one. */
  readonly metricsOpen: boolean;
  /** The explorer shows posters from these hosts; empty: from none. */
  readonly posterHosts: readonly string[];
  readonly cacheTtlMs: number;
  readonly edgeMaxAgeSeconds: number;
  readonly logLevel: LogLevel;
  /** `undefined`: no traces. */
  readonly tracing: TracingConfig | undefined;
  readonly shutdownGraceSeconds: number;
  /** Whether an empty embedded store takes in the sample at its first start. */
  readonly sample: boolean;
}

function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= min && number <= max, message);
}

const path = z.string().refine((text) => !text.includes("\0"), "must be the path of a folder");

/** @param read gives the items of a list, or says what is wrong with its text. */
function listOf<T>(read: (text: string) => readonly T[] | string) {
  return z.string().transform((text, context): readonly T[] => {
    const items = read(text);
    if (typeof items !== "string") return items;
    context.addIssue({ code: "custom", message: items });
    return z.NEVER;
  });
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** They go into a header and into the page, so nothing but names of hosts may be among them. */
const hostNames = z
  .string()
  .transform((text) => text.split(",").map((item) => item.trim()))
  .refine(
    (items) => items.every((item) => HOST_NAME.test(item)),
    "must be names of hosts with commas between them, in small letters and without scheme, like images.example.org",
  );

const environmentSchema = z.object({
  ...STORE_VARIABLES,
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,253}$/, "must be a host name or an IP address")
    .optional(),
  MOVIE_STORE_DATA: path.default("./data"),
  MOVIE_STORE_INBOX: path.optional(),
  MYSQL_URL: STORE_VARIABLES.MYSQL_URL.optional(),
  MYSQL_READ_URL: STORE_VARIABLES.MYSQL_URL.optional(),
  API_KEYS: listOf(readApiKeys).default([]),
  CORS_ORIGINS: listOf(readOrigins).default([ANY_ORIGIN]),
  RATE_LIMIT_PER_MINUTE: wholeNumber(0, 1_000_000).default(0),
  METRICS_OPEN: oneOf(["on", "off"]).default("off"),
  POSTER_HOSTS: hostNames.default([]),
  CACHE_TTL_SECONDS: wholeNumber(1, 86_400).default(300),
  EDGE_MAX_AGE_SECONDS: wholeNumber(0, 3_600).default(5),
  SHUTDOWN_GRACE_SECONDS: wholeNumber(0, 300).default(10),
  MOVIE_STORE_SAMPLE: oneOf(["on", "off"]).default("on"),
  ...TRACING_VARIABLES,
});

export const VARIABLES: readonly string[] = Object.keys(environmentSchema.shape);

/**
 * @param environment such as `process.env`; it is not kept.
 * @throws ConfigError for the first variable with a bad value.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const variables = readVariables(environmentSchema, environment);
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
    replica: readReplica(variables),
    s3Endpoint: variables.S3_ENDPOINT,
    awsRegion: variables.AWS_REGION,
    keyPrefix: variables.S3_PREFIX,
    writesReceipts: variables.S3_RECEIPTS === "on",
    providerPriority: variables.PROVIDER_PRIORITY,
    apiKeys: variables.API_KEYS,
    corsOrigins: variables.CORS_ORIGINS,
    rateLimitPerMinute: variables.RATE_LIMIT_PER_MINUTE,
    metricsOpen: variables.METRICS_OPEN === "on",
    posterHosts: variables.POSTER_HOSTS,
    cacheTtlMs: variables.CACHE_TTL_SECONDS * 1_000,
    edgeMaxAgeSeconds: variables.EDGE_MAX_AGE_SECONDS,
    logLevel: variables.LOG_LEVEL,
    tracing: tracingConfigOf(variables),
    shutdownGraceSeconds: variables.SHUTDOWN_GRACE_SECONDS,
    sample: variables.MOVIE_STORE_SAMPLE === "on",
  });
}
