/** Pods, their near caches, one Redis, and a stream of updates: who answers, and what is left for the database. */

import { randomNumbers } from "../corpus.ts";
import { drawByShare, secondsToNext, zipfRank } from "./chance.ts";
import { lifeSeconds, type Query, tagRate } from "./queries.ts";

export interface CacheLoad {
  readonly requestsPerSecond: number;
  readonly pods: number;
  readonly updatesPerSecond: number;
  /** Updates that are committed, and invalidate, together. */
  readonly batch: number;
  readonly seconds: number;
  /** Seconds for which the near cache trusts what Redis has confirmed; default 1 (core's MAX_NEAR_AGE_MS). 0: none. */
  readonly nearSeconds?: number;
  /** Seconds of a first page on the database; default 0.003. */
  readonly readSeconds?: number;
}

/** Shares of all requests, and reads a second. */
export interface CacheResult {
  readonly near: number;
  readonly redis: number;
  /** Waited for a read that their pod had begun already. */
  readonly joined: number;
  readonly readsPerSecond: number;
  /** In the busiest 10 ms, as a rate. */
  readonly peakReadsPerSecond: number;
}

/** Of CACHE_TTL_SECONDS. */
const TTL_SECONDS = 300;
/** Of each pod. One that shares a slot with another replaces it; few do, as a pod has some 10,000 answers a second. */
const NEAR_SLOTS = 65_536;
/** Before anything is counted, so that the near caches are full. */
const WARM_SECONDS = 1;
const BIN_SECONDS = 0.01;

interface Read {
  readonly doneAt: number;
  readonly query: number;
  readonly tagVersion: number;
}

export function simulateCache(queries: readonly Query[], load: CacheLoad, seed = 1): CacheResult {
  const { requestsPerSecond, pods, updatesPerSecond, batch, seconds } = load;
  const { nearSeconds = 1, readSeconds = 0.003 } = load;
  const random = randomNumbers(seed);
  const drawQuery = drawByShare(queries, random);
  const tags = new TagVersions(queries, updatesPerSecond / batch, batch, random);
  const far = filledFar(queries, requestsPerSecond, updatesPerSecond / batch, batch, random);
  const nearQuery = new Int32Array(pods * NEAR_SLOTS).fill(-1);
  const nearVersion = new Uint32Array(pods * NEAR_SLOTS);
  const nearUntil = new Float64Array(pods * NEAR_SLOTS);
  const reading = new Map<number, Read>();
  const reads: Read[] = [];
  const bins = new Uint32Array(Math.ceil(seconds / BIN_SECONDS) + 1);
  const counts = { near: 0, redis: 0, joined: 0, read: 0 };
  let [asked, firstRead] = [0, 0];

  for (let number = 0; ; number++) {
    const at = number / requestsPerSecond;
    if (at >= WARM_SECONDS + seconds) break;
    for (; (reads[firstRead]?.doneAt ?? Number.POSITIVE_INFINITY) <= at; firstRead++) {
      const { query, tagVersion, doneAt } = reads[firstRead] as Read;
      far.version[query] = tagVersion;
      far.until[query] = doneAt + TTL_SECONDS;
    }
    tags.advance(at);
    const query = drawQuery();
    const pod = Math.floor(random() * pods);
    const slot = pod * NEAR_SLOTS + (Math.imul(query, 0x9e3779b1) >>> 16);
    const version = tags.of(query);
    let outcome: keyof typeof counts;
    if (nearQuery[slot] === query && nearVersion[slot] === version && (nearUntil[slot] as number) > at) {
      outcome = "near";
    } else if (far.version[query] === version && (far.until[query] as number) > at) {
      outcome = "redis";
      nearQuery[slot] = query;
      nearVersion[slot] = version;
      nearUntil[slot] = at + nearSeconds;
    } else {
      const flight = pod * queries.length + query;
      const running = reading.get(flight);
      outcome =
        running !== undefined && running.doneAt > at && running.tagVersion === version ? "joined" : "read";
      if (outcome === "read") {
        const read = { doneAt: at + readSeconds, query, tagVersion: version };
        reading.set(flight, read);
        reads.push(read);
      }
    }
    if (at < WARM_SECONDS) continue;
    asked++;
    counts[outcome]++;
    if (outcome === "read") {
      const bin = Math.floor((at - WARM_SECONDS) / BIN_SECONDS);
      bins[bin] = (bins[bin] as number) + 1;
    }
  }
  return {
    near: counts.near / asked,
    redis: counts.redis / asked,
    joined: counts.joined / asked,
    readsPerSecond: counts.read / seconds,
    peakReadsPerSecond: Math.max(...bins) / BIN_SECONDS,
  };
}

/** The version of the tag of each query: it changes with batches that come at times of chance. */
class TagVersions {
  readonly #versions: Uint32Array;
  readonly #groups: readonly { readonly from: number; readonly to: number; readonly query: Query }[];
  readonly #random: () => number;
  readonly #batchesPerSecond: number;
  readonly #batch: number;
  #next: number;

  constructor(queries: readonly Query[], batchesPerSecond: number, batch: number, random: () => number) {
    this.#versions = new Uint32Array(queries.length);
    this.#batchesPerSecond = batchesPerSecond;
    this.#batch = batch;
    this.#random = random;
    const starts = queries.flatMap(({ kind }, at) => (queries[at - 1]?.kind === kind ? [] : [at]));
    this.#groups = starts.map((from, at) => ({
      from,
      to: starts[at + 1] ?? queries.length,
      query: queries[from] as Query,
    }));
    this.#next = this.#gap();
  }

  of(query: number): number {
    return this.#versions[query] as number;
  }

  advance(to: number): void {
    for (; this.#next <= to; this.#next += this.#gap()) this.#invalidate();
  }

  #gap(): number {
    return secondsToNext(this.#batchesPerSecond, this.#random);
  }

  #invalidate(): void {
    for (const { from, to, query } of this.#groups) {
      const { touched, tags } = query.kind;
      if (tags === "one") {
        for (let at = from; at < to; at++) this.#bump(at);
        continue;
      }
      for (let draw = touched * this.#batch; draw > 0; draw--) {
        const rank =
          tags === "popular" ? zipfRank(this.#random(), to - from) : Math.floor(this.#random() * tags.even);
        if (rank < to - from) this.#bump(from + rank);
      }
    }
  }

  #bump(query: number): void {
    this.#versions[query] = (this.#versions[query] as number) + 1;
  }
}

/** What Redis has of each query after a long time under this load. */
function filledFar(
  queries: readonly Query[],
  requestsPerSecond: number,
  batchesPerSecond: number,
  batch: number,
  random: () => number,
) {
  const version = new Int32Array(queries.length).fill(-1);
  const until = new Float64Array(queries.length);
  for (const [at, query] of queries.entries()) {
    const life = lifeSeconds(tagRate(query, batchesPerSecond, batch), TTL_SECONDS);
    const expected = requestsPerSecond * query.share * life;
    if (random() >= expected / (1 + expected)) continue;
    version[at] = 0;
    until[at] = random() * TTL_SECONDS;
  }
  return { version, until };
}
