/** Asks again where the API says when to: overload, rate limit, a store that is away for a moment. */

import { pause } from "./pause.ts";
import { problemOf } from "./problem.ts";

/** `fetch` itself, or what takes its place. */
export type Fetch = (request: Request) => Promise<Response>;

export interface RetryOptions {
  /** How often a request that was answered with 429 or 503 is sent again. Default 3; 0: never. */
  readonly maxRetries?: number;
  /** The longest wait before one; an answer that asks for more is final. Default 10. */
  readonly maxRetryAfterSeconds?: number;
}

/** All who were turned away are told the same number of seconds; so that they don't come back together, up to a quarter more. */
const SPREAD = 0.25;

/**
 * The answer has a status of 2xx.
 *
 * @throws MovieStoreProblem for any other status, once there is nothing more to hope for. What `fetch` throws passes.
 */
export function retryingFetch(fetch: Fetch, options: RetryOptions): Fetch {
  const { maxRetries = 3, maxRetryAfterSeconds = 10 } = options;
  return async (request) => {
    for (let retries = 0; ; retries++) {
      const response = await fetch(request);
      if (response.ok) return response;
      const problem = await problemOf(response);
      const { status, retryAfterSeconds: seconds } = problem;
      const isPassing = (status === 429 || status === 503) && seconds !== undefined;
      if (!isPassing || retries >= maxRetries || seconds > maxRetryAfterSeconds) throw problem;
      await pause(seconds * 1_000 * (1 + Math.random() * SPREAD), request.signal);
    }
  };
}
