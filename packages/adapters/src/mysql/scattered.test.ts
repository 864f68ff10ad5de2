import { describe, expect, it } from "vitest";
import { scattered } from "./scattered.ts";

const rows = (count: number) => Array.from({ length: count }, (_, at) => at);

describe("scattered", () => {
  it.each([0, 1, 3, 255, 256, 257, 1_000])("gives each of %i rows once", (count) => {
    expect([...scattered(rows(count))].sort((a, b) => a - b)).toEqual(rows(count));
  });

  it("gives a row right after the one before it where windows meet, and nowhere else", () => {
    const given = [...scattered(rows(1_024))];
    expect(given.filter((row, at) => given[at - 1] === row - 1)).toEqual([256, 512, 768]);
  });

  it("stays near the order that the rows have", () => {
    const given = [...scattered(rows(10_000))];
    expect(Math.max(...given.map((row, at) => Math.abs(row - at)))).toBeLessThan(256);
  });
});
