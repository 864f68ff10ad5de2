import { describe, expect, it } from "vitest";
import { recordOf } from "./provider-record.ts";
import { update } from "./testing/films.ts";
import { isRejection, type Submission } from "./update.ts";
import { type WorkingSetAnswer, type WorkingSetRequest, workingSetLoading } from "./working-set.ts";

const NOTHING: WorkingSetAnswer = {
  records: new Map(),
  bearers: [],
  updates: new Map(),
  facts: new Map(),
  films: new Map(),
};

/** A film of its own each, without anything stored that they are connected with. */
const unconnected = (count: number) =>
  Array.from({ length: count }, (_, at) => update({ title: `Film ${at}`, year: 1990 }, { id: `${at}` }));

function requestsFor(
  batch: readonly Submission[],
  answer: (request: WorkingSetRequest) => Partial<WorkingSetAnswer>,
): readonly WorkingSetRequest[] {
  const requests: WorkingSetRequest[] = [];
  const loading = workingSetLoading(batch);
  for (let step = loading.next(); step.done !== true; ) {
    requests.push(step.value);
    step = loading.next({ ...NOTHING, ...answer(step.value) });
  }
  return requests;
}

function recordBy(submission: Submission) {
  const { outcome, provider } = submission;
  if (isRejection(outcome) || outcome.facts === undefined) throw new Error("not accepted");
  const { header, facts, sourceId } = outcome;
  return recordOf({ id: header.recordId, provider, sourceId }, [header], () => facts);
}

describe("workingSetLoading", () => {
  it("asks once for a batch of new films, however large", () => {
    for (const count of [1, 500]) {
      const requests = requestsFor(unconnected(count), () => ({}));
      expect(requests).toHaveLength(1);
      expect(requests[0]?.records).toHaveLength(count);
      expect(requests[0]?.updates).toHaveLength(count);
      expect(requests[0]?.keys).toHaveLength(count);
    }
  });

  it("asks for nothing where everything is rejected", () => {
    const [film] = unconnected(1) as [Submission];
    const rejected = { ...film, outcome: { code: "empty", reason: "no bytes" } } as const;
    expect(requestsFor([rejected], () => ({}))).toEqual([]);
  });

  it("follows a chain of records a step a request, and asks for nothing twice", () => {
    // Each film of the chain shares its title with the one before, and an external id with the one behind.
    const id = (at: number) => `tt${String(1_000_000 + Math.floor(at / 2))}`;
    const chain = Array.from({ length: 6 }, (_, at) => {
      const facts = { title: `Title ${Math.floor((at + 1) / 2)}`, year: 1990, externalIds: { imdb: id(at) } };
      return recordBy(update(facts, { provider: `p${at}`, id: "x" }));
    });
    const asked = { records: [] as string[], keys: [] as string[] };
    const batch = [update({ title: "Title 0", year: 1990 }, { provider: "acme", id: "new" })];
    const requests = requestsFor(batch, ({ records, keys }) => {
      asked.records.push(...records);
      asked.keys.push(...keys);
      const found = chain.filter((record) => records.includes(record.id));
      const bearers = chain.filter((record) =>
        keys.some((key) =>
          [
            `imdb:${record.facts?.externalIds?.imdb}`,
            `title:1990:${record.facts?.title.toLowerCase()}`,
          ].includes(key),
        ),
      );
      return {
        records: new Map(found.map((record) => [record.id, record])),
        bearers: bearers.map((record) => record.id),
      };
    });
    expect(asked.records).toEqual(expect.arrayContaining(chain.map((record) => record.id)));
    for (const list of [asked.records, asked.keys]) expect(new Set(list).size).toBe(list.length);
    expect(requests.at(-1)?.films.toSorted()).toEqual(chain.map((record) => record.id).sort());
  });
});
