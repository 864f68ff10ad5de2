import { expect, test } from "vitest";
import { within } from "./deadline.ts";

test("gives what the work gives, or its failure", async () => {
  expect(await within(Promise.resolve("done"), 10_000)).toBe("done");
  await expect(within(Promise.reject(new Error("failed")), 10_000)).rejects.toThrow("failed");
});

test("rejects when the work takes longer", async () => {
  await expect(within(new Promise(() => {}), 1)).rejects.toThrow("no answer within 1 ms");
});

test("an answer that has arrived while this process was busy is not late", async () => {
  // A timer that is due stands for a socket that can be read: both wait for the same busy turn to end.
  const work = new Promise((resolve) => setTimeout(resolve, 2, "in time"));
  const given = within(work, 1);
  const busyUntilMs = performance.now() + 10;
  while (performance.now() < busyUntilMs);
  expect(await given).toBe("in time");
});
