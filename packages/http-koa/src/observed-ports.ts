/** The ports of the store, such that what goes through them is counted, and traced where traces are wanted. */

import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import type { Cache, Lookup, MovieRepository } from "@movie-store/core";
import type { Observation } from "./observation.ts";
import { ObservedCache, ObservedNearCache } from "./observed-cache.ts";
import { tracedPort } from "./tracing/traced-port.ts";
import type { SpanAttributes } from "./tracing/tracing.ts";

interface Ports {
  readonly repository: MovieRepository;
  readonly cache: Cache;
}

/** Once for an observation: it asks this repository how the store is. */
export function observedPorts({ repository, cache }: Ports, { metrics, tracing }: Observation): Ports {
  metrics.watchStore(repository, cache.shared);
  if (repository instanceof MySqlMovieRepository) metrics.watchPools(() => repository.pools);
  if (tracing === undefined) return { repository, cache: new ObservedNearCache(cache, metrics.cache) };
  // It is asked by `get` alone, so that each lookup is a span.
  const counted = new ObservedCache(cache, metrics.cache);
  return {
    repository: tracedPort(repository, { tracing, name: "MovieRepository" }),
    cache: tracedPort<Cache>(counted, { tracing, name: "Cache", notes: cacheNotes }),
  };
}

function cacheNotes(method: string, result: unknown): SpanAttributes {
  if (method !== "get") return {};
  const lookup = result as Lookup;
  return { "movie_store.cache.layer": lookup.hit ? lookup.layer : "none" };
}
