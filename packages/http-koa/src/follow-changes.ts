/** Keeps the cache in step with what other processes change, or leave unfinished, in the same store. */

import type { MovieStore } from "@movie-store/core";
import type { Logger } from "./logger.ts";

/** A change is to be visible within a second everywhere; this leaves room for slow rounds. */
const FOLLOW_EVERY_MS = 200;

/**
 * One round after the other, so that a slow store is not asked twice at once. The first failure of a row is logged.
 *
 * @returns ends it; resolves when no round is running any more.
 */
export function followChanges(store: Pick<MovieStore, "catchUp">, log: Logger): () => Promise<void> {
  let isFailing = false;
  let stopped = false;
  let round = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function catchUp(): Promise<void> {
    try {
      await store.catchUp();
      if (isFailing) log.info("follows the changes of the store again");
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, "can't follow the changes of the store");
      isFailing = true;
    }
    schedule();
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      round = catchUp();
    }, FOLLOW_EVERY_MS).unref();
  }

  schedule();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await round;
  };
}
