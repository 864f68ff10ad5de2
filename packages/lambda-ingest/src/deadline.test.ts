import { describe, expect, test } from "vitest";
import { Deadline } from "./deadline.ts";

describe("work within a deadline", () => {
  test("gives what it comes to", async () => {
    const deadline = new Deadline(60_000);
    expect(await deadline.within(async () => 7)).toBe(7);
    await expect(deadline.within(() => Promise.reject(new Error("its own")))).rejects.toThrow("its own");
  });

  test("is given up when it does not end", async () => {
    const work = new Deadline(20).within(() => new Promise(() => {}));
    await expect(work).rejects.toMatchObject({ code: "unavailable", retryable: true, hasBegun: true });
  });

  test.each([0, -5])("is not begun with %i ms left", async (ms) => {
    let begun = false;
    const work = new Deadline(ms).within(async () => {
      begun = true;
    });
    await expect(work).rejects.toMatchObject({ code: "unavailable", hasBegun: false });
    expect(begun).toBe(false);
  });

  test("may fail after it was given up, and nobody is troubled", async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    await expect(new Deadline(20).within(() => promise)).rejects.toMatchObject({ code: "unavailable" });
    // An unhandled rejection would fail this run.
    reject(new Error("late"));
    await new Promise((resolve) => setImmediate(resolve));
  });
});
