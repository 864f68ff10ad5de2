import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareText, normaliseName, piecesOf, wordsOf } from "./normalise.ts";

/** Whole Unicode, and often what is special about it: marks, ligatures, letters whose case has more than one form. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc
    .array(fc.constantFrom(..."İıIißẞÅÅåﬁﬀ℡ΣσςΩΩ𝚺ǅ\u0301\u0307\u0323\u20dd \u00a0\u2003\ufeff\t´½①한각"), {
      maxLength: 12,
    })
    .map((characters) => characters.join("")),
);

describe("normaliseName", () => {
  it.each([
    ["Amélie", "amelie"],
    ["İstanbul", "istanbul"],
    ["Å (Ångström)", "a (angstrom)"],
    ["ﬁlm ﬀ", "film ff"],
    ["℡ Aviv", "tel aviv"],
    ["Straße", "straße"],
    ["Die GROẞE", "die große"],
    ["  Two \t\n  Spaces\u00a0\u2003here ", "two spaces here"],
    ["WALL·E", "wall·e"],
    ["½ 𝐁𝐨𝐥𝐝", "1⁄2 bold"],
    ["Ω", "ω"],
    ["\u0301", ""],
    ["", ""],
  ])("makes %j into %j", (name, normalised) => {
    expect(normaliseName(name)).toBe(normalised);
  });

  it("changes nothing the second time", () => {
    fc.assert(
      fc.property(text, (name) => {
        const once = normaliseName(name);
        expect(normaliseName(once)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it("gives the composed and the decomposed form of a name the same result", () => {
    fc.assert(
      fc.property(text, (name) => {
        const expected = normaliseName(name);
        for (const form of ["NFC", "NFD", "NFKC", "NFKD"] as const) {
          expect(normaliseName(name.normalize(form))).toBe(expected);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("treats plain ASCII, which takes a shorter way, like all other text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (name) => {
        // A mark at the end sends the name the long way and is dropped there.
        expect(normaliseName(name)).toBe(normaliseName(`${name}x\u0301`).slice(0, -1).trimEnd());
      }),
    );
  });
});

describe("wordsOf", () => {
  it.each([
    ["it's a mad, mad world", ["it", "s", "a", "mad", "world"]],
    ["2001: a space odyssey", ["2001", "a", "space", "odyssey"]],
    ["千と千尋の神隠し", ["千と千尋の神隠し"]],
    ['% _ +" @', []],
    ["", []],
  ])("finds the words of %j", (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });
});

describe("piecesOf", () => {
  it.each([
    ["", []],
    ["a", ["a   "]],
    ["up", ["up  ", "p   "]],
    ["aaaaa", ["aaaa", "aaa ", "aa  ", "a   "]],
    ["a🎬bc", ["a🎬bc", "🎬bc ", "bc  ", "c   "]],
  ])("gives those of %j", (name, pieces) => {
    expect(piecesOf(name)).toEqual(pieces);
  });

  it("has each four characters of a name, and begins one with each one to three of them", () => {
    const name = fc.array(fc.constantFrom("a", "b", " ", "é", "🎬"), { maxLength: 8 });
    fc.assert(
      fc.property(name, (characters) => {
        const pieces = piecesOf(characters.join(""));
        for (let at = 0; at < characters.length; at++) {
          for (const length of [1, 2, 3, 4]) {
            if (at + length > characters.length) continue;
            const piece = characters.slice(at, at + length).join("");
            const found =
              length === 4 ? pieces.includes(piece) : pieces.some((each) => each.startsWith(piece));
            expect(found, piece).toBe(true);
          }
        }
        expect(new Set(pieces).size).toBe(pieces.length);
      }),
    );
  });
});

describe("compareText", () => {
  it("is the order of the UTF-8 bytes", () => {
    const wellFormed = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .array(fc.constantFrom("a", "b", "é", "\ud7ff", "\ue000", "\uffff", "😀", "😁", "\u{10ffff}"), {
          maxLength: 4,
        })
        .map((characters) => characters.join("")),
    );
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2_000 },
    );
  });
});
