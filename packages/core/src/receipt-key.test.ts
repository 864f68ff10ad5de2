import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isReceiptKey, receiptKey } from "./receipt-key.ts";
import { type Receipt, updateIdOfVersion } from "./update.ts";

const PREFIX = "providers/";

type Given = Pick<Receipt, "updateId" | "provider" | "key" | "versionId" | "rejection">;

function receiptOf(name: string, versionId = "v1"): Given {
  const key = `${PREFIX}acme/${name}`;
  return {
    updateId: updateIdOfVersion({ bucket: "films", key, versionId }),
    ...{ provider: "acme", key, versionId },
  };
}

const bytesOf = (text: string) => Buffer.byteLength(text);

describe("the key of a receipt", () => {
  it.each([
    ["heat.json", "receipts/acme/heat.json/v1.json"],
    ["1995/a b+c %2B.json", "receipts/acme/1995/a b+c %2B.json/v1.json"],
    ["amélie 🎬.json", "receipts/acme/amélie 🎬.json/v1.json"],
    ["...json/.hidden", "receipts/acme/...json/.hidden/v1.json"],
  ])("of %j follows from the object's own", (name, key) => {
    expect(receiptKey(receiptOf(name), PREFIX)).toBe(key);
  });

  it("has the update's id where the version has none, or none that is plain", () => {
    const { versionId: _, ...unversioned } = receiptOf("heat.json");
    for (const receipt of [unversioned, { ...unversioned, versionId: "../v1" }]) {
      expect(receiptKey(receipt, PREFIX)).toBe(`receipts/acme/heat.json/${receipt.updateId}.json`);
    }
  });

  it.each([
    ["../bolt/heat.json", "%2E%2E/bolt/heat.json"],
    ["./heat.json", "%2E/heat.json"],
    ["1995/..", "1995/%2E%2E"],
  ])("of %j has no folder that a client would resolve", (name, safe) => {
    const receipt = receiptOf(name);
    expect(receiptKey(receipt, PREFIX)).toBe(`receipts/acme/${safe}/${receipt.updateId}.json`);
  });

  it("is as long as a bucket takes, and tells long names apart", () => {
    const longest = "é".repeat((1_024 - bytesOf("providers/acme/")) / 2);
    const [one, other] = [receiptOf(`${longest}1`), receiptOf(`${longest}2`)];
    const keys = [one, other].map((receipt) => receiptKey(receipt, PREFIX) ?? "");
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) {
      expect(bytesOf(key)).toBeLessThanOrEqual(1_024);
      expect(bytesOf(key)).toBeGreaterThan(1_010);
      expect(key).not.toContain("\ufffd");
    }
    // A name that just fits is not changed.
    const fitting = "x".repeat(1_024 - bytesOf("receipts/acme//v1.json"));
    expect(receiptKey(receiptOf(fitting), PREFIX)).toBe(`receipts/acme/${fitting}/v1.json`);
    expect(receiptKey(receiptOf(`${fitting}x`), PREFIX)).not.toContain("v1");
  });

  it("does not end in a folder of dots where it was cut", () => {
    for (let length = 960; length < 1_000; length++) {
      const key = receiptKey(receiptOf(`${"x".repeat(length)}/..a${"y".repeat(60)}`), PREFIX);
      expect(key).not.toMatch(/\/\.\.?\//);
    }
  });

  it("is none where the key of the object names no provider", () => {
    const receipt = receiptOf("heat.json");
    expect(receiptKey({ ...receipt, provider: "" }, PREFIX)).toBeUndefined();
    expect(receiptKey(receipt, "films/in/")).toBeUndefined();
    const rejection = { code: "bad-key", reason: "the key of the event can't be decoded" } as const;
    expect(receiptKey({ ...receipt, rejection }, PREFIX)).toBeUndefined();
    expect(receiptKey({ ...receipt, rejection: { ...rejection, code: "bad-json" } }, PREFIX)).toBeDefined();
  });

  it("is another one for each version of each object, and lies in its provider's folder", () => {
    const pieces = fc.constantFrom(
      "a",
      "é",
      "🎬",
      ".",
      "..",
      "/",
      "%2E",
      " ",
      "v1",
      ".json",
      "x".repeat(400),
    );
    const name = fc.array(pieces, { minLength: 1, maxLength: 6 }).map((some) => `n${some.join("")}`);
    const versioned = fc.record({ name, versionId: fc.constantFrom("v1", "v2") });
    fc.assert(
      fc.property(versioned, versioned, (one, other) => {
        const keys = [one, other].map((each) => receiptKey(receiptOf(each.name, each.versionId), PREFIX));
        const isSame = one.name === other.name && one.versionId === other.versionId;
        expect(keys[0] === keys[1]).toBe(isSame);
        for (const key of keys as string[]) {
          expect(key.startsWith("receipts/acme/")).toBe(true);
          expect(key).not.toMatch(/(^|\/)\.\.?(\/|$)/);
          expect(bytesOf(key)).toBeLessThanOrEqual(1_024);
          expect(isReceiptKey(key)).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
