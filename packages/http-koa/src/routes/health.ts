/** GET /health/live and /health/ready, for whoever starts, stops and balances the processes. */

import { type MovieStore, MovieStoreError } from "@movie-store/core";
import type { Answer } from "../answer.ts";
import { Problem } from "../problem.ts";
import type { Route } from "../route.ts";

export function healthRoutes(
  store: MovieStore,
  isStopping: () => boolean,
  readyWithinMs: number,
): readonly Route[] {
  return [
    // Asks no back end: a restart of this process would not mend one.
    { path: "/health/live", handle: async () => healthAnswer("live") },
    {
      path: "/health/ready",
      handle: async () => {
        if (isStopping()) throw new Problem("stopping", "this process is about to stop");
        await within(readyWithinMs, store.version());
        return healthAnswer("ready");
      },
    },
  ];
}

function healthAnswer(status: string): Answer {
  return { status: 200, text: JSON.stringify({ status }), cached: "never" };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new MovieStoreError("unavailable", `the store did not answer within ${ms} ms`)),
    ms,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
