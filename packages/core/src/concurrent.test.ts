import { describe, expect, it } from "vitest";
import { groupsOf, mapConcurrently } from "./concurrent.ts";

describe("mapConcurrently", () => {
  it("has at most so many calls under way, and keeps the order of the items", async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    const done = mapConcurrently([0, 1, 2, 3, 4, 5, 6], 3, async (item) => {
      const turn = new Promise<void>((resolve) => waiting.push(resolve));
      most = Math.max(most, waiting.length);
      await turn;
      return item * 10;
    });
    // The last that came is let go first, so that the calls do not end in the order of the items.
    for (let calls = 0; calls < 7; calls++) {
      await Promise.resolve();
      waiting.pop()?.();
      await new Promise<void>((resolve) => queueMicrotask(resolve));
    }
    expect(await done).toEqual([0, 10, 20, 30, 40, 50, 60]);
    expect(most).toBe(3);
  });

  it("begins nothing after a failure, and waits for what is under way before it throws the first", async () => {
    const begun: number[] = [];
    let ended = 0;
    const work = mapConcurrently([0, 1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error("the first");
      for (let turns = 0; turns < 5; turns++) await Promise.resolve();
      ended++;
    });
    await expect(work).rejects.toThrow("the first");
    expect(begun).toEqual([0, 1]);
    expect(ended).toBe(1);
  });

  it("has nothing to do for no items", async () => {
    expect(await mapConcurrently([], 4, () => Promise.reject(new Error("called")))).toEqual([]);
  });
});

describe("groupsOf", () => {
  it.each([
    [0, []],
    [2, [[0, 1]]],
    [4, [[0, 1, 2], [3]]],
    [
      6,
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
  ])("puts %i items into groups of three", async (count, groups) => {
    async function* items() {
      for (let item = 0; item < count; item++) yield item;
    }
    const found: number[][] = [];
    for await (const group of groupsOf(items(), 3)) found.push(group);
    expect(found).toEqual(groups);
  });
});
