import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeBetween } from "./change.ts";
import { decide } from "./decide.ts";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import type { FilmState } from "./movie.ts";
import { readSubmission } from "./submission.ts";
import type { Submission } from "./update.ts";

const NOW_MS = Date.UTC(2024, 4, 1, 12);
const rules = { priority: ["bolt"] };

const submission: fc.Arbitrary<Submission> = fc
  .record({
    provider: fc.constantFrom("acme", "bolt"),
    version: fc.nat(20),
    timeMs: fc.nat(3),
    film: fc.record({
      id: fc.constantFrom("1", "2"),
      title: fc.constantFrom("Carmen", "Heat"),
      year: fc.constantFrom(1915, 1916),
      deleted: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
      externalIds: fc.constantFrom({}, {}, { imdb: "tt0000001" }),
    }),
  })
  .map(({ provider, version, timeMs, film }) =>
    readSubmission(
      {
        bucket: "films",
        key: `providers/${provider}/${film.id}.json`,
        versionId: `v${version}`,
        eventTimeMs: NOW_MS - 10 + timeMs,
        bytes: new TextEncoder().encode(JSON.stringify(film)),
      },
      NOW_MS,
    ),
  );

const batchOf = fc.uniqueArray(submission, {
  selector: ({ updateId }) => updateId,
  minLength: 1,
  maxLength: 10,
});
const all = { after: 0, limit: 1_000 };

describe("decide", () => {
  it("makes of a batch the same changes with the same numbers as of its updates one by one", async () => {
    await fc.assert(
      fc.asyncProperty(batchOf, batchOf, async (earlier, batch) => {
        const [whole, single] = [new MemoryMovieRepository(), new MemoryMovieRepository()];
        const rule = (...[stored, some]: [Parameters<typeof decide>[0], readonly Submission[]]) =>
          decide(stored, some, rules);
        await whole.append(earlier, rule);
        await whole.append(batch, rule);
        for (const each of [...earlier, ...batch]) await single.append([each], rule);
        expect(await whole.changes(all)).toEqual(await single.changes(all));
        const films = { after: "", limit: 1_000 };
        expect(await whole.allFilms(films)).toEqual(await single.allFilms(films));
        const ids = batch.map(({ updateId }) => updateId);
        expect(await whole.receipts(ids)).toEqual(await single.receipts(ids));
      }),
      { numRuns: 300 },
    );
  });

  it("writes nothing for updates that can't be read", () => {
    const bad = readSubmission(
      { bucket: "films", key: "providers/acme/1.json", eventTimeMs: 0, bytes: new Uint8Array() },
      NOW_MS,
    );
    const nothing = { records: new Map(), updates: new Map(), facts: new Map(), films: new Map() };
    expect(decide(nothing, [bad], rules)).toEqual({
      records: [],
      films: [],
      changes: [],
      outcomes: [{ submission: bad, verdict: "rejected", changes: [] }],
    });
  });
});

describe("changeBetween", () => {
  const live = (title: string, records = ["a"]): FilmState => ({
    id: "a",
    status: "live",
    content: { id: "a", title, providers: ["acme"] },
    records,
  });
  const withdrawn: FilmState = { id: "a", status: "withdrawn", records: ["a"] };
  const merged = (into: string): FilmState => ({ id: "a", status: "merged", into });

  it.each<[string, FilmState | undefined, FilmState, object | undefined]>([
    ["nothing and a film", undefined, live("A"), { kind: "created" }],
    ["nothing and a withdrawal", undefined, withdrawn, { kind: "withdrawn" }],
    ["nothing and a merged id", undefined, merged("b"), undefined],
    ["two contents", live("A"), live("B"), { kind: "updated" }],
    ["the same content of other records", live("A"), live("A", ["a", "b"]), undefined],
    ["a film and its withdrawal", live("A"), withdrawn, { kind: "withdrawn" }],
    ["a film and where it went", live("A"), merged("b"), { kind: "merged", into: "b" }],
    ["a withdrawal and a film", withdrawn, live("A"), { kind: "created" }],
    ["a withdrawal and another", withdrawn, { ...withdrawn, records: ["a", "b"] } as FilmState, undefined],
    ["a withdrawal and where it went", withdrawn, merged("b"), { kind: "merged", into: "b" }],
    ["a merged id and a film", merged("b"), live("A"), { kind: "split", from: "b" }],
    ["a merged id and a withdrawal", merged("b"), withdrawn, { kind: "withdrawn" }],
    ["two targets", merged("b"), merged("c"), { kind: "merged", into: "c" }],
    ["one target", merged("b"), merged("b"), undefined],
  ])("between %s", (_, before, after, change) => {
    expect(changeBetween(before, after)).toEqual(
      change === undefined ? undefined : { movieId: "a", before, after, ...change },
    );
  });
});
