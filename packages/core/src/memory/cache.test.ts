import { expect, test } from "vitest";
import { MemoryCache } from "./cache.ts";

async function keptOf(texts: readonly string[], maxBytes: number): Promise<readonly number[]> {
  const cache = new MemoryCache({ maxBytes });
  for (const [at, text] of texts.entries()) await cache.set(`${at}`, text, "0 ", 60_000);
  return [...texts.keys()].filter((at) => cache.getNear(`${at}`, ["tag"]) !== undefined);
}

test("the cache keeps what its bytes allow, the newest entries", async () => {
  const texts = Array.from({ length: 10 }, () => "a".repeat(10_000));
  expect(await keptOf(texts, 45_000)).toEqual([6, 7, 8, 9]);
});

test("a text with a character beyond Latin-1 counts two bytes for each of its characters", async () => {
  const texts = Array.from({ length: 10 }, () => `\u2013${"a".repeat(9_999)}`);
  expect(await keptOf(texts, 45_000)).toEqual([8, 9]);
});

test("what an entry takes besides its text counts, so that many small ones are bounded too", async () => {
  const texts = Array.from({ length: 1_000 }, () => "");
  expect((await keptOf(texts, 21_000)).length).toBeLessThanOrEqual(105);
});

test("an entry that is replaced, removed or outdated gives back all that it took", async () => {
  const cache = new MemoryCache({ maxBytes: 25_000 });
  const text = "a".repeat(10_000);
  for (let round = 0; round < 10; round++) {
    await cache.set("replaced", text, "0 ", 60_000);
    await cache.set("removed", text, "0 ", 60_000);
    cache.remove("removed");
    await cache.set("outdated", text, "1 ", 60_000);
    expect(cache.getNear("outdated", ["tag"])).toBeUndefined();
  }
  await cache.set("other", text, "0 ", 60_000);
  expect(cache.getNear("replaced", ["tag"])).toBe(text);
  expect(cache.getNear("other", ["tag"])).toBe(text);
});
