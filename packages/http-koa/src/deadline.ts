/** An end to waiting. */

import { MovieStoreError } from "@movie-store/core";

/** @throws MovieStoreError `unavailable` when it takes longer; the store then goes on with it all the same. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
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
