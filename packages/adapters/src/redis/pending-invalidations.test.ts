import { beforeEach, expect, test } from "vitest";
import { PendingInvalidations } from "./pending-invalidations.ts";

let pending: PendingInvalidations;
beforeEach(() => {
  pending = new PendingInvalidations();
});

test("what failed is pending until a call that began later has succeeded", () => {
  const early = pending.begin();
  const failed = pending.begin();
  pending.failed(failed, ["a", "b"]);
  pending.succeeded(early, ["a", "b"]);
  expect(pending.tags).toEqual(["a", "b"]);
  pending.succeeded(pending.begin(), ["a"]);
  expect(pending.tags).toEqual(["b"]);
  expect(pending.includes(["a", "c"])).toBe(false);
  expect(pending.includes(["a", "b"])).toBe(true);
});

test("of two calls that failed for a tag the later one counts, whichever is known first", () => {
  const [first, between, last] = [pending.begin(), pending.begin(), pending.begin()];
  pending.failed(last, ["a"]);
  pending.failed(first, ["a"]);
  pending.succeeded(between, ["a"]);
  expect(pending.includes(["a"])).toBe(true);
});

test("what fails while it is being repeated stays, if it began later", () => {
  pending.failed(pending.begin(), ["a"]);
  const repeat = pending.begin();
  pending.failed(pending.begin(), ["a"]);
  pending.succeeded(repeat, ["a"]);
  expect(pending.includes(["a"])).toBe(true);
});

test("ten thousand tags are kept, and with one more every tag is pending until all have succeeded", () => {
  const tags = Array.from({ length: 10_001 }, (_, at) => `tag ${at}`);
  pending.failed(pending.begin(), tags.slice(1));
  expect(pending.includes(["other"])).toBe(false);
  expect(pending.tags).toHaveLength(10_000);
  const early = pending.begin();
  pending.failed(pending.begin(), tags);
  expect(pending.includes(["other"])).toBe(true);
  expect(pending.tags).toEqual([]);
  pending.allSucceeded(early);
  expect(pending.isAll).toBe(true);
  pending.allSucceeded(pending.begin());
  expect(pending.includes(["other"])).toBe(false);
});
