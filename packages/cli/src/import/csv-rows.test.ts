import { MAX_OBJECT_BYTES } from "@movie-store/core";
import { expect, test } from "vitest";
import { CsvRows } from "./csv-rows.ts";
import type { Piece } from "./piece.ts";

function rowsOf(bytes: Uint8Array, chunkBytes: number): readonly Piece[] {
  const rows = new CsvRows();
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes)
    pieces.push(...rows.push(bytes.slice(at, at + chunkBytes)));
  return [...pieces, ...rows.end()];
}

test.each([1, 3, 1_000])("each row comes with the header, byte for byte, in chunks of %i", (chunkBytes) => {
  const text = 'id,title\r\n1,"Seven, ""Se7en""\nor not"\r\n\r\n2,七人の侍';
  expect(
    rowsOf(Buffer.from(text), chunkBytes).map(({ suffix, bytes }) => [suffix, Buffer.from(bytes).toString()]),
  ).toEqual([
    ["#1.csv", 'id,title\n1,"Seven, ""Se7en""\nor not"\n'],
    ["#2.csv", "id,title\n2,七人の侍\n"],
  ]);
});

test("bytes that are not UTF-8 stay what they are", () => {
  const [piece] = rowsOf(Buffer.from([0x61, 0x0a, 0xff, 0xe9]), 2);
  expect([...(piece?.bytes ?? [])]).toEqual([0x61, 0x0a, 0xff, 0xe9, 0x0a]);
});

test("a row over 1 MiB is counted, not kept, and reading goes on with the next line", () => {
  const long = `1,"${"x".repeat(2 * MAX_OBJECT_BYTES)}`;
  const pieces = rowsOf(Buffer.from(`id,title\n${long}\n2,Up\n3,Heat\n`), 65_536);
  expect(pieces.map(({ suffix, fault, sizeBytes }) => [suffix, fault?.code, sizeBytes])).toEqual([
    ["#1.csv", "too-large", long.length],
    ["#2.csv", undefined, 14],
    ["#3.csv", undefined, 16],
  ]);
});

test("a row over 1 MiB at the end of the file is counted as well", () => {
  const pieces = rowsOf(Buffer.from(`id,title\n1,"${"x".repeat(2 * MAX_OBJECT_BYTES)}`), 65_536);
  expect(pieces).toMatchObject([{ suffix: "#1.csv", fault: { code: "too-large" } }]);
});
