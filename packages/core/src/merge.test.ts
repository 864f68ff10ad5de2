import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Facts } from "./facts.ts";
import { mergeRecords } from "./merge.ts";
import type { ProviderRecord } from "./provider-record.ts";

function record(provider: string, timeMs: number, facts: Facts, id = `${provider}-1`): ProviderRecord {
  return {
    id,
    provider,
    sourceId: "1",
    updateId: `u-${id}`,
    contentHash: "00",
    timeMs,
    sinceMs: 0,
    withdrawn: false,
    facts,
    statedBy: `u-${id}`,
  };
}

const noRules = { priority: [] };

describe("mergeRecords", () => {
  it("takes each field from the provider that comes first in the priority", () => {
    const records = [
      record("acme", 9, { title: "Heat", year: 1995 }),
      record("bolt", 1, { title: "HEAT", cast: ["Al Pacino"] }),
    ];
    const { content, winners } = mergeRecords("f", records, { priority: ["bolt", "acme"] });
    expect(content).toEqual({
      id: "f",
      title: "HEAT",
      year: 1995,
      cast: ["Al Pacino"],
      providers: ["acme", "bolt"],
    });
    expect([...winners]).toEqual([
      ["title", "bolt-1"],
      ["year", "acme-1"],
      ["cast", "bolt-1"],
    ]);
  });

  it("puts a provider of the priority before those that are not in it, however new", () => {
    const records = [record("acme", 9, { title: "New" }), record("bolt", 1, { title: "Old" })];
    expect(mergeRecords("f", records, { priority: ["cine", "bolt"] }).content.title).toBe("Old");
  });

  it("takes the newest where the priority does not tell", () => {
    const records = [record("acme", 1, { title: "Old" }), record("bolt", 9, { title: "New" })];
    expect(mergeRecords("f", records, noRules).content.title).toBe("New");
  });

  it("falls to the name of the provider, then to the id, at the same time", () => {
    const records = [
      record("bolt", 1, { title: "B" }, "0"),
      record("acme", 1, { title: "A2" }, "2"),
      record("acme", 1, { title: "A1" }, "1"),
    ];
    expect(mergeRecords("f", records, noRules).content.title).toBe("A1");
    expect(mergeRecords("f", records.slice(0, 2), noRules).content.title).toBe("A2");
  });

  it("takes fields that only make sense together from one record", () => {
    const records = [
      record("acme", 9, { title: "Up", thumbnail: "a.jpg" }),
      record("bolt", 5, { title: "Up", thumbnail: "b.jpg", thumbnail_width: 200, thumbnail_height: 300 }),
    ];
    const { content } = mergeRecords("f", records, noRules);
    expect(content).toMatchObject({ thumbnail: "a.jpg" });
    expect(content).not.toHaveProperty("thumbnail_width");
    const turned = mergeRecords("f", records, { priority: ["bolt"] }).content;
    expect(turned).toMatchObject({ thumbnail: "b.jpg", thumbnail_width: 200, thumbnail_height: 300 });
  });

  it("takes lists whole", () => {
    const records = [
      record("acme", 9, { title: "Up", genres: ["Comedy"] }),
      record("bolt", 5, { title: "Up", genres: ["Drama"], cast: ["Ed Asner"] }),
    ];
    expect(mergeRecords("f", records, noRules).content).toMatchObject({
      genres: ["Comedy"],
      cast: ["Ed Asner"],
    });
  });

  it("takes each external id by itself", () => {
    const records = [
      record("acme", 9, { title: "Up", externalIds: { imdb: "tt0000001" } }),
      record("bolt", 5, { title: "Up", externalIds: { imdb: "tt0000002", tmdb: "5" } }),
    ];
    const { content, winners } = mergeRecords("f", records, noRules);
    expect(content.externalIds).toEqual({ imdb: "tt0000001", tmdb: "5" });
    expect(winners.get("externalIds.imdb")).toBe("acme-1");
    expect(winners.get("externalIds.tmdb")).toBe("bolt-1");
    expect(mergeRecords("f", [record("acme", 1, { title: "Up" })], noRules).content).not.toHaveProperty(
      "externalIds",
    );
  });

  it("names each provider once, in the order of their names", () => {
    const records = [
      record("cine", 1, { title: "A" }, "1"),
      record("Acme", 1, { title: "A" }, "2"),
      record("cine", 1, { title: "B" }, "3"),
    ];
    expect(mergeRecords("f", records, noRules).content.providers).toEqual(["Acme", "cine"]);
  });

  it("does not depend on the order of the records, and takes each value from the winner it names", () => {
    const anyRecord = fc
      .record({
        provider: fc.constantFrom("acme", "bolt", "cine"),
        id: fc.constantFrom("1", "2", "3", "4", "5"),
        timeMs: fc.nat(1),
        title: fc.constantFrom("A", "B"),
        year: fc.constantFrom(undefined, 1915, 1916),
        cast: fc.constantFrom<(string[] | undefined)[]>(undefined, ["X"], ["Y"]),
      })
      .map(({ provider, id, timeMs, title, year, cast }) =>
        record(
          provider,
          timeMs,
          { title, ...(year === undefined ? {} : { year }), ...(cast === undefined ? {} : { cast }) },
          id,
        ),
      );
    const orders = fc
      .uniqueArray(anyRecord, { selector: ({ id }) => id, minLength: 1 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(orders, fc.subarray(["cine", "acme"]), ([one, other], priority) => {
        const merged = mergeRecords("f", one, { priority });
        expect(JSON.stringify(mergeRecords("f", other, { priority }).content)).toBe(
          JSON.stringify(merged.content),
        );
        for (const [field, id] of merged.winners) {
          const winner = one.find((each) => each.id === id);
          expect(winner?.facts?.[field as "title"]).toEqual(merged.content[field as "title"]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
