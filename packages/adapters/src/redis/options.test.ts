import { describe, expect, test } from "vitest";
import { RedisCache, RedisInvalidationChannel } from "./index.ts";
import { addressOf } from "./options.ts";

describe("the URL of a Redis", () => {
  test.each([
    ["redis://localhost", { host: "localhost", port: 6379, db: 0 }],
    ["redis://cache.example.org:6380/3", { host: "cache.example.org", port: 6380, db: 3 }],
    ["redis://[::1]:6380/", { host: "::1", port: 6380, db: 0 }],
    ["redis://:p%40ss%2F@h", { host: "h", port: 6379, db: 0, password: "p@ss/" }],
    ["redis://ann:secret@h", { host: "h", port: 6379, db: 0, username: "ann", password: "secret" }],
  ])("%s", (url, address) => {
    expect(addressOf(url)).toEqual(address);
  });

  test("rediss:// is TLS, checked against the authorities that Node and the system trust", () => {
    const { tls, ...address } = addressOf("rediss://ann:secret@h:6380/1");
    expect(address).toEqual({ host: "h", port: 6380, db: 1, username: "ann", password: "secret" });
    expect(tls?.ca).toContainEqual(expect.stringContaining("BEGIN CERTIFICATE"));
    expect(tls).not.toHaveProperty("rejectUnauthorized");
  });

  test.each([
    "",
    "localhost:6379",
    "http://:secret@localhost",
    "redis://",
    "redis://:secret@",
    "redis://:secret@h:port",
    "redis://:secret@h/one",
    "redis://:secret@h/0/1",
    "redis://:secret%@h",
    "redis://:secret@h?enableOfflineQueue=true",
    "redis://:secret@h#1",
  ])("%j is refused, with no word of what it has in it", (url) => {
    for (const open of [RedisCache.open, RedisInvalidationChannel.open]) {
      let failure: unknown;
      try {
        open({ url });
      } catch (error) {
        failure = error;
      }
      expect(failure).toMatchObject({ code: "invalid-argument", field: "url" });
      expect(failure).not.toHaveProperty("cause");
      expect(String(failure)).not.toContain("secret");
    }
  });
});
