/** What a system would have otherwise than the product has it. */

import type { Cache, LayeredCacheOptions, MovieRepository, UpdateSource } from "@movie-store/core";

export interface Variant {
  /** As each process has it. */
  readonly repository?: (inner: MovieRepository, cache: Cache) => MovieRepository;
  readonly cache?: (inner: Cache) => Cache;
  readonly layers?: (parts: LayeredCacheOptions) => Cache;
  readonly source?: (inner: UpdateSource) => UpdateSource;
  /** Which messages a function acknowledges. Default: those that it does not return, when it is done. */
  readonly acknowledges?: "before" | "everything";
  readonly hasNoRelay?: true;
  readonly hasNoEpoch?: true;
}
