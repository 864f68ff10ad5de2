import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ReadTurns, type ReadTurnsOptions } from "./read-turns.ts";

const OVERLOADED = { code: "overloaded", status: 503 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Reads that end when the test says so, in the order in which they began. */
function turnsOf(options: ReadTurnsOptions) {
  const turns = new ReadTurns({ clock: Date.now, ...options });
  const ends: PromiseWithResolvers<string>[] = [];
  const outcomes: string[] = [];
  const ask = (name: string) => {
    const read = () => {
      const end = Promise.withResolvers<string>();
      ends.push(end);
      return end.promise;
    };
    void turns.run(read).then(
      () => outcomes.push(`${name} read`),
      (error: { readonly code?: string }) => outcomes.push(`${name} ${error.code}`),
    );
  };
  const endOne = async () => {
    ends.shift()?.resolve("");
    await vi.advanceTimersByTimeAsync(0);
  };
  return { turns, ends, outcomes, ask, endOne };
}

describe("turns", () => {
  test("go round in the order of those who wait", async () => {
    const { ask, endOne, outcomes, ends } = turnsOf({ atOnce: 2 });
    for (const name of ["a", "b", "c", "d"]) ask(name);
    expect(ends).toHaveLength(2);
    for (let at = 0; at < 4; at++) await endOne();
    expect(outcomes).toEqual(["a read", "b read", "c read", "d read"]);
  });

  test("give what the read gives, and hand on when it fails", async () => {
    const turns = new ReadTurns({ atOnce: 1, maxWaiting: 0 });
    expect(await turns.run(async () => 7)).toBe(7);
    await expect(turns.run(() => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
    const thrown = () => {
      throw new Error("at once");
    };
    await expect(turns.run(thrown)).rejects.toThrow("at once");
    expect(await turns.run(async () => 8)).toBe(8);
    expect(turns.running).toBe(0);
  });

  test("are refused where too many wait, without a read", async () => {
    const { turns, ask, ends } = turnsOf({ atOnce: 1, maxWaiting: 1 });
    ask("a");
    ask("b");
    const read = vi.fn();
    await expect(turns.run(read)).rejects.toMatchObject(OVERLOADED);
    expect(read).not.toHaveBeenCalled();
    expect([ends.length, turns.waiting]).toEqual([1, 1]);
  });

  test("are waited for long in a burst, and given up then", async () => {
    const { turns, ask, endOne, outcomes } = turnsOf({ atOnce: 1, burstMs: 100, standingMs: 20 });
    for (const name of ["a", "b", "c"]) ask(name);
    await vi.advanceTimersByTimeAsync(99);
    await endOne();
    expect(outcomes).toEqual(["a read"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(outcomes).toEqual(["a read", "c overloaded"]);
    await endOne();
    expect(outcomes).toEqual(["a read", "c overloaded", "b read"]);
    expect([turns.running, turns.waiting]).toEqual([0, 0]);
  });

  test("are waited for shortly where the queue never empties, and long again once it has", async () => {
    const { turns, ask, endOne, outcomes } = turnsOf({ atOnce: 1, burstMs: 100, standingMs: 20 });
    ask("first");
    // One always waits, for a burst and a little longer.
    for (let at = 0; at <= 3; at++) {
      ask(`${at}`);
      await vi.advanceTimersByTimeAsync(30);
      if (at > 0) await endOne();
    }
    expect([turns.waiting, outcomes]).toEqual([1, ["first read", "0 read", "1 read"]]);
    ask("late");
    await vi.advanceTimersByTimeAsync(20);
    expect(outcomes.at(-1)).toBe("late overloaded");
    await endOne();
    await endOne();
    expect([turns.running, turns.waiting]).toEqual([0, 0]);
    ask("next");
    ask("patient");
    await vi.advanceTimersByTimeAsync(99);
    await endOne();
    await endOne();
    expect(outcomes.slice(-2)).toEqual(["next read", "patient read"]);
  });
});
