import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { behindId, idLiteral, idOfBytes } from "./ids.ts";
import { MAX_SORT_TITLE_BYTES, MAX_TERM_BYTES, sortKeyOfTitle, termKey } from "./keys.ts";

const id = fc.stringMatching(/^[0-9a-v]{16}$/);
const bytesOf = (literal: string) => Buffer.from(literal.slice(2), "hex");

describe("ids in ten bytes", () => {
  it("come back as they were, and keep their order", () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        const [left, right] = [bytesOf(idLiteral(a)), bytesOf(idLiteral(b))];
        expect(left).toHaveLength(10);
        expect(idOfBytes(left)).toBe(a);
        expect(Buffer.compare(left, right)).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  it("are compared with any text as texts are", () => {
    const text = fc.oneof(id, fc.stringMatching(/^[/0-9:=a-vw~]{0,18}$/));
    fc.assert(
      fc.property(id, text, (each, after) => {
        const [, operator, literal = ""] = behindId("id", after).split(" ");
        const order = Buffer.compare(bytesOf(idLiteral(each)), bytesOf(literal));
        expect(operator === ">" ? order > 0 : order >= 0).toBe(each > after);
      }),
      {
        numRuns: 2_000,
        examples: [
          ["g000000000000000", "g"],
          ["vvvvvvvvvvvvvvvv", "w"],
          ["0000000000000000", ""],
        ],
      },
    );
  });
});

describe("keys of long texts", () => {
  it("are the text itself where it fits", () => {
    const title = "長".repeat(1_000);
    expect(termKey(`t:${title}`)).toBe(`t:${title}`);
    expect(sortKeyOfTitle(title)).toBe(title);
  });

  it("fit, differ where the texts differ, and begin as the texts do", () => {
    const [a, b] = ["a", "b"].map((end) => `t:${"é🎬".repeat(900)}${end}`) as [string, string];
    for (const text of [a, b]) {
      expect(Buffer.byteLength(termKey(text))).toBeLessThanOrEqual(MAX_TERM_BYTES);
      expect(termKey(text).slice(0, 1_000)).toBe(text.slice(0, 1_000));
      const sortKey = sortKeyOfTitle(text);
      expect(Buffer.byteLength(sortKey)).toBeLessThanOrEqual(MAX_SORT_TITLE_BYTES);
      expect(text.startsWith(sortKey)).toBe(true);
    }
    expect(termKey(a)).not.toBe(termKey(b));
  });
});
