import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOVIE_ID_PATTERN } from "./movie.ts";
import {
  compareSequencers,
  contentHashOf,
  providerOf,
  type ReceivedObject,
  recordIdOf,
  updateIdOf,
} from "./update.ts";

const object: ReceivedObject = {
  bucket: "films",
  key: "providers/acme/1.json",
  versionId: "v1",
  sequencer: "0a",
  eventTimeMs: 1_000,
  bytes: new Uint8Array(),
};
const hash = contentHashOf(object.bytes);

describe("updateIdOf", () => {
  it("is 26 characters of the alphabet, told by bucket, key and version alone", () => {
    const id = updateIdOf(object, hash);
    expect(id).toMatch(/^[0-9a-v]{26}$/);
    expect(updateIdOf({ ...object, sequencer: "0b", eventTimeMs: 2_000 }, "other")).toBe(id);
    for (const other of [{ bucket: "b" }, { key: "providers/acme/2.json" }, { versionId: "v2" }]) {
      expect(updateIdOf({ ...object, ...other }, hash)).not.toBe(id);
    }
  });

  it("falls back on the sequencer, then on time and content, where there is no version", () => {
    const { versionId: _, ...unversioned } = object;
    const { sequencer: __, ...bare } = unversioned;
    expect(updateIdOf(unversioned, "x")).toBe(updateIdOf({ ...unversioned, eventTimeMs: 5 }, "y"));
    expect(updateIdOf(unversioned, hash)).not.toBe(updateIdOf({ ...unversioned, sequencer: "0b" }, hash));
    expect(updateIdOf(bare, hash)).toBe(updateIdOf({ ...bare }, hash));
    expect(updateIdOf(bare, hash)).not.toBe(updateIdOf({ ...bare, eventTimeMs: 5 }, hash));
    expect(updateIdOf(bare, hash)).not.toBe(updateIdOf(bare, contentHashOf(Uint8Array.of(1))));
  });

  it("keeps its parts apart", () => {
    expect(updateIdOf({ ...object, bucket: "a", key: "b,c" }, hash)).not.toBe(
      updateIdOf({ ...object, bucket: "a,b", key: "c" }, hash),
    );
  });
});

describe("recordIdOf", () => {
  it("is the id of a film: 16 characters, different for different films of a provider", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (provider, one, other) => {
        expect(recordIdOf(provider, one)).toMatch(MOVIE_ID_PATTERN);
        expect(recordIdOf(provider, one) === recordIdOf(provider, other)).toBe(one === other);
        expect(recordIdOf(one, other) === recordIdOf(other, one)).toBe(one === other);
      }),
    );
  });

  it("does not change from version to version of the program", () => {
    // The first 80 bits of the SHA-256 of ["acme","1"], five bits a character.
    expect(recordIdOf("acme", "1")).toBe("f04j9slbijj01pud");
  });
});

describe("compareSequencers", () => {
  it.each([
    ["0055AED6DCD90281E5", "0055AED6DCD90281E6", -1],
    ["0055aed6dcd90281e5", "0055AED6DCD90281E5", 0],
    ["0055AED6DCD90281E", "0055AED6DCD90281E0", 0],
    ["2", "10", 1],
    ["9", "0A", 1],
    ["0a", "0A00", 0],
    ["0a", "0A01", -1],
  ])("compares %s with %s, the shorter padded at its right end", (a, b, order) => {
    expect(compareSequencers(a, b)).toBe(order);
    expect(compareSequencers(b, a)).toBe(order === 0 ? 0 : -order);
  });

  it("finds no order where one is missing", () => {
    expect(compareSequencers(undefined, "01")).toBe(0);
    expect(compareSequencers("01", undefined)).toBe(0);
    expect(compareSequencers(undefined, undefined)).toBe(0);
  });

  it("is a total order of what it can tell apart", () => {
    const sequencer = fc
      .array(fc.constantFrom("0", "1", "a", "A", "f"), { maxLength: 4 })
      .map((d) => d.join(""));
    fc.assert(
      fc.property(sequencer, sequencer, sequencer, (a, b, c) => {
        if (compareSequencers(a, b) <= 0 && compareSequencers(b, c) <= 0) {
          expect(compareSequencers(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});

describe("providerOf", () => {
  it.each([
    ["providers/acme/1.json", "acme"],
    ["providers/Acme-2.0_x/deep/er/1.json", "Acme-2.0_x"],
    ["providers/électre/a b+c.json", "électre"],
    [`providers/${"p".repeat(64)}/1.json`, "p".repeat(64)],
    [`providers/${"p".repeat(65)}/1.json`, undefined],
    ["providers/acme/", undefined],
    ["providers/acme", undefined],
    ["providers//1.json", undefined],
    ["providers/acme//1.json", undefined],
    ["providers/../1.json", undefined],
    ["providers/.acme/1.json", undefined],
    ["providers/a b/1.json", undefined],
    ["providers/a\n/1.json", undefined],
    ["other/acme/1.json", undefined],
    ["acme/1.json", undefined],
    ["", undefined],
  ])("reads from the key %j the provider %s", (key, provider) => {
    expect(providerOf(key, "providers/")).toBe(provider);
  });

  it("takes any prefix, also none", () => {
    expect(providerOf("acme/1.json", "")).toBe("acme");
    expect(providerOf("in/box/acme/1.json", "in/box/")).toBe("acme");
  });
});
