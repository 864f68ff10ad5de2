import { finishedFilm, type StoredFilm } from "@movie-store/core";
import { describe, expect, it } from "vitest";
import { postingDifferences } from "./posting-differences.ts";

const ID = "0123456789abcdef";

function film(title: string, year: number, version: number): StoredFilm {
  const content = { id: ID, title, year, providers: ["acme"] };
  return finishedFilm({ id: ID, status: "live", content, records: [ID] }, version, 0);
}

/** By term, but for years: how it grows, and how many postings are added, removed and kept under another title or version. */
async function differencesOf(before: StoredFilm | undefined, after: StoredFilm) {
  const differences = await postingDifferences([{ before, after }]);
  return Object.fromEntries(
    [...differences]
      .filter(([term]) => !term.startsWith("y:"))
      .map(([term, { films, added, removed, retitled }]) => [
        term,
        [films, added.length, removed.length, retitled.length],
      ]),
  );
}

describe("postingDifferences", () => {
  it("adds every term of a new film", async () => {
    const differences = await differencesOf(undefined, film("Heat", 1995, 1));
    expect(differences).toMatchObject({ "*": [1, 1, 0, 0], "w:heat": [1, 1, 0, 0], "s:acme": [1, 1, 0, 0] });
    expect(Object.values(differences).every((each) => String(each) === "1,1,0,0")).toBe(true);
  });

  it("moves every posting of a film whose year changes, and counts none", async () => {
    const differences = await differencesOf(film("Heat", 1995, 1), film("Heat", 1996, 2));
    expect(Object.values(differences).every((each) => String(each) === "0,1,1,0")).toBe(true);
  });

  it("touches only the terms of a title that changes, and the order of the others", async () => {
    expect(await differencesOf(film("Heat", 1995, 1), film("Ran", 1995, 2))).toMatchObject({
      "*": [0, 0, 0, 1],
      "w:heat": [-1, 0, 1, 0],
      "w:ran": [1, 1, 0, 0],
    });
  });

  it("has nothing to do for a film that stays as it is", async () => {
    const differences = await differencesOf(film("Heat", 1995, 1), film("Heat", 1995, 1));
    expect(Object.values(differences).every((each) => String(each) === "0,0,0,0")).toBe(true);
  });

  it("removes every term of a film that is withdrawn", async () => {
    const withdrawn = finishedFilm({ id: ID, status: "withdrawn", records: [ID] }, 2, 0);
    const differences = await differencesOf(film("Heat", 1995, 1), withdrawn);
    expect(Object.values(differences).every((each) => String(each) === "-1,0,1,0")).toBe(true);
  });

  it("counts the film in its year, which has no postings", async () => {
    const differences = await postingDifferences([
      { before: film("Heat", 1995, 1), after: film("Heat", 1996, 2) },
      { before: undefined, after: film("Ran", 1985, 3) },
      { before: film("Up", 2009, 1), after: film("Up", 2009, 4) },
    ]);
    const years = [...differences].filter(([term]) => term.startsWith("y:"));
    expect(years.map(([term, { films }]) => [term, films])).toEqual([
      ["y:1995", -1],
      ["y:1996", 1],
      ["y:1985", 1],
      ["y:2009", 0],
    ]);
    for (const [, { added, removed, retitled }] of years)
      expect([added, removed, retitled]).toEqual([[], [], []]);
  });
});
