import { expect, test } from "vitest";
import { KeySpace } from "./key-space.ts";

const keys = new KeySpace("store");

test("short names can be read, long ones are hashed", () => {
  expect(keys.epoch).toBe("store:1:epoch");
  expect(keys.entry("find:a b")).toBe("store:1:entry=find:a b");
  expect(keys.tag("w:東京")).toBe("store:1:tag=w:東京");
  expect(keys.tag("x".repeat(64))).toBe(`store:1:tag=${"x".repeat(64)}`);
  expect(keys.tag("x".repeat(65))).toMatch(/^store:1:tag#[\w-]{43}$/);
  expect(keys.entry("x".repeat(100_000))).toMatch(/^store:1:entry#[\w-]{43}$/);
});

test("different names have different keys, also those that look alike in UTF-8 or as a hash", () => {
  const long = "x".repeat(65);
  const hash = keys.tag(long).slice("store:1:tag".length);
  const names = [
    "",
    "=",
    "#",
    "a",
    "A",
    "a ",
    "\ud800",
    "\ud801",
    "\ufffd",
    long,
    `${long}x`,
    hash,
    hash.slice(1),
  ];
  expect(new Set(names.flatMap((name) => [keys.tag(name), keys.entry(name)])).size).toBe(2 * names.length);
});
