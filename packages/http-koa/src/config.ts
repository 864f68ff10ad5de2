/** The environment, read once and checked. */

import { join } from "node:path";
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

/**
 * Names a back end that this release does not have. To start without it would look like success while films go to
 * another store than the operator believes.
 */
function notYet(what: string) {
  return z
    .string()
    .refine(() => false, `is set, but this release has no ${what} yet: unset it to use the embedded parts`)
    .optional();
}

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
  MYSQL_URL: notYet("MySQL adapter"),
  MYSQL_READ_URL: notYet("MySQL adapter"),
  REDIS_URL: notYet("Redis adapter"),
  S3_BUCKET: notYet("S3 adapter"),
  S3_ENDPOINT: notYet("S3 adapter"),
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

/** AWS_REGION is read by the AWS client itself; machines often have it set for other programs. */
export const VARIABLES: readonly string[] = [...Object.keys(environmentSchema.shape), "AWS_REGION"];

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
  const dataDirectory = variables.MOVIE_STORE_DATA;
  return Object.freeze({
    port: variables.PORT,
    host: variables.HOST,
    dataDirectory,
    databasePath: join(dataDirectory, "movie-store.sqlite"),
    inboxDirectory: variables.MOVIE_STORE_INBOX ?? join(dataDirectory, "inbox"),
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
