/**
 * Updates as bad as providers can make them, from alphabets so small that titles, ids, keys, times and sequencers
 * collide all the time.
 */

import { contentHashOf, type ReceivedObject, updateIdOf } from "@movie-store/core";
import fc from "fast-check";

const BASE_MS = Date.UTC(2024, 4, 1, 12);
const PROVIDERS = ["acme", "bolt", "Cine"] as const;
const KEY_STEMS = ["a", "b", "c"] as const;
/** Some are equal once they are padded and in one case. */
const SEQUENCERS = ["1", "10", "0f", "0F", "0f00", "a", "2"] as const;
const TITLES = ["Carmen", " cármen", "CARMEN", "Heat", "Up"] as const;
const YEARS = [1915, 1916] as const;
const IMDB_IDS = ["tt0000001", "tt0000002"] as const;
const TMDB_IDS = ["1", "2", "3"] as const;

const instant = fc.integer({ min: 0, max: 3 }).map((second) => BASE_MS + second * 1_000);

function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 2 });
}

const externalIds = fc.record({
  imdb: maybe(fc.constantFrom(...IMDB_IDS)),
  tmdb: maybe(fc.constantFrom(...TMDB_IDS)),
  wikidata: fc.option(fc.constant("Q1"), { nil: undefined, freq: 1 }),
});

/** With an id of its own, so it can correct its title, its year and its external ids, and withdraw. */
const canonical = fc
  .record({
    id: fc.constantFrom("1", "2", 2),
    title: fc.constantFrom(...TITLES),
    year: maybe(fc.constantFrom(...YEARS)),
    cast: maybe(fc.subarray(["Ann Lee", "Bo Ek", "Cy Dow"])),
    genres: maybe(fc.subarray(["Drama", "Silent"])),
    thumbnail: maybe(fc.constantFrom("https://films.example/1.jpg", "https://films.example/2.jpg")),
    thumbnail_width: maybe(fc.constantFrom(100, 200)),
    externalIds: maybe(externalIds),
    updatedAt: maybe(instant.map((timeMs) => new Date(timeMs).toISOString())),
    deleted: maybe(fc.boolean()),
  })
  .map((film) => JSON.stringify(film));

/** Told by href, title and year. */
const wikipedia = fc
  .record({
    title: fc.constantFrom(...TITLES),
    year: fc.constantFrom(...YEARS),
    cast: fc.subarray(["Ann Lee", "Bo Ek"]),
    genres: fc.subarray(["Drama"]),
    href: maybe(fc.constantFrom("Carmen", null)),
    deleted: fc.option(fc.constant(true), { nil: undefined, freq: 1 }),
  })
  .map((film) => JSON.stringify(film));

const omdb = fc
  .record({
    Title: fc.constantFrom(...TITLES),
    Year: fc.constantFrom("1915", "1916", "N/A"),
    Actors: fc.constantFrom("Ann Lee, Bo Ek", "N/A"),
    imdbID: fc.constantFrom(...IMDB_IDS),
  })
  .map((film) => JSON.stringify(film));

const tmdb = fc
  .record({
    id: fc.constantFrom(1, 2),
    title: fc.constantFrom(...TITLES),
    release_date: fc.constantFrom("1915-10-01", "1916-01-01", ""),
    imdb_id: maybe(fc.constantFrom(...IMDB_IDS, null)),
  })
  .map((film) => JSON.stringify(film));

const csv = fc
  .record({
    id: fc.constantFrom("1", "2"),
    title: fc.constantFrom(...TITLES),
    year: fc.constantFrom("1915", "1916", ""),
    imdb: fc.constantFrom(...IMDB_IDS, ""),
    deleted: fc.constantFrom("", "true", "false"),
  })
  .map(
    ({ id, title, year, imdb, deleted }) =>
      `id,title,year,externalIds.imdb,deleted\n${id},${title},${year},${imdb},${deleted}\n`,
  );

/** Goes to the quarantine. */
const unreadable = fc.constantFrom(
  "",
  "{",
  "null",
  '{"id":"1","id":"2","title":"Carmen"}',
  '{"title":"Carmen","year":19999}',
  '{"id":"1","title":"Carmen","updatedAt":"2199-01-01"}',
);

const content: fc.Arbitrary<{ readonly text: string; readonly extension: string }> = fc.oneof(
  { weight: 8, arbitrary: canonical.map((text) => ({ text, extension: "json" })) },
  { weight: 3, arbitrary: wikipedia.map((text) => ({ text, extension: "json" })) },
  { weight: 2, arbitrary: omdb.map((text) => ({ text, extension: "json" })) },
  { weight: 2, arbitrary: tmdb.map((text) => ({ text, extension: "json" })) },
  { weight: 1, arbitrary: csv.map((text) => ({ text, extension: "csv" })) },
  { weight: 1, arbitrary: unreadable.map((text) => ({ text, extension: "json" })) },
);

const encoder = new TextEncoder();

interface ObjectParts {
  readonly provider: string;
  readonly stem: string;
  readonly content: { readonly text: string; readonly extension: string };
  readonly versionId: string | undefined;
  readonly sequencer: string | undefined;
  readonly eventTimeMs: number;
}

function objectOf(parts: fc.Arbitrary<ObjectParts>): fc.Arbitrary<ReceivedObject> {
  return parts.map(({ provider, stem, content: { text, extension }, versionId, sequencer, eventTimeMs }) => ({
    bucket: "films",
    key: `providers/${provider}/${stem}.${extension}`,
    ...(versionId === undefined ? {} : { versionId }),
    ...(sequencer === undefined ? {} : { sequencer }),
    eventTimeMs,
    bytes: encoder.encode(text),
  }));
}

const anyObject = objectOf(
  fc.record({
    provider: fc.constantFrom(...PROVIDERS),
    stem: fc.constantFrom(...KEY_STEMS),
    content,
    versionId: maybe(fc.constantFrom("v1", "v2", "v3", "v4", "v5")),
    sequencer: maybe(fc.constantFrom(...SEQUENCERS)),
    eventTimeMs: instant,
  }),
);

/** One film of one provider, told in versions of a few keys whose sequencers and clocks disagree. */
const objectOfOneRecord = objectOf(
  fc.record({
    provider: fc.constant("acme"),
    stem: fc.constantFrom("a", "b"),
    content: canonical.map((text) => ({
      text: JSON.stringify({ ...JSON.parse(text), id: "1" }),
      extension: "json",
    })),
    versionId: fc.constantFrom("v1", "v2", "v3", "v4", "v5"),
    sequencer: fc.option(fc.constantFrom(...SEQUENCERS), { nil: undefined, freq: 6 }),
    eventTimeMs: instant,
  }),
);

/** The id under which a delivery of the object is recognised. */
export function idOfObject(object: ReceivedObject): string {
  return updateIdOf(object, contentHashOf(object.bytes));
}

/** Different object versions of several providers, in no particular order. */
function updatesArbitrary(): fc.Arbitrary<ReceivedObject[]> {
  const object = fc.oneof({ weight: 2, arbitrary: anyObject }, { weight: 1, arbitrary: objectOfOneRecord });
  return fc.uniqueArray(object, { selector: idOfObject, minLength: 1, maxLength: 14 });
}

/** Batches of updates, as they reach the store one after the other. */
export type Delivery = readonly (readonly ReceivedObject[])[];

/** Every update at least once, some more than once, in any order, cut into batches anywhere. */
function deliveryOf(updates: readonly ReceivedObject[]): fc.Arbitrary<Delivery> {
  const everything = fc.shuffledSubarray([...updates], { minLength: updates.length });
  const repeated = fc.array(fc.record({ update: fc.constantFrom(...updates), at: fc.nat(updates.length) }), {
    maxLength: 4,
  });
  const cuts = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 });
  return fc.tuple(everything, repeated, cuts).map(([order, extras, sizes]) => {
    const queue = [...order];
    for (const { update, at } of extras) queue.splice(at, 0, update);
    const batches: ReceivedObject[][] = [];
    while (queue.length > 0) batches.push(queue.splice(0, sizes[batches.length % sizes.length]));
    return batches;
  });
}

/** Two deliveries of the same updates. */
export function deliveriesArbitrary(): fc.Arbitrary<readonly [Delivery, Delivery]> {
  return updatesArbitrary().chain((updates) => fc.tuple(deliveryOf(updates), deliveryOf(updates)));
}
