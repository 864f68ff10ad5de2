import { expect, test } from "vitest";
import { duration } from "./time.tsx";

test.each([
  [0.4, "under 1 ms"],
  [12.4, "12 ms"],
  [1_000, "1 s"],
  [1_440, "1.4 s"],
  [59_400, "59 s"],
  [90_000, "1.5 min"],
  [7_200_000, "2 h"],
  [250_000_000, "2.9 d"],
])("%d ms are %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
