/** What befalls the pods, and what is wrong around them. */

import type { Cache, MemoryCache, MovieRepository } from "@movie-store/core";
import type { CacheServer, Database } from "./outside.ts";

/** How often these may happen. */
export interface Accidents {
  crashes?: number;
  failedBumps?: number;
  evictions?: number;
  /** Channels that break, which is noticed later. */
  gaps?: number;
  /** Seconds that pass. */
  seconds?: number;
}

/** Changes to the surroundings of the real code, each of them one that must not be made. */
export interface Faults {
  repository?: (repository: MovieRepository, database: Database) => MovieRepository;
  cache?: (cache: Cache, server: CacheServer) => Cache;
  near?: (clock: () => number) => MemoryCache;
  /** Reads may come from a replica that is behind. */
  readsBehind?: boolean;
  /** Entries get the values of their tags when they are set. */
  takesTagsAtSet?: boolean;
  hasNoRelay?: boolean;
}
