/** A store that tells of what it takes in. */

import { MovieStore, type MovieStoreOptions, type Receipt, type ReceivedObject } from "@movie-store/core";
import type { Observation } from "./observation.ts";

export class ObservedMovieStore extends MovieStore {
  readonly #observation: Observation;

  constructor(options: MovieStoreOptions, observation: Observation) {
    super(options);
    this.#observation = observation;
  }

  /** Whatever is taken in comes this way. */
  override async ingestMany(objects: readonly ReceivedObject[]): Promise<readonly Receipt[]> {
    const { metrics, tracing } = this.#observation;
    const ingest = () => super.ingestMany(objects);
    const span = tracing?.beginRoot("ingest", { "movie_store.objects": objects.length });
    try {
      const receipts = await (span === undefined ? ingest() : span.within(ingest));
      metrics.ingest.take(receipts);
      span?.end({ attributes: countsOf(receipts) });
      return receipts;
    } catch (error) {
      metrics.ingest.fail();
      span?.end({ error });
      throw error;
    }
  }

  override async catchUp(): Promise<void> {
    try {
      await super.catchUp();
    } catch (error) {
      this.#observation.metrics.store.takeFollowFailure();
      throw error;
    }
  }
}

function countsOf(receipts: readonly Receipt[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of receipts) {
    const name = `movie_store.${verdict}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
