/** Whatever a provider sends is answered with a receipt and kept byte by byte, and does not harm what others sent. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MovieStoreError } from "./errors.ts";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import { MovieStore } from "./movie-store.ts";
import { nastyStrings } from "./testing/index.ts";
import type { Receipt, ReceivedObject } from "./update.ts";

const NOW_MS = Date.UTC(2024, 4, 1, 12);
const KNOWN = { id: "known", title: "Known", year: 1990, cast: ["Ann Lee"] };

const CANONICAL = {
  id: "1",
  title: "Heat",
  year: 1995,
  cast: ["Al Pacino"],
  genres: ["Crime"],
  externalIds: { imdb: "tt0113277", tmdb: "949", wikidata: "Q42198" },
  overview: "A heist.",
  runtimeMinutes: 170,
  directors: ["Michael Mann"],
  countries: ["USA"],
  languages: ["English"],
  releaseDate: "1995-12-15",
  poster: { url: "https://images.example/heat.jpg", width: 100, height: 150 },
  updatedAt: "2024-04-01T00:00:00Z",
  deleted: false,
};
const WIKIPEDIA = {
  title: "Heat",
  year: 1995,
  cast: ["Al Pacino"],
  genres: ["Crime"],
  href: "Heat_(1995_film)",
  extract: "A heist.",
  thumbnail: "https://images.example/heat.jpg",
  thumbnail_width: 100,
  thumbnail_height: 150,
};
const OMDB = {
  Title: "Heat",
  Year: "1995",
  Actors: "Al Pacino, Robert De Niro",
  Genre: "Crime",
  Director: "Michael Mann",
  Plot: "A heist.",
  Runtime: "170 min",
  Released: "15 Dec 1995",
  Language: "English",
  Country: "USA",
  Poster: "https://images.example/heat.jpg",
  imdbID: "tt0113277",
};
const TMDB = {
  id: 949,
  title: "Heat",
  original_title: "Heat",
  release_date: "1995-12-15",
  overview: "A heist.",
  runtime: 170,
  genres: [{ id: 80, name: "Crime" }],
  imdb_id: "tt0113277",
  poster_path: "/heat.jpg",
  credits: { cast: [{ name: "Al Pacino", order: 0 }], crew: [{ name: "Michael Mann", job: "Director" }] },
};
const FORMATS: readonly Readonly<Record<string, unknown>>[] = [CANONICAL, WIKIPEDIA, OMDB, TMDB];
const CSV_HEADER = "id,title,year,cast,genres,overview";

let versions = 0;

function object(bytes: Uint8Array, key = "providers/acme/1.json"): ReceivedObject {
  versions++;
  return { bucket: "films", key, versionId: `v${versions}`, eventTimeMs: NOW_MS - 1_000 + versions, bytes };
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function storeWithAFilm() {
  const repository = new MemoryMovieRepository();
  const store = new MovieStore({ repository, clock: () => NOW_MS });
  await store.ingest(object(utf8(JSON.stringify(KNOWN)), "providers/zenith/known.json"));
  return store;
}

async function takeIn(objects: readonly ReceivedObject[]): Promise<readonly Receipt[]> {
  const store = await storeWithAFilm();
  const receipts = await store.ingestMany(objects);
  expect(receipts).toHaveLength(objects.length);
  for (const [at, { updateId, verdict, rejection }] of receipts.entries()) {
    expect(["accepted", "duplicate", "superseded", "rejected"]).toContain(verdict);
    expect(rejection === undefined).toBe(verdict !== "rejected");
    // What is shown of a bad object is short and harmless, whatever the object.
    for (const shown of [rejection?.reason ?? "", rejection?.field ?? ""]) {
      expect(shown.length).toBeLessThan(700);
      expect(shown.isWellFormed()).toBe(true);
      expect(shown).not.toMatch(/\p{Cc}/u);
    }
    expect((await store.logged(updateId))?.object.bytes).toEqual(objects[at]?.bytes);
  }
  expect((await store.find({ title: "known", match: "exact" })).movies).toHaveLength(1);
  await expectAnswers(store);
  expect((await store.verify(new MemoryMovieRepository())).differences).toEqual([]);
  return receipts;
}

/** Every film can be shown, and found by its name. */
async function expectAnswers(store: MovieStore): Promise<void> {
  const { movies } = await store.find({ limit: 100 });
  for (const { id, title } of movies) {
    expect(await store.get(id)).toMatchObject({ status: "live", movie: { title } });
    try {
      const found = await store.find({ title, match: "exact", limit: 100 });
      expect(found.movies.map((movie) => movie.id)).toContain(id);
    } catch (error) {
      // A name may be longer than what can be asked for.
      expect(
        error instanceof MovieStoreError && error.code === "invalid-query" && title.length > 200,
        title,
      ).toBe(true);
    }
  }
  for (const kind of ["genre", "cast", "year"] as const) await store.values(kind, { limit: 100 });
}

const nasty = fc.constantFrom(...nastyStrings.map(([, text]) => text));

describe("a nasty text", () => {
  test.each(nastyStrings)("in any field of any format: %s", async (_, text) => {
    const objects = FORMATS.flatMap((film) =>
      Object.entries(film).map(([field, value]) =>
        object(utf8(JSON.stringify({ ...film, [field]: Array.isArray(value) ? [text] : text }))),
      ),
    );
    const named = FORMATS.flatMap((film) =>
      [text, "\0"].map((value) => object(utf8(JSON.stringify({ ...film, [text]: value })))),
    );
    const rows = ["1,x,1995,a|b,c,y", `${text},${text},${text},${text},${text},${text}`].map((row) =>
      object(utf8(`${CSV_HEADER}\n${row}\n`), "providers/acme/films.csv"),
    );
    const alone = [text, JSON.stringify(text), `{"title":${text}}`].map((whole) => object(utf8(whole)));
    await takeIn([...objects, ...named, ...rows, ...alone]);
  });

  test.each(nastyStrings)("in the key, the bucket and the version of an object: %s", async (_, text) => {
    const film = utf8(JSON.stringify(CANONICAL));
    const objects = [text, `providers/${text}/1.json`, `providers/acme/${text}`].map((key) =>
      object(film, key),
    );
    await takeIn([
      ...objects,
      { ...object(film), bucket: text },
      { ...object(film), versionId: text, sequencer: text },
    ]);
  });
});

describe("what nobody thought of", () => {
  const value = fc.oneof(nasty, fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: "binary" }), fc.double());
  const film = fc.constantFrom(...FORMATS).chain((format) =>
    fc
      .tuple(
        fc.subarray(Object.keys(format)),
        fc.dictionary(nasty, value, { maxKeys: 2 }),
        fc.infiniteStream(value),
      )
      .map(([spoiled, more, values]) => {
        const fields = spoiled.map((field) => [field, values.next().value]);
        return JSON.stringify({ ...format, ...Object.fromEntries(fields), ...more });
      }),
  );
  const damaged = fc
    .tuple(film, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }), fc.nat())
    .map(([text, flips, end]) => {
      const bytes = utf8(text);
      for (const [at, byte] of flips) bytes[at % bytes.length] = byte;
      return end % 3 === 0 ? bytes.subarray(0, end % bytes.length) : bytes;
    });
  const bytes = fc.oneof(
    { weight: 4, arbitrary: film.map(utf8) },
    { weight: 3, arbitrary: damaged },
    { weight: 1, arbitrary: fc.json().map(utf8) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
  const key = fc.constantFrom("providers/acme/1.json", "providers/acme/1.csv", "providers/bolt/1.json.gz");

  test("has a receipt, is kept, and harms nothing", { timeout: 60_000 }, async () => {
    const verdicts = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(bytes, key), { minLength: 1, maxLength: 8 }), async (sent) => {
        const receipts = await takeIn(sent.map(([content, name]) => object(content, name)));
        for (const { verdict } of receipts) verdicts.add(verdict);
      }),
      { numRuns: 300 },
    );
    expect(verdicts).toContain("accepted");
    expect(verdicts).toContain("rejected");
  });
});
