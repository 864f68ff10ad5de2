import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  correctionsOf,
  deletionsOfStart,
  isCorrection,
  MIN_CORRECTED,
  nearBeginning,
  startOfWord,
} from "./spelling.ts";

/** Damerau's distance of neighbours exchanged once, by the table that textbooks give. */
function distance(a: readonly string[], b: readonly string[]): number {
  const table: number[][] = a.map(() => []);
  const at = (i: number, j: number): number => (i < 0 ? j + 1 : j < 0 ? i + 1 : (table[i]?.[j] as number));
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      const substituted = at(i - 1, j - 1) + (a[i] === b[j] ? 0 : 1);
      const isExchanged = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const exchanged = isExchanged ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      (table[i] as number[])[j] = Math.min(substituted, at(i - 1, j) + 1, at(i, j - 1) + 1, exchanged);
    }
  }
  return at(a.length - 1, b.length - 1);
}

/** Few letters, so that many words are near; one of them takes two units. */
const word = (minLength: number) =>
  fc
    .array(fc.constantFrom("a", "b", "c", "𠮷"), { minLength, maxLength: 9 })
    .map((letters) => letters.join(""));

describe("nearBeginning", () => {
  it("is the shortest beginning that is one error away, whichever error and wherever", () => {
    fc.assert(
      fc.property(word(MIN_CORRECTED), word(1), (typed, other) => {
        const letters = [...other];
        const lengths = letters.map((_, at) => at + 1);
        const near = lengths.find((length) => distance([...typed], letters.slice(0, length)) <= 1);
        expect(nearBeginning(typed, other)).toBe(
          near === undefined ? undefined : letters.slice(0, near).join(""),
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it("is found for words whose end has not been typed", () => {
    expect(nearBeginning("scwharz", "schwarzenegger")).toBe("schwarz");
    expect(nearBeginning("pachin", "pacino")).toBe("pacin");
    expect(nearBeginning("hitchocck", "hitchcock")).toBe("hitchcock");
    expect(nearBeginning("spielburg", "spielberg")).toBe("spielberg");
    expect(nearBeginning("godfr", "godfather")).toBe("godf");
    expect(nearBeginning("gofda", "godfather")).toBe("godfa");
    expect(nearBeginning("martian", "martin")).toBe("martin");
    expect(nearBeginning("xyrtin", "martin")).toBeUndefined();
  });
});

describe("deletionsOfStart", () => {
  it("has one in common for words that are near, wherever the error is", () => {
    const letter = fc.constantFrom("a", "b", "𠮷");
    fc.assert(
      fc.property(word(4), fc.nat(9), fc.nat(9), fc.nat(3), letter, (meant, length, at, error, other) => {
        const typed = [...meant].slice(0, Math.max(4, length)); // perhaps unfinished
        if (error === 0) typed.splice(at, 1);
        else if (error === 1) typed.splice(at, 0, other);
        else if (error === 2) typed.splice(at, 1, other);
        else typed.splice(at, 2, ...typed.slice(at, at + 2).reverse());
        fc.pre(typed.length >= MIN_CORRECTED && !meant.startsWith(typed.join("")));
        expect(nearBeginning(typed.join(""), meant)).toBeDefined();
        const deletions = deletionsOfStart(startOfWord(typed.join("")));
        expect(deletionsOfStart(startOfWord(meant)).some((each) => deletions.includes(each))).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it("are each start without one of its letters, once", () => {
    expect(deletionsOfStart(startOfWord("banana"))).toEqual(["anan", "bnan", "baan", "bann", "bana"]);
    expect(deletionsOfStart(startOfWord("aaaaa"))).toEqual(["aaaa"]);
    expect(deletionsOfStart(startOfWord("heat"))).toEqual(["heat"]);
  });
});

describe("isCorrection", () => {
  it("leaves out words that are too short or too long to be meant", () => {
    expect(["max", "heat", "𠮷𠮷𠮷", "x".repeat(40), "x".repeat(41)].map(isCorrection)).toEqual([
      ...[false, true, false, true, false],
    ]);
  });
});

describe("correctionsOf", () => {
  const near = [
    { word: "martin", uses: 3 },
    { word: "martini", uses: 2 },
    { word: "martyn", uses: 4 },
  ];

  it("adds up the uses of the words with the same beginning, the most used first", () => {
    expect(correctionsOf("maritn", near, true)).toEqual(["martin"]);
    expect(correctionsOf("martqn", near, true)).toEqual(["martin", "martyn"]);
  });

  it("takes whole words only where the typed one is finished", () => {
    expect(correctionsOf("martim", near, true)).toEqual(["marti"]);
    expect(correctionsOf("martim", near, false)).toEqual(["martin"]);
  });
});
