import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256, sha256Hex } from "./sha256.ts";

const reference = (data: Uint8Array | string) => createHash("sha256").update(data).digest("hex");

describe("sha256", () => {
  it("gives the digests of FIPS 180-4's examples", () => {
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("agrees with node:crypto at every length around the bounds of the blocks", () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 31 + length) & 0xff);
      expect(sha256Hex(bytes)).toBe(reference(bytes));
    }
  });

  it("agrees with node:crypto on any bytes, also when they are a view into a larger buffer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), fc.nat(5), (bytes, offset) => {
        const view = new Uint8Array([...new Uint8Array(offset), ...bytes]).subarray(offset);
        expect(Buffer.from(sha256(view)).toString("hex")).toBe(reference(bytes));
      }),
    );
  });

  it("hashes text as UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(sha256Hex(text)).toBe(reference(text));
      }),
    );
  });
});
