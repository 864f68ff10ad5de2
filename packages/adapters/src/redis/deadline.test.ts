import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Deadline } from "./deadline.ts";

test("gives what the work gives, or its failure", async () => {
  const deadline = new Deadline(10_000);
  expect(await deadline.within(Promise.resolve("done"))).toBe("done");
  await expect(deadline.within(Promise.reject(new Error("failed")))).rejects.toThrow("failed");
});

test("rejects when the work takes longer", async () => {
  await expect(new Deadline(1).within(new Promise(() => {}))).rejects.toThrow("no answer within 1 ms");
});

test("an answer that has arrived while this process was busy is not late", async () => {
  // A timer that is due stands for a socket that can be read: both wait for the same busy turn to end.
  for (let round = 0; round < 5; round++) {
    const work = new Promise((resolve) => setTimeout(resolve, 2, "in time"));
    const given = new Deadline(1).within(work);
    stayBusyFor(10);
    expect(await given).toBe("in time");
  }
});

describe("by a clock of its own", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("each has its own time, whoever came before it and however that ended", async () => {
    const deadline = new Deadline(20);
    const given: string[] = [];
    const wait = (name: string, work: Promise<unknown>) =>
      deadline.within(work).then(
        () => given.push(`${name}: answered`),
        () => given.push(`${name}: given up`),
      );
    const answer = Promise.withResolvers<void>();
    void wait("first", new Promise(() => {}));
    void wait("second", answer.promise);
    await vi.advanceTimersByTimeAsync(15);
    void wait("third", new Promise(() => {}));
    answer.resolve();
    await vi.advanceTimersByTimeAsync(4);
    expect(given).toEqual(["second: answered"]);
    await vi.advanceTimersByTimeAsync(2);
    expect(given).toEqual(["second: answered", "first: given up"]);
    await vi.advanceTimersByTimeAsync(13);
    expect(given).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2);
    expect(given).toEqual(["second: answered", "first: given up", "third: given up"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("what comes when nothing waits has a time as well", async () => {
    const deadline = new Deadline(20);
    await deadline.within(Promise.resolve());
    expect(vi.getTimerCount()).toBe(0);
    const late = expect(deadline.within(new Promise(() => {}))).rejects.toThrow("no answer within 20 ms");
    await vi.advanceTimersByTimeAsync(21);
    await late;
  });
});

function stayBusyFor(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}
