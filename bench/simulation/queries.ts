/** What is asked for, how popular it is, and how often updates touch its tag: assumptions, all in this file. */

/** A kind of query; each query of it depends on one tag (core's `tagsOfQuery`). */
interface QueryKind {
  readonly name: string;
  /** Of all requests. */
  readonly share: number;
  /** Different queries that are asked for. Their popularity falls as 1 / rank (Zipf). */
  readonly queries: number;
  /** How many tags of the kind an update touches. */
  readonly touched: number;
  /** `popular`: frequent values are asked for and written most. `even`: any of so many. `one`: all share one tag. */
  readonly tags: "popular" | "one" | { readonly even: number };
}

const FILMS = 100_000_000;

const KINDS: readonly QueryKind[] = [
  { name: "film", share: 0.4, queries: 1_000_000, touched: 1, tags: { even: FILMS } },
  { name: "person", share: 0.2, queries: 200_000, touched: 4, tags: { even: 2 * FILMS } },
  { name: "title word", share: 0.15, queries: 50_000, touched: 3, tags: "popular" },
  { name: "year", share: 0.1, queries: 130, touched: 1, tags: "popular" },
  { name: "genre", share: 0.1, queries: 25, touched: 2, tags: "popular" },
  { name: "range, beginning, piece of a title", share: 0.05, queries: 10_000, touched: 1, tags: "one" },
];

export interface Query {
  readonly kind: QueryKind;
  /** Of all requests. */
  readonly share: number;
  /** The chance that one tag that an update touches is the one of this query. */
  readonly tagShare: number;
}

/** Every query, kind by kind, the most popular first. */
export function allQueries(): readonly Query[] {
  return KINDS.flatMap((kind) => {
    const sum = harmonic(kind.queries);
    return Array.from({ length: kind.queries }, (_, rank) => {
      const part = 1 / (rank + 1) / sum;
      const { tags } = kind;
      const tagShare = tags === "popular" ? part : tags === "one" ? 1 : 1 / tags.even;
      return { kind, share: kind.share * part, tagShare };
    });
  });
}

function harmonic(count: number): number {
  let sum = 0;
  for (let rank = 1; rank <= count; rank++) sum += 1 / rank;
  return sum;
}

/** How often a second the tag of a query changes: once for a batch, however many of its updates touch it. */
export function tagRate({ kind, tagShare }: Query, batchesPerSecond: number, batch: number): number {
  return batchesPerSecond * -Math.expm1(-kind.touched * batch * tagShare);
}

/**
 * Seconds for which an answer that was just read stays a hit, on average: until its tag changes or its time is over.
 */
export function lifeSeconds(tagChangesPerSecond: number, ttlSeconds: number): number {
  if (tagChangesPerSecond * ttlSeconds < 1e-9) return ttlSeconds;
  return -Math.expm1(-tagChangesPerSecond * ttlSeconds) / tagChangesPerSecond;
}

/** Requests a second for one query that no shared cache answers, by times of chance. */
export function missRate(requestsPerSecond: number, tagChangesPerSecond: number, ttlSeconds: number): number {
  return requestsPerSecond / (1 + requestsPerSecond * lifeSeconds(tagChangesPerSecond, ttlSeconds));
}

/**
 * Requests a second for one query that pass caches at the edge, which know nothing of tags and keep every answer for
 * as long.
 *
 * @param places caches that share nothing, with as many requests each.
 */
export function passedByEdge(requestsPerSecond: number, maxAgeSeconds: number, places: number): number {
  const rate = requestsPerSecond / places;
  return (places * rate) / (1 + rate * maxAgeSeconds);
}
