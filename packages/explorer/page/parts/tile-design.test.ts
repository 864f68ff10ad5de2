import { expect, test } from "vitest";
import { initialsOf, PALETTES, PATTERNS, tileDesign } from "./tile-design.ts";

test.each([
  ["Casablanca", "C"],
  ["The Matrix", "M"],
  ["The Godfather: Part II", "GP"],
  ["2001: A Space Odyssey", "2S"],
  ["1917", "1917"],
  ["M", "M"],
  ["The The", "TT"],
  ["七人の侍", "七"],
  ["Ócean's Eleven", "ÓS"],
  ["¡…!", ""],
])("the initials of %s are %s", (title, initials) => {
  expect(initialsOf(title)).toBe(initials);
});

test("a film has always the same tile, and its remake another one", () => {
  expect(tileDesign("Dune", 1984)).toEqual(tileDesign("Dune", 1984));
  expect(tileDesign("Dune", 1984)).not.toEqual(tileDesign("Dune", 2021));
});

test("every pattern and every palette comes up", () => {
  const designs = Array.from({ length: 500 }, (_, at) => tileDesign(`Film ${at}`, 1900 + (at % 120)));
  expect(new Set(designs.map(({ pattern }) => pattern)).size).toBe(PATTERNS.length);
  const palettes = new Set(designs.map(({ palette }) => palette));
  expect([...palettes].sort((a, b) => a - b)).toEqual(Array.from({ length: PALETTES }, (_, at) => at));
  for (const { chances } of designs) {
    for (const chance of chances) expect(chance >= 0 && chance < 1).toBe(true);
  }
});
