/** Searches by the query string they came with, so that one that is asked again is not parsed and checked again. */

import {
  type FindParameters,
  findParametersSchema,
  type MovieStore,
  type PlannedQuery,
} from "@movie-store/core";
import { ParameterReader, type Parameters, readPairs, writePairs } from "./parameters.ts";

export interface PlannedSearch {
  readonly planned: PlannedQuery;
  /** The target of the next page, but for the cursor at its end. */
  readonly nextTarget: string;
  /** What was worked out for the last answer, good for as long as the digest stays the same. */
  last: { readonly digest: string; readonly bytes: number; readonly headers: readonly string[] } | undefined;
}

/** As many as there are answers in the cache of a process, or more; some 2 kB each. */
const MAX_PLANS = 4_000;
/** Longer query strings are rare; to keep them would let a few callers fill the memory. */
const MAX_KEPT_LENGTH = 1_000;

export class PlanCache {
  readonly #reader = new ParameterReader(findParametersSchema);
  readonly #plans = new Map<string, PlannedSearch>();
  readonly #store: MovieStore;
  readonly #path: string;

  constructor(store: MovieStore, path: string) {
    this.#store = store;
    this.#path = path;
  }

  /** @throws MovieStoreError `invalid-query`. */
  planOf(query: string): PlannedSearch {
    const known = this.#plans.get(query);
    if (known !== undefined) {
      // To the young end: the oldest entry of the map is then the one least recently used.
      this.#plans.delete(query);
      this.#plans.set(query, known);
      return known;
    }
    const plan = this.#plan(query);
    if (query.length <= MAX_KEPT_LENGTH) {
      this.#plans.set(query, plan);
      if (this.#plans.size > MAX_PLANS) this.#plans.delete(this.#plans.keys().next().value ?? "");
    }
    return plan;
  }

  #plan(query: string): PlannedSearch {
    const pairs = readPairs(query);
    const planned = this.#store.plan(this.#reader.read(pairs) as FindParameters);
    return { planned, nextTarget: nextTarget(this.#path, pairs), last: undefined };
  }
}

function nextTarget(path: string, pairs: Parameters): string {
  const kept = writePairs(pairs.filter(([name]) => name !== "cursor"));
  return `${path}?${kept === "" ? "" : `${kept}&`}cursor=`;
}
