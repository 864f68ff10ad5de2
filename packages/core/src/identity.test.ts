import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Facts } from "./facts.ts";
import { groupRecords, identityKeys } from "./identity.ts";
import type { ProviderRecord } from "./provider-record.ts";

interface Given extends Partial<Facts> {
  readonly since?: number;
  readonly withdrawn?: boolean;
}

/** `acme1` is film 1 of provider acme. */
function record(name: string, given: Given = {}): ProviderRecord {
  const { since = 0, withdrawn = false, ...facts } = given;
  const [, provider = "", sourceId = ""] = /^([a-z]+)(\d+)$/.exec(name) ?? [];
  return {
    id: name,
    provider,
    sourceId,
    updateId: `u-${name}`,
    contentHash: "00",
    timeMs: 0,
    sinceMs: since,
    withdrawn,
    facts: { title: "Carmen", year: 1915, ...facts },
    statedBy: `u-${name}`,
  };
}

/** Each film as its id and its records; withdrawn ones in brackets. */
function filmsOf(records: readonly ProviderRecord[]): string[] {
  return groupRecords(records)
    .map(({ id, live, withdrawn }) => {
      const names = [...live.map((r) => r.id), ...withdrawn.map((r) => `(${r.id})`)].sort();
      return `${id}: ${names.join(" ")}`;
    })
    .sort();
}

const imdb = (id: number) => ({ externalIds: { imdb: `tt000000${id}` } });

describe("groupRecords", () => {
  it.each<[string, ProviderRecord[], string[]]>([
    [
      "joins an equal title and year of two providers",
      [record("acme1"), record("bolt1")],
      ["acme1: acme1 bolt1"],
    ],
    [
      "joins titles that differ in case, accents and spaces alone",
      [record("acme1"), record("bolt1", { title: "CÁRMEN" }), record("cine1", { title: " carmen " })],
      ["acme1: acme1 bolt1 cine1"],
    ],
    [
      "joins nothing by title where the year differs or is missing",
      [record("acme1"), record("bolt1", { year: 1916 }), { ...record("cine1"), facts: { title: "Carmen" } }],
      ["acme1: acme1", "bolt1: bolt1", "cine1: cine1"],
    ],
    [
      "never joins two films of one provider by title and year",
      [record("acme1"), record("acme2")],
      ["acme1: acme1", "acme2: acme2"],
    ],
    [
      "joins nobody by a title and year of which one provider has two films",
      [record("acme1"), record("acme2"), record("bolt1"), record("cine1")],
      ["acme1: acme1", "acme2: acme2", "bolt1: bolt1", "cine1: cine1"],
    ],
    [
      "joins by an equal external id, whatever the titles and providers",
      [
        record("acme1", imdb(1)),
        record("bolt1", { ...imdb(1), title: "Gypsy Blood", year: 1918 }),
        record("acme2", imdb(1)),
      ],
      ["acme1: acme1 acme2 bolt1"],
    ],
    [
      "joins over several external ids, one after the other",
      [
        record("acme1", { title: "A", externalIds: { imdb: "tt0000001" } }),
        record("bolt1", { title: "B", externalIds: { imdb: "tt0000001", tmdb: "5" } }),
        record("cine1", { title: "C", externalIds: { tmdb: "5", wikidata: "Q1" } }),
      ],
      ["acme1: acme1 bolt1 cine1"],
    ],
    [
      "does not take equal numbers of different schemes for the same",
      [
        record("acme1", { title: "A", externalIds: { tmdb: "5" } }),
        record("bolt1", { title: "B", externalIds: { wikidata: "Q5" } }),
      ],
      ["acme1: acme1", "bolt1: bolt1"],
    ],
    [
      "does not join by title where external ids contradict",
      [record("acme1", imdb(1)), record("bolt1", imdb(2))],
      ["acme1: acme1", "bolt1: bolt1"],
    ],
    [
      "lets a third join neither of two that contradict each other",
      [record("acme1", imdb(1)), record("bolt1", imdb(2)), record("cine1")],
      ["acme1: acme1", "bolt1: bolt1", "cine1: cine1"],
    ],
    [
      "joins ids of different schemes by title, for they contradict nothing",
      [record("acme1", imdb(1)), record("bolt1", { externalIds: { tmdb: "5" } }), record("cine1")],
      ["acme1: acme1 bolt1 cine1"],
    ],
    [
      "tells two films of a provider apart by the ids, once these are known",
      [
        record("acme1", imdb(1)),
        record("acme2", imdb(2)),
        record("bolt1", imdb(1)),
        record("cine1", imdb(2)),
      ],
      ["acme1: acme1 bolt1", "acme2: acme2 cine1"],
    ],
    [
      "joins by title what an external id has made one film of a provider",
      [record("acme1", imdb(1)), record("acme2", imdb(1)), record("bolt1")],
      ["acme1: acme1 acme2 bolt1"],
    ],
    [
      "dissolves a chain of titles that would join two films of one provider",
      [
        record("acme1", { title: "A" }),
        record("bolt1", { title: "A", ...imdb(1) }),
        record("cine1", { title: "B", ...imdb(1) }),
        record("acme2", { title: "B" }),
      ],
      ["acme1: acme1", "acme2: acme2", "bolt1: bolt1 cine1"],
    ],
    [
      "joins by a title that speaks for itself what also bears one that joins nobody",
      [
        record("acme1"),
        record("acme2"),
        record("bolt1", imdb(1)),
        record("cine1", { title: "Gypsy Blood", ...imdb(1) }),
        record("dora1", { title: "Gypsy Blood" }),
      ],
      ["acme1: acme1", "acme2: acme2", "bolt1: bolt1 cine1 dora1"],
    ],
    [
      "keeps what external ids join when a chain of titles dissolves, and what has nothing to do with it",
      [
        record("acme1", { title: "A", externalIds: { tmdb: "1" } }),
        record("bolt1", { title: "A", ...imdb(1) }),
        record("cine1", { title: "B", ...imdb(1) }),
        record("dora1", { title: "B", externalIds: { tmdb: "2" } }),
        record("acme5", { title: "Heat", year: 1995 }),
        record("bolt5", { title: "Heat", year: 1995 }),
      ],
      ["acme1: acme1", "acme5: acme5 bolt5", "bolt1: bolt1 cine1", "dora1: dora1"],
    ],
    [
      "names a film after its oldest record, at the same age after the lower id",
      [record("bolt1", { since: 1 }), record("acme1", { since: 2 }), record("cine1", { since: 1 })],
      ["bolt1: acme1 bolt1 cine1"],
    ],
    [
      "lets a withdrawn record follow its film by title, and keeps the film's id where it is the oldest",
      [record("acme1", { withdrawn: true }), record("bolt1", { since: 5 })],
      ["acme1: (acme1) bolt1"],
    ],
    [
      "lets a withdrawn record follow its film by external id",
      [record("acme1", { title: "Gypsy Blood", withdrawn: true, ...imdb(1) }), record("bolt1", imdb(1))],
      ["acme1: (acme1) bolt1"],
    ],
    [
      "lets no withdrawn record follow a film whose ids contradict it",
      [record("acme1", { withdrawn: true, ...imdb(1) }), record("bolt1", imdb(2))],
      ["acme1: (acme1)", "bolt1: bolt1"],
    ],
    [
      "lets no withdrawn record follow another film of its provider by title",
      [record("acme1", { withdrawn: true }), record("acme2")],
      ["acme1: (acme1)", "acme2: acme2"],
    ],
    [
      "lets no withdrawn record follow where two films bear its name",
      [record("acme1", { withdrawn: true }), record("bolt1"), record("bolt2")],
      ["acme1: (acme1)", "bolt1: bolt1", "bolt2: bolt2"],
    ],
    [
      "lets no withdrawn record follow where its ids are those of two films",
      [
        record("acme1", { withdrawn: true, externalIds: { imdb: "tt0000001", tmdb: "2" } }),
        record("bolt1", { title: "A", ...imdb(1) }),
        record("cine1", { title: "B", externalIds: { tmdb: "2" } }),
      ],
      ["acme1: (acme1)", "bolt1: bolt1", "cine1: cine1"],
    ],
    [
      "no longer lets a double block a join, once it is withdrawn",
      [record("acme1"), record("acme2", { withdrawn: true }), record("bolt1")],
      ["acme1: acme1 bolt1", "acme2: (acme2)"],
    ],
    [
      "no longer lets a withdrawn record tie two films together",
      [
        record("acme1", { title: "A", ...imdb(1) }),
        record("bolt1", { title: "B", externalIds: { tmdb: "2" } }),
        record("cine1", { title: "C", withdrawn: true, externalIds: { imdb: "tt0000001", tmdb: "2" } }),
      ],
      ["acme1: acme1", "bolt1: bolt1", "cine1: (cine1)"],
    ],
    [
      "keeps a film together that every provider has withdrawn",
      [record("acme1", { withdrawn: true, since: 2 }), record("bolt1", { withdrawn: true, since: 1 })],
      ["bolt1: (acme1) (bolt1)"],
    ],
  ])("%s", (_, records, films) => {
    expect(filmsOf(records)).toEqual(films);
    expect(filmsOf(records.toReversed())).toEqual(films);
  });

  it("leaves a record that was never more than withdrawn alone", () => {
    const { facts: _, statedBy: __, ...bare } = record("acme1", { withdrawn: true });
    expect(filmsOf([bare, record("bolt1")])).toEqual(["acme1: (acme1)", "bolt1: bolt1"]);
    expect(identityKeys(bare)).toEqual([]);
  });

  it("lists the records of a film oldest first", () => {
    const records = [
      record("acme1", { since: 3 }),
      record("bolt1", { since: 1 }),
      record("cine1", { since: 2 }),
    ];
    expect(groupRecords(records)[0]?.live.map(({ id }) => id)).toEqual(["bolt1", "cine1", "acme1"]);
  });
});

const anyRecords = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom("acme1", "acme2", "acme3", "bolt1", "bolt2", "cine1", "cine2", "dora1"),
      since: fc.nat(2),
      withdrawn: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
      title: fc.constantFrom("Carmen", "CARMEN", "Heat", "Up"),
      year: fc.constantFrom(1915, 1916),
      imdb: fc.constantFrom(undefined, undefined, "tt0000001", "tt0000002"),
      tmdb: fc.constantFrom(undefined, undefined, undefined, "1", "2"),
    }),
    { selector: ({ name }) => name, maxLength: 8 },
  )
  .map((all) =>
    all.map(({ name, imdb, tmdb, ...rest }) =>
      record(name, {
        ...rest,
        externalIds: { ...(imdb === undefined ? {} : { imdb }), ...(tmdb === undefined ? {} : { tmdb }) },
      }),
    ),
  );

/** The records that are connected by keys with the first, and the rest. */
function component(records: readonly ProviderRecord[]): [ProviderRecord[], ProviderRecord[]] {
  const inside = records.slice(0, 1);
  let outside = records.slice(1);
  for (const member of inside) {
    const keys = new Set(identityKeys(member));
    inside.push(...outside.filter((other) => identityKeys(other).some((key) => keys.has(key))));
    outside = outside.filter((other) => !inside.includes(other));
  }
  return [inside, outside];
}

describe("groupRecords, for any records,", () => {
  it("puts each record into exactly one film, live ones into live films", () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const groups = groupRecords(records);
        const members = groups.flatMap(({ live, withdrawn }) => [...live, ...withdrawn]);
        expect(members.map(({ id }) => id).sort()).toEqual(records.map(({ id }) => id).sort());
        for (const { id, live, withdrawn } of groups) {
          expect(live.every((member) => !member.withdrawn)).toBe(true);
          expect(withdrawn.every((member) => member.withdrawn)).toBe(true);
          expect([...live, ...withdrawn].map((member) => member.id)).toContain(id);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("does not depend on their order", () => {
    const orders = anyRecords.chain((records) =>
      fc.tuple(fc.constant(records), fc.shuffledSubarray(records, { minLength: records.length })),
    );
    fc.assert(
      fc.property(orders, ([one, other]) => {
        expect(filmsOf(other)).toEqual(filmsOf(one));
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives for connected records alone what it gives among all others", () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const apart: string[] = [];
        for (let rest = records as ProviderRecord[]; rest.length > 0; ) {
          const [inside, outside] = component(rest);
          apart.push(...filmsOf(inside));
          rest = outside;
        }
        expect(apart.sort()).toEqual(filmsOf(records));
      }),
      { numRuns: 1_000 },
    );
  });

  it("joins live records that share an external id, and never two of one provider or two that contradict without", () => {
    fc.assert(
      fc.property(anyRecords, (records) => {
        const groups = groupRecords(records);
        const filmOf = (member: ProviderRecord) => groups.find(({ live }) => live.includes(member));
        const live = records.filter((member) => !member.withdrawn);
        for (const a of live) {
          for (const b of live) {
            const together = filmOf(a) === filmOf(b);
            const ids = new Set(identityKeys(a).filter((key) => !key.startsWith("title:")));
            if (identityKeys(b).some((key) => ids.has(key))) expect(together).toBe(true);
          }
        }
        for (const group of groups) {
          // Without the titles, the film falls into parts that external ids hold together.
          const parts: ProviderRecord[][] = [];
          const nameless = group.live.map((member) => ({
            ...member,
            facts: { ...member.facts, year: undefined },
          }));
          for (let rest = nameless as unknown as ProviderRecord[]; rest.length > 0; ) {
            const [inside, outside] = component(rest);
            parts.push(inside);
            rest = outside;
          }
          const providers = parts.flatMap((part) => [...new Set(part.map(({ provider }) => provider))]);
          expect(new Set(providers).size).toBe(providers.length);
          for (const scheme of ["imdb", "tmdb"] as const) {
            const stating = parts.filter((part) =>
              part.some(({ facts }) => facts?.externalIds?.[scheme] !== undefined),
            );
            expect(stating.length).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
