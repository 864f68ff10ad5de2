/** Keeps a process in step with what others change, or leave unfinished, in the same store. */

import type { MovieStore } from "@movie-store/core";
import type { ChangeFeed } from "./change-feed.ts";
import type { Logger } from "./logger.ts";

/** A change is to be visible within a second everywhere; this leaves room for slow rounds. */
const FOLLOW_EVERY_MS = 200;

export interface FollowOptions {
  readonly store: Pick<MovieStore, "catchUp" | "onWrite">;
  /** Looks at once when this process has written, and in every round. */
  readonly feed: Pick<ChangeFeed, "look">;
  readonly log: Logger;
}

/**
 * One round after the other, so that a slow store is not asked twice at once. The first failure of a row is logged.
 *
 * @returns ends it; resolves when no round is running any more.
 */
export function followChanges({ store, feed, log }: FollowOptions): () => Promise<void> {
  let isFailing = false;
  let stopped = false;
  let round = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  // What fails here is tried again, and told of, by the next round.
  const stopListening = store.onWrite(() => void feed.look().catch(() => {}));

  async function follow(): Promise<void> {
    try {
      await catchUpAndLook();
      if (isFailing) log.info("follows the changes of the store again");
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, "can't follow the changes of the store");
      isFailing = true;
    }
    schedule();
  }

  /** The cache first: who is told of a change asks for the film. A cache out of reach holds no one up. */
  async function catchUpAndLook(): Promise<void> {
    try {
      await store.catchUp();
    } finally {
      await feed.look();
    }
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      round = follow();
    }, FOLLOW_EVERY_MS).unref();
  }

  schedule();
  return async () => {
    stopped = true;
    stopListening();
    clearTimeout(timer);
    await round;
  };
}
