import { MAX_OBJECT_BYTES } from "@movie-store/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArraySlicer } from "./array-slicer.ts";
import type { Piece } from "./piece.ts";

interface Sliced {
  readonly isList: boolean | undefined;
  readonly problem: string | undefined;
  readonly pieces: readonly Piece[];
  readonly texts: readonly string[];
}

/** @param cuts where the text is cut into chunks, in bytes. */
function slice(text: string, cuts: readonly number[] = []): Sliced {
  const bytes = Buffer.from(text);
  const slicer = new ArraySlicer();
  const pieces: Piece[] = [];
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    // A buffer that is used again, as streams may do.
    const chunk = Buffer.from(bytes.subarray(start, end));
    pieces.push(...slicer.push(chunk));
    chunk.fill(0);
    start = end;
  }
  slicer.end();
  const texts = pieces.map((piece) => Buffer.from(piece.bytes).toString());
  return { isList: slicer.isList, problem: slicer.problem, pieces, texts };
}

test("elements come out as they stand, with doubled keys, spaces, escapes and odd numbers", () => {
  const elements = [
    '{"a":1,"a":2}',
    '{ "t" : "]},\\"[{" }',
    "1e309",
    '"\\\\"',
    "null",
    "[1, [2]]",
    '{"é":"七😀"}',
  ];
  expect(slice(`\ufeff \n[ ${elements.join(" ,\r\n\t")} ] \n`)).toMatchObject({
    isList: true,
    problem: undefined,
    texts: elements,
  });
});

test("elements are counted from 1", () => {
  expect(slice("[{},{},{}]").pieces.map(({ suffix }) => suffix)).toEqual(["#1", "#2", "#3"]);
});

test("an empty list has no elements", () => {
  expect(slice(" [ ] ")).toMatchObject({ isList: true, problem: undefined, texts: [] });
});

test.each(['{"title":"[1]"}', '"x"', "12", "nonsense"])("%s is no list", (text) => {
  expect(slice(text)).toMatchObject({ isList: false, problem: undefined, texts: [] });
});

test("whether an empty text is a list is never known", () => {
  expect(slice(" \n").isList).toBeUndefined();
});

describe("a list is refused", () => {
  test.each([
    ["[{}", "the list breaks off after 3 bytes"],
    ["[", "the list breaks off after 1 bytes"],
    ["[{},", "the list breaks off"],
    ['[{"a":"', "the list breaks off"],
    ["[{},]", "a comma without a film behind it"],
    ["[,{}]", "a comma without a film before it"],
    ["[{},,{}]", "a comma without a film before it"],
    ["[{} {}]", "a comma is missing"],
    ["[{}] {}", "something follows the list"],
    ["[{}]]", "something follows the list"],
    ["[}]", "a bracket that closes none"],
    ['[{"a":[}]]', "a bracket that closes none"],
  ])("%s: %s", (text, problem) => {
    expect(slice(text).problem).toContain(`not JSON: `);
    expect(slice(text).problem).toContain(problem);
  });
});

test("a list is refused that would fill the memory with open brackets", () => {
  expect(slice("[".repeat(2_000)).problem).toContain("nested deeper");
});

test("an element that is bad in itself does not spoil the list", () => {
  expect(slice('[{"a":tru},{"b":1}]')).toMatchObject({ problem: undefined, texts: ['{"a":tru}', '{"b":1}'] });
});

test("an element over 1 MiB is counted, not kept, and the next one is whole", () => {
  const large = `{"a":"${"x".repeat(MAX_OBJECT_BYTES - 8)}"}`;
  const tooLarge = `{"a":"${"x".repeat(MAX_OBJECT_BYTES)}"}`;
  const { pieces, texts, problem } = slice(`[${large},${tooLarge},{}]`, [70_000, 700_000, 1_500_000]);
  expect(problem).toBeUndefined();
  expect(texts[0] === large).toBe(true);
  expect(pieces[1]).toMatchObject({ suffix: "#2", fault: { code: "too-large" }, sizeBytes: tooLarge.length });
  expect(texts.slice(1)).toEqual(["", "{}"]);
});

test("any list, printed in any way and cut anywhere, gives its elements", () => {
  const spaces = fc.constantFrom("", " ", "\n", "\t\r\n");
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.json({ noUnicodeString: false }), spaces, spaces)),
      fc.array(fc.nat()),
      (elements, cuts) => {
        const text = `[${elements.map(([json, before, after]) => before + json + after).join(",")}]`;
        const sliced = slice(text, cuts);
        expect(sliced.problem).toBeUndefined();
        expect(sliced.texts).toEqual(elements.map(([json]) => json.trim()));
      },
    ),
  );
});

test("a list that is cut off anywhere is refused", () => {
  fc.assert(
    fc.property(fc.array(fc.json(), { minLength: 1 }), fc.nat(), fc.array(fc.nat()), (elements, at, cuts) => {
      const text = `[${elements.join(",")}]`;
      const bytes = Buffer.from(text);
      const head = bytes.subarray(0, 1 + (at % (bytes.length - 1)));
      expect(slice(head.toString("latin1"), cuts).problem).toBeDefined();
    }),
  );
});
