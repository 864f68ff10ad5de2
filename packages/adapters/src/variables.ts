/**
 * The environment variables that say which parts a program runs on: every shell checks them alike, because an API and
 * an ingest that read one of them differently would not be one store. Nothing here looks at the environment itself.
 */

import { isReceiptKey, RECEIPTS_PREFIX } from "@movie-store/core";
import * as z from "zod";
import { mySqlUrlFault } from "./mysql/options.ts";
import type { Replica } from "./s3/replica.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A variable has a bad value. The message is one line that names it, and never contains a secret. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly variable: string;

  constructor(variable: string, message: string) {
    super(`${variable} ${message}`);
    this.variable = variable;
  }
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, `must be one of ${values.join(", ")}`);
}

/**
 * The message never repeats the text: it may hold a password.
 *
 * @param faultOf what is wrong with a URL of these schemes, in words that can follow the name of the variable.
 */
export function urlLike(
  schemes: readonly string[],
  example: string,
  faultOf: (url: string) => string | undefined = () => undefined,
) {
  return z.string(`must be there: ${example}`).superRefine((text, context) => {
    const url = URL.parse(text);
    const isLike = url !== null && url.hostname !== "" && schemes.includes(url.protocol);
    const message = isLike ? faultOf(text) : `must be a URL like ${example}`;
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

const bucketName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "must be the name of a bucket: 3 to 63 of a-z, 0-9, dot and hyphen",
  );

/** The variables that every shell knows, each with its check. */
export const STORE_VARIABLES = {
  MYSQL_URL: urlLike(["mysql:"], "mysql://user:password@host:3306/database", mySqlUrlFault),
  REDIS_URL: urlLike(["redis:", "rediss:"], "redis://host:6379 (rediss:// for TLS)").optional(),
  S3_ENDPOINT: urlLike(["http:", "https:"], "http://localhost:9000").optional(),
  AWS_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, "must be the name of a region, like eu-central-1")
    .optional(),
  S3_PREFIX: z
    .string()
    .regex(/^[^/\0][^\0]*\/$/, "must end with a slash and not begin with one, like providers/")
    // What is written there is never taken for an update.
    .refine(
      (prefix) => !isReceiptKey(prefix),
      `must not lie in ${RECEIPTS_PREFIX}, the folder of the receipts`,
    )
    .default("providers/"),
  S3_BUCKET: bucketName.optional(),
  S3_REPLICA_OF: bucketName.optional(),
  S3_RECEIPTS: oneOf(["on", "off"]).default("off"),
  PROVIDER_PRIORITY: z
    .string()
    .transform((text) => text.split(",").map((item) => item.trim()))
    .refine((items) => items.every((item) => item !== ""), "must be names with commas between them")
    .refine((items) => new Set(items).size === items.length, "names a provider twice")
    .default([]),
  LOG_LEVEL: oneOf(LOG_LEVELS).default("info"),
} as const;

/**
 * The replica that S3_BUCKET is, where S3_REPLICA_OF says that it is one.
 *
 * @throws ConfigError
 */
export function readReplica(variables: {
  readonly S3_BUCKET?: string | undefined;
  readonly S3_REPLICA_OF?: string | undefined;
}): Replica | undefined {
  const { S3_BUCKET: bucket, S3_REPLICA_OF: of } = variables;
  if (of === undefined) return undefined;
  if (bucket === undefined)
    throw new ConfigError("S3_REPLICA_OF", "needs S3_BUCKET, the name of the replica");
  // Said of the original itself, as when the first region is the active one again, it changes nothing.
  return bucket === of ? undefined : { bucket, of };
}

/**
 * Checks variables. One with an empty value counts as absent, as compose files and charts write it.
 *
 * @param environment such as `process.env`; it is not kept.
 * @throws ConfigError for the first variable with a bad value.
 */
export function readVariables<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<z.ZodObject<Shape>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape)
      .map((name) => [name, environment[name]])
      .filter(([, value]) => value !== undefined && value !== ""),
  );
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new ConfigError(String(issue?.path[0]), issue?.message ?? "has a bad value");
}
