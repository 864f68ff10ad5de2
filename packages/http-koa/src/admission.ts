/** Whether a request is let in: its key, and how often its caller has asked. */

import type { IncomingMessage } from "node:http";
import { type ApiKey, ApiKeys } from "./api-keys.ts";
import { Problem } from "./problem.ts";
import { networkOf, RateLimit } from "./rate-limit.ts";
import type { Route } from "./route.ts";

export interface AdmissionOptions {
  readonly apiKeys: readonly ApiKey[];
  /** 0: no limit. */
  readonly rateLimitPerMinute: number;
}

export class Admission {
  readonly #keys: ApiKeys;
  readonly #rateLimit: RateLimit | undefined;

  constructor({ apiKeys, rateLimitPerMinute: perMinute }: AdmissionOptions) {
    this.#keys = new ApiKeys(apiKeys);
    this.#rateLimit = perMinute === 0 ? undefined : new RateLimit({ perMinute });
  }

  /**
   * @param state is told the consumer, and what goes into the headers of every answer.
   * @param route `undefined` where there is none: that is not told to who has no key.
   * @throws Problem `unauthorized` or `rate-limited`.
   */
  admit(
    req: IncomingMessage,
    state: { consumer: string | undefined; headers: readonly string[] | undefined },
    route: Pick<Route, "isOpen" | "isUnlimited"> | undefined,
  ): void {
    const needsKey = this.#keys.required && route?.isOpen !== true;
    if (needsKey) state.consumer = this.#keys.consumerOf(req.headers);
    if (this.#rateLimit !== undefined && route?.isUnlimited !== true) {
      // Who has no key is counted too: so many keys can be guessed, and no more.
      const caller = state.consumer ?? networkOf(req.socket.remoteAddress ?? "");
      const headers = this.#rateLimit.take(`${state.consumer === undefined ? "address" : "key"} ${caller}`);
      state.headers = state.headers === undefined ? headers : [...state.headers, ...headers];
    }
    if (needsKey && state.consumer === undefined) throw unauthorized();
  }
}

function unauthorized(): Problem {
  return new Problem("unauthorized", "send your API key as X-Api-Key or as Authorization: Bearer", {
    headers: ["WWW-Authenticate", 'Bearer realm="movie-store"'],
  });
}
