import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { MovieStore } from "./movie-store.ts";
import { generatedUpdates } from "./testing/generated-updates.ts";
import type { ReceivedObject } from "./update.ts";

const NOW_MS = Date.UTC(2024, 4, 1, 12);

async function all(pieces: AsyncIterable<string>): Promise<readonly string[]> {
  const list: string[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

/** Gives pages of at most two films, and lets a writer come in before each read. */
function interrupted(repository: MovieRepository, write: () => Promise<void>): MovieRepository {
  return new Proxy(repository, {
    get: (target, name: keyof MovieRepository) => {
      if (name === "allFilms") {
        return async (page: Parameters<MovieRepository["allFilms"]>[0]) => {
          await write();
          return target.allFilms({ ...page, limit: 2 });
        };
      }
      if (name === "changeAt") {
        return async (...given: Parameters<MovieRepository["changeAt"]>) => {
          await write();
          return target.changeAt(...given);
        };
      }
      return target[name].bind(target);
    },
  });
}

function film(id: string, title: string, number: number): ReceivedObject {
  return {
    bucket: "films",
    key: `providers/acme/${id}.json`,
    versionId: `v${number}`,
    eventTimeMs: NOW_MS - 1_000_000 + number,
    bytes: new TextEncoder().encode(JSON.stringify({ id, title })),
  };
}

describe("an export", () => {
  it("has every film exactly as of its change, whatever writers do between its reads", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 0, max: 60 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 60 }),
        async (seed, before, turns) => {
          const updates = generatedUpdates(seed, { updates: 60, films: 12 });
          const repository = new MemoryMovieRepository();
          const writer = new MovieStore({ repository, clock: () => NOW_MS });
          let next = before;
          for (const update of updates.slice(0, before)) await writer.ingest(update);
          const version = await writer.version();
          const expected = await all(writer.exportMovies());
          let turn = 0;
          const store = new MovieStore({
            repository: interrupted(repository, async () => {
              const upTo = next + (turns[turn++ % turns.length] ?? 0);
              for (const update of updates.slice(next, upTo)) await writer.ingest(update);
              next = Math.max(next, upTo);
            }),
          });
          expect(await all(store.exportMovies(version))).toEqual(expected);
          // And at any time later.
          expect(await all(writer.exportMovies(version))).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("is the films that a reader finds, where nobody writes", async () => {
    const repository = new MemoryMovieRepository();
    const store = new MovieStore({ repository, clock: () => NOW_MS });
    await store.ingestMany(generatedUpdates(7, { updates: 60, films: 12 }));
    const { movies } = await store.find({ limit: 100 });
    const exported = (await all(store.exportMovies())).map((json) => JSON.parse(json));
    expect(exported).toEqual(movies.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  });

  it("begins with its version, has a film a line, and comes in pieces of some size", async () => {
    const store = new MovieStore({ repository: new MemoryMovieRepository(), clock: () => NOW_MS });
    expect(await all(store.exportText(0))).toEqual(['{"version":0}\n']);
    const titles = Array.from({ length: 200 }, (_, at) => `${at} ${"x".repeat(900)}`);
    await store.ingestMany(titles.map((title, at) => film(`${at}`, title, at)));
    const pieces = await all(store.exportText(200));
    expect(pieces).toHaveLength(4);
    const [first, ...lines] = pieces.join("").trimEnd().split("\n");
    expect(first).toBe('{"version":200}');
    expect(lines.map((line) => JSON.parse(line).title).sort()).toEqual(titles.sort());
  });

  it("of a change that the store has not come to is refused", async () => {
    const store = new MovieStore({ repository: new MemoryMovieRepository() });
    await expect(all(store.exportMovies(1))).rejects.toMatchObject({ code: "not-yet" });
  });

  it("asks for pages that are not older than its change, which a replica may be", async () => {
    const repository = new MemoryMovieRepository();
    const asked: unknown[] = [];
    const store = new MovieStore({
      repository: new Proxy(repository, {
        get: (target, name: keyof MovieRepository) => {
          if (name !== "allFilms") return target[name].bind(target);
          return (page: Parameters<MovieRepository["allFilms"]>[0]) => {
            asked.push(page.notBefore);
            return target.allFilms(page);
          };
        },
      }),
      clock: () => NOW_MS,
    });
    await store.ingest(film("1", "Heat", 1));
    await all(store.exportMovies());
    expect(asked).toEqual([1, 1]);
  });
});
