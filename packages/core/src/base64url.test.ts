import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "./base64url.ts";

describe("base64url", () => {
  it("agrees with Buffer on any bytes, both ways", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64url");
        expect(toBase64url(bytes)).toBe(text);
        expect(fromBase64url(text)).toEqual(bytes);
      }),
    );
  });

  it.each(["A", "AB=", "QUI=", "QUJ", "a b", "ä", "+/+/", "😀😀"])(
    "refuses %j, which encodes no bytes or is not their one encoding",
    (text) => expect(fromBase64url(text)).toBeUndefined(),
  );

  it("reads only what it would write, whatever the text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = fromBase64url(text);
        if (bytes !== undefined) expect(toBase64url(bytes)).toBe(text);
      }),
    );
  });
});
