import { ConfigError } from "@movie-store/adapters/variables";
import { describe, expect, test } from "vitest";
import { type Config, loadConfig, VARIABLES } from "./config.ts";

interface Row {
  readonly variable: string;
  readonly setting: keyof Config;
  readonly byDefault: unknown;
  readonly good: Readonly<Record<string, unknown>>;
  readonly bad: readonly string[];
}

const MYSQL_URL = "mysql://store:s3cret@db:3306/films";

function same(...texts: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(texts.map((text) => [text, text]));
}

const table: readonly Row[] = [
  {
    variable: "REDIS_URL",
    setting: "redisUrl",
    byDefault: undefined,
    good: same("redis://cache:6379", "rediss://:s3cret@cache"),
    bad: ["http://cache", "cache:6379", "redis://"],
  },
  {
    variable: "S3_ENDPOINT",
    setting: "s3Endpoint",
    byDefault: undefined,
    good: same("http://localhost:9000", "https://s3.example.com"),
    bad: ["localhost:9000", "s3://films"],
  },
  {
    variable: "AWS_REGION",
    setting: "region",
    byDefault: undefined,
    good: same("eu-central-1"),
    bad: ["EU", "eu central", "a".repeat(50)],
  },
  {
    variable: "S3_PREFIX",
    setting: "keyPrefix",
    byDefault: "providers/",
    good: same("films/in/"),
    bad: ["providers", "/", "/providers/", "\0/", "receipts/", "receipts/in/"],
  },
  {
    variable: "S3_RECEIPTS",
    setting: "writesReceipts",
    byDefault: false,
    good: { on: true, off: false },
    bad: ["true", "1", "ON"],
  },
  {
    variable: "PROVIDER_PRIORITY",
    setting: "providerPriority",
    byDefault: [],
    good: { "acme, zenith": ["acme", "zenith"] },
    bad: ["acme,", ",", "acme,acme"],
  },
  {
    variable: "LOG_LEVEL",
    setting: "logLevel",
    byDefault: "info",
    good: same("debug", "silent"),
    bad: ["INFO", "loud"],
  },
  {
    variable: "POWERTOOLS_SERVICE_NAME",
    setting: "serviceName",
    byDefault: "movie-store-ingest",
    good: same("films-ingest"),
    bad: ["two words", "x".repeat(256)],
  },
  {
    variable: "POWERTOOLS_METRICS_NAMESPACE",
    setting: "metricsNamespace",
    byDefault: "MovieStore",
    good: same("Films/Staging"),
    bad: ["two words", "a?b"],
  },
  {
    variable: "SQS_QUEUE_URL",
    setting: "queueUrl",
    byDefault: undefined,
    good: same("https://sqs.eu-central-1.amazonaws.com/123456789012/new-objects"),
    bad: ["new-objects", "arn:aws:sqs:eu-central-1:1:new-objects"],
  },
];

describe.each(table)("$variable", ({ variable, setting, byDefault, good, bad }) => {
  test("has its default where it is absent or empty", () => {
    expect(loadConfig({ MYSQL_URL })[setting]).toEqual(byDefault);
    expect(loadConfig({ MYSQL_URL, [variable]: "" })[setting]).toEqual(byDefault);
  });

  test.each(Object.entries(good))("takes %j", (text, value) => {
    expect(loadConfig({ MYSQL_URL, [variable]: text })[setting]).toEqual(value);
  });

  test.each(bad)("refuses %j with one line that names it", (text) => {
    expectRefusal({ MYSQL_URL, [variable]: text }, variable);
  });
});

describe("MYSQL_URL", () => {
  test("is taken as it is", () => {
    expect(loadConfig({ MYSQL_URL }).mysqlUrl).toBe(MYSQL_URL);
  });

  test.each([
    undefined,
    "",
    "films",
    "postgres://store:s3cret@db/films",
    "mysql://store:s3cret@db",
    "mysql://store:s3cret@db/",
    "mysql://store:s3cret@db/a/b",
  ])("refuses %j with one line that has no secret", (text) => {
    const message = expectRefusal({ MYSQL_URL: text }, "MYSQL_URL");
    expect(message).not.toContain("s3cret");
  });
});

test("the bucket may be the replica of another one", () => {
  expect(loadConfig({ MYSQL_URL, S3_BUCKET: "films-2" }).replica).toBeUndefined();
  const replica = { bucket: "films-2", of: "films-1" };
  expect(loadConfig({ MYSQL_URL, S3_BUCKET: "films-2", S3_REPLICA_OF: "films-1" }).replica).toEqual(replica);
  expectRefusal({ MYSQL_URL, S3_REPLICA_OF: "films-1" }, "S3_REPLICA_OF");
});

const TESTED_ALONE = ["MYSQL_URL", "S3_BUCKET", "S3_REPLICA_OF"];

test("every variable is in this test, and others are not read", () => {
  expect([...table.map(({ variable }) => variable), ...TESTED_ALONE].sort()).toEqual([...VARIABLES].sort());
  expect(loadConfig({ MYSQL_URL, PORT: "none" })).toEqual(loadConfig({ MYSQL_URL }));
});

function expectRefusal(environment: Record<string, string | undefined>, variable: string): string {
  try {
    loadConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ variable, message: expect.stringMatching(`^${variable} [^\n]+$`) });
    return (error as Error).message;
  }
  throw new Error("it was taken");
}
