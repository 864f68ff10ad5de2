import { describe, expect, test } from "vitest";
import { EncodedTexts } from "./encoded-texts.ts";

function openTexts(maxBytes: number) {
  const texts = new EncodedTexts(maxBytes);
  return (text: string) => texts.of(text, `digest of ${text}`, Buffer.byteLength(text));
}

describe("encoded texts", () => {
  test("are the UTF-8 of the text, made once", () => {
    const of = openTexts(100);
    const encoded = of("Amélie – 東京");
    expect(encoded).toEqual(Buffer.from("Amélie – 東京"));
    expect(of("Amélie – 東京")).toBe(encoded);
  });

  test("leave a text that is all ASCII as it is", () => {
    expect(openTexts(100)("Heat")).toBe("Heat");
  });

  test("forget the ones that were not asked for longest when they are too many", () => {
    const of = openTexts(6);
    const [first, second] = [of("é1"), of("é2")];
    expect(of("é1")).toBe(first);
    of("é3");
    expect(of("é1")).toBe(first);
    expect(of("é2")).not.toBe(second);
  });

  test("leave a text alone that is longer than all of them may be", () => {
    const of = openTexts(3);
    const kept = of("é");
    expect(of("éé")).toBe("éé");
    expect(of("é")).toBe(kept);
  });
});
