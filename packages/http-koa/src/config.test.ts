import { ConfigError } from "@movie-store/adapters/variables";
import { describe, expect, test } from "vitest";
import { type Config, loadConfig } from "./config.ts";

interface Row {
  readonly variable: string;
  readonly setting: keyof Config;
  readonly byDefault: unknown;
  readonly good: Readonly<Record<string, unknown>>;
  readonly bad: readonly string[];
}

const table: readonly Row[] = [
  {
    variable: "PORT",
    setting: "port",
    byDefault: 3000,
    good: { "0": 0, "8080": 8080, "65535": 65_535 },
    bad: ["65536", "-1", "3000.5", "http", " 80", "1e3", "0x50"],
  },
  {
    variable: "HOST",
    setting: "host",
    byDefault: undefined,
    good: { "127.0.0.1": "127.0.0.1", "::1": "::1", localhost: "localhost" },
    bad: ["two words", "http://localhost", "a".repeat(300)],
  },
  {
    variable: "MOVIE_STORE_DATA",
    setting: "dataDirectory",
    byDefault: "./data",
    good: { "/srv/films": "/srv/films" },
    bad: ["a\0b"],
  },
  {
    variable: "MOVIE_STORE_INBOX",
    setting: "inboxDirectory",
    byDefault: "data/inbox",
    good: { "/srv/inbox": "/srv/inbox" },
    bad: ["a\0b"],
  },
  {
    variable: "MYSQL_URL",
    setting: "mysqlUrl",
    byDefault: undefined,
    good: {
      "mysql://store:secret@db:3306/films": "mysql://store:secret@db:3306/films",
      "mysql://db/films?tls=required": "mysql://db/films?tls=required",
    },
    bad: ["db", "postgres://db/films", "mysql://db", "mysql://db/films?charset=latin1"],
  },
  {
    variable: "REDIS_URL",
    setting: "redisUrl",
    byDefault: undefined,
    good: { "redis://cache": "redis://cache", "rediss://:secret@cache:6380": "rediss://:secret@cache:6380" },
    bad: ["cache:6379", "http://cache", "redis"],
  },
  {
    variable: "S3_BUCKET",
    setting: "bucket",
    byDefault: undefined,
    good: { "films-in": "films-in", "films.example.org": "films.example.org" },
    bad: ["ab", "Films", "s3://films", "films/in", "-films"],
  },
  {
    variable: "S3_ENDPOINT",
    setting: "s3Endpoint",
    byDefault: undefined,
    good: { "http://localhost:9000": "http://localhost:9000" },
    bad: ["localhost:9000", "s3://films"],
  },
  {
    variable: "AWS_REGION",
    setting: "awsRegion",
    byDefault: undefined,
    good: { "eu-central-1": "eu-central-1" },
    bad: ["Frankfurt", "eu central 1"],
  },
  {
    variable: "S3_PREFIX",
    setting: "keyPrefix",
    byDefault: "providers/",
    good: { "films/in/": "films/in/" },
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
    good: { "acme, zenith": ["acme", "zenith"], acme: ["acme"] },
    bad: ["acme,", ",", "acme,,zenith", "acme,zenith,acme"],
  },
  {
    variable: "API_KEYS",
    setting: "apiKeys",
    byDefault: [],
    good: {
      "web:0123456789": [{ name: "web", key: "0123456789" }],
      "web:with:colon, app:abcdefgh": [
        { name: "web", key: "with:colon" },
        { name: "app", key: "abcdefgh" },
      ],
      "web:old-secret,web:new-secret": [
        { name: "web", key: "old-secret" },
        { name: "web", key: "new-secret" },
      ],
    },
    bad: [
      "secret-of-all",
      "web:short",
      ":secret-of-all",
      "a b:secret-of-all",
      "web:sécret-of-all",
      "a:12345678,b:12345678",
    ],
  },
  {
    variable: "POSTER_HOSTS",
    setting: "posterHosts",
    byDefault: [],
    good: {
      "images.example.org": ["images.example.org"],
      "a.example.org, b-2.example.com": ["a.example.org", "b-2.example.com"],
    },
    bad: [
      "https://images.example.org",
      "*.example.org",
      "Images.example.org",
      "images.example.org:8443",
      "images.example.org; script-src *",
      'a.example.org"><script>',
      "a.example.org,,b.example.org",
      "localhost",
      "*",
    ],
  },
  {
    variable: "METRICS_OPEN",
    setting: "metricsOpen",
    byDefault: false,
    good: { on: true, off: false },
    bad: ["true", "ON", "open"],
  },
  {
    variable: "CACHE_TTL_SECONDS",
    setting: "cacheTtlMs",
    byDefault: 300_000,
    good: { "1": 1_000, "86400": 86_400_000 },
    bad: ["0", "86401", "soon"],
  },
  {
    variable: "CORS_ORIGINS",
    setting: "corsOrigins",
    byDefault: ["*"],
    good: {
      "*": ["*"],
      none: [],
      "https://films.example": ["https://films.example"],
      "https://films.example, http://localhost:8080": ["https://films.example", "http://localhost:8080"],
    },
    bad: [
      "films.example",
      "https://films.example/",
      "https://films.example/path",
      "https://Films.example",
      "https://films.example:443",
      "*,https://films.example",
      "https://*.example",
      "null",
      ",",
      "file:///x",
    ],
  },
  {
    variable: "RATE_LIMIT_PER_MINUTE",
    setting: "rateLimitPerMinute",
    byDefault: 0,
    good: { "0": 0, "600": 600, "1000000": 1_000_000 },
    bad: ["-1", "1.5", "1000001", "many"],
  },
  {
    variable: "EDGE_MAX_AGE_SECONDS",
    setting: "edgeMaxAgeSeconds",
    byDefault: 5,
    good: { "0": 0, "3600": 3600 },
    bad: ["-5", "3601", "5s"],
  },
  {
    variable: "LOG_LEVEL",
    setting: "logLevel",
    byDefault: "info",
    good: { debug: "debug", silent: "silent" },
    bad: ["INFO", "loud"],
  },
  {
    variable: "SHUTDOWN_GRACE_SECONDS",
    setting: "shutdownGraceSeconds",
    byDefault: 10,
    good: { "0": 0, "300": 300 },
    bad: ["301", "-1", "ten"],
  },
  {
    variable: "MOVIE_STORE_SAMPLE",
    setting: "sample",
    byDefault: true,
    good: { on: true, off: false },
    bad: ["yes", "OFF"],
  },
];

describe.each(table)("$variable", ({ variable, setting, byDefault, good, bad }) => {
  test("has its default where it is absent or empty", () => {
    expect(loadConfig({})[setting]).toEqual(byDefault);
    expect(loadConfig({ [variable]: "" })[setting]).toEqual(byDefault);
  });

  test.each(Object.entries(good))("takes %j", (text, value) => {
    expect(loadConfig({ [variable]: text })[setting]).toEqual(value);
  });

  test.each(bad)("refuses %j with one line that names it", (text) => {
    const error = errorOf({ [variable]: text });
    expect(error.variable).toBe(variable);
    expect(error.message).toMatch(new RegExp(`^${variable} [^\n]+$`));
  });
});

test.each(["MYSQL_URL", "MYSQL_READ_URL", "REDIS_URL", "S3_ENDPOINT"])(
  "%s is refused without a word of what it holds, for there may be a password in it",
  (variable) => {
    const texts = [
      "mysqls://user:s3cret@db/films",
      "mysql://user:s3cret@db",
      "user:s3cret@db",
      "http://:s3cret@",
    ];
    for (const text of texts) {
      expect(errorOf({ MYSQL_URL: "mysql://db/films", [variable]: text }).message).not.toContain("s3cret");
    }
  },
);

test("what is wrong with the URL of a database is said in words that follow the variable's name", () => {
  expect(errorOf({ MYSQL_URL: "mysql://user:s3cret@db" }).message).toBe("MYSQL_URL names no database");
  expect(errorOf({ MYSQL_URL: "mysql://db/films?pool=9" }).message).toBe(
    "MYSQL_URL has unknown parameters: pool",
  );
});

test("a replica without its primary is a mistake", () => {
  const error = errorOf({ MYSQL_READ_URL: "mysql://replica/films" });
  expect(error.message).toBe("MYSQL_READ_URL names a replica, but there is no MYSQL_URL");
});

test.each([
  [
    { S3_BUCKET: "films-2", S3_REPLICA_OF: "films-1" },
    { bucket: "films-2", of: "films-1" },
  ],
  [{ S3_BUCKET: "films-2" }, undefined],
  [{ S3_REPLICA_OF: "films-1" }, "S3_REPLICA_OF needs S3_BUCKET, the name of the replica"],
  [{ S3_BUCKET: "films-1", S3_REPLICA_OF: "films-1" }, undefined],
])("a bucket may be the replica of another one: %j", (environment, expected) => {
  if (typeof expected === "string") expect(errorOf(environment).message).toBe(expected);
  else expect(loadConfig(environment).replica).toEqual(expected);
});

test("the data folder holds the database and, unless said otherwise, the inbox", () => {
  const config = loadConfig({ MOVIE_STORE_DATA: "/srv/films" });
  expect(config.databasePath).toBe("/srv/films/movie-store.sqlite");
  expect(config.inboxDirectory).toBe("/srv/films/inbox");
});

test("no message quotes an API key", () => {
  for (const text of [
    "topsecret-without-colon",
    "a b:topsecret-key",
    "a:topsecret,b:topsecret",
    ":topsecret-key",
  ]) {
    expect(errorOf({ API_KEYS: text }).message).not.toContain("topsecret");
  }
});

test("variables of other programs are left alone", () => {
  expect(loadConfig({ PATH: "/usr/bin", PORTS: "many" })).toEqual(loadConfig({}));
});

function errorOf(environment: Record<string, string>): ConfigError {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was taken");
}
