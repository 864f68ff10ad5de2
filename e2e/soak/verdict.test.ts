import { Random } from "@movie-store/core/testing";
import { describe, expect, it } from "vitest";
import { growthOf, isFlat, type Point } from "./verdict.ts";

const MINUTE_MS = 60_000;
const MB = 1_000_000;

/** Every ten seconds for twenty minutes. */
function points(valueAt: (minute: number, at: number) => number): readonly Point[] {
  return Array.from({ length: 120 }, (_, at) => ({
    atMs: at * 10_000,
    value: valueAt((at * 10_000) / MINUTE_MS, at),
  }));
}

function isHeapFlat(valueAt: (minute: number, at: number) => number): boolean {
  return isFlat(growthOf(points(valueAt)), 0.05, 2 * MB);
}

describe("the verdict of a soak", () => {
  it("calls noise around a level flat, whatever single samples say", () => {
    const random = new Random(7);
    expect(isHeapFlat(() => 80 * MB + random.integer(8) * MB)).toBe(true);
    expect(isHeapFlat((_, at) => (at === 60 || at === 119 ? 300 * MB : 80 * MB))).toBe(true);
  });

  it("finds a leak of 1 MB a minute beneath noise of 8 MB", () => {
    const random = new Random(7);
    expect(isHeapFlat((minute) => 80 * MB + minute * MB + random.integer(8) * MB)).toBe(false);
  });

  it("finds a step that stays, also one near the end", () => {
    expect(isHeapFlat((minute) => (minute < 10 ? 80 : 95) * MB)).toBe(false);
    expect(isHeapFlat((minute) => (minute < 14.5 ? 80 : 95) * MB)).toBe(false);
  });

  it("finds what is still small but climbs without a pause", () => {
    expect(isHeapFlat((minute) => (80 + 0.3 * minute) * MB)).toBe(false);
  });

  it("tells where it was, where it is, and how fast it climbs", () => {
    expect(growthOf(points((minute) => 60 + minute))).toEqual({
      from: expect.closeTo(61 + 1 / 6, 5),
      to: expect.closeTo(76 + 1 / 6, 5),
      perHour: expect.closeTo(60, 5),
    });
  });

  it("refuses to judge by a handful of samples", () => {
    expect(() => growthOf(points(() => 1).slice(0, 3))).toThrow("3 samples are too few");
  });
});
