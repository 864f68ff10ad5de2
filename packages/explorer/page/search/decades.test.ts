import { expect, test } from "vitest";
import { decadesOf } from "./decades.ts";

test("years are counted by decade, and the decades between them are there too", () => {
  const years = [
    { value: 1919, films: 1 },
    { value: 1940, films: 2 },
    { value: 1949, films: 3 },
    { value: 1950, films: 4 },
  ];
  expect(decadesOf(years)).toEqual([
    { from: 1910, films: 1 },
    { from: 1920, films: 0 },
    { from: 1930, films: 0 },
    { from: 1940, films: 5 },
    { from: 1950, films: 4 },
  ]);
});

test("without films there are no decades", () => {
  expect(decadesOf([])).toEqual([]);
});
