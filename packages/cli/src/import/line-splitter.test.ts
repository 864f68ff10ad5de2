import { MAX_OBJECT_BYTES } from "@movie-store/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter } from "./line-splitter.ts";
import type { Piece } from "./piece.ts";

function split(text: string, chunkBytes = 7): readonly Piece[] {
  const bytes = Buffer.from(text);
  const lines = new LineSplitter();
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = Buffer.from(bytes.subarray(at, at + chunkBytes));
    pieces.push(...lines.push(chunk));
    chunk.fill(0);
  }
  return [...pieces, ...lines.end()];
}

const shown = (pieces: readonly Piece[]) =>
  pieces.map(({ suffix, bytes }) => `${suffix} ${Buffer.from(bytes).toString()}`);

test("lines keep their numbers when blank ones are left out", () => {
  expect(shown(split('{"a":1}\r\n\n \t\r\n{"b":"七"}\n{"c":3}'))).toEqual([
    '#1 {"a":1}',
    '#4 {"b":"七"}',
    '#5 {"c":3}',
  ]);
});

test("a line end at the end makes no further line", () => {
  expect(shown(split("1\n"))).toEqual(["#1 1"]);
  expect(split("")).toEqual([]);
});

test("a line over 1 MiB is counted, not kept, and reading goes on with the next one", () => {
  const pieces = split(
    `{}\n${"x".repeat(MAX_OBJECT_BYTES + 1)}\n${"y".repeat(MAX_OBJECT_BYTES)}\n{}`,
    100_000,
  );
  expect(
    pieces.map(({ suffix, bytes, fault, sizeBytes }) => [suffix, bytes.length, fault?.code, sizeBytes]),
  ).toEqual([
    ["#1", 2, undefined, 2],
    ["#2", 0, "too-large", MAX_OBJECT_BYTES + 1],
    ["#3", MAX_OBJECT_BYTES, undefined, MAX_OBJECT_BYTES],
    ["#4", 2, undefined, 2],
  ]);
});

test("any lines, cut anywhere, come out as they went in", () => {
  const line = fc.string({ unit: "grapheme", minLength: 1 }).map((text) => `x${text.replace(/[\n\r]/g, "")}`);
  fc.assert(
    fc.property(
      fc.array(line),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom("\n", "\r\n"),
      (lines, size, end) => {
        expect(shown(split(lines.join(end), size))).toEqual(lines.map((each, at) => `#${at + 1} ${each}`));
      },
    ),
  );
});
