import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { problemAnswer, scriptedApi } from "../test/scripted-api.ts";
import { MovieStoreProblem } from "./problem.ts";
import { type RetryOptions, retryingFetch } from "./retrying-fetch.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

const busy = (seconds: string) => problemAnswer(503, { code: "overloaded" }, { "Retry-After": seconds });
const limited = () => problemAnswer(429, { code: "rate-limited" }, { "Retry-After": "2" });

async function outcomeOf(answers: readonly Response[], options: RetryOptions = {}, signal?: AbortSignal) {
  const api = scriptedApi(...answers);
  const began = Date.now();
  const request = new Request("http://films.example/", signal === undefined ? {} : { signal });
  const outcome = retryingFetch(
    api.fetch,
    options,
  )(request).then(
    ({ status }) => status,
    (error: unknown) => (error instanceof MovieStoreProblem ? error.code : error),
  );
  await vi.runAllTimersAsync();
  return { outcome: await outcome, requests: api.requests.length, waitedMs: Date.now() - began };
}

describe("a request", () => {
  it("is sent again after the time that the API asks for, and a little more", async () => {
    const { waitedMs, ...rest } = await outcomeOf([busy("1"), limited(), new Response("")]);
    expect(rest).toEqual({ outcome: 200, requests: 3 });
    expect(waitedMs).toBeGreaterThanOrEqual(3_000);
    expect(waitedMs).toBeLessThanOrEqual(3_750);
  });

  it("waits until the date that a proxy names", async () => {
    const { outcome, waitedMs } = await outcomeOf([busy("Thu, 01 Jan 2026 00:00:05 GMT"), new Response("")]);
    expect(outcome).toBe(200);
    expect(waitedMs).toBeGreaterThanOrEqual(5_000);
    expect(waitedMs).toBeLessThanOrEqual(6_250);
  });

  it.each<[string, Response, RetryOptions]>([
    ["where no retries are wanted", busy("1"), { maxRetries: 0 }],
    ["after too long a time", busy("11"), {}],
    ["where the answer does not say when", problemAnswer(503, { code: "unavailable" }), {}],
    [
      "that was refused for what it asks",
      problemAnswer(400, { code: "invalid-query" }, { "Retry-After": "1" }),
      {},
    ],
  ])("is not sent again %s", async (_, answer, options) => {
    expect(await outcomeOf([answer, new Response("")], options)).toMatchObject({ requests: 1, waitedMs: 0 });
  });

  it("is given up after so many times, with the last problem", async () => {
    const answers = [busy("1"), busy("1"), busy("1"), limited(), new Response("")];
    expect(await outcomeOf(answers)).toMatchObject({ outcome: "rate-limited", requests: 4 });
  });

  it("does not wait on when it is cancelled", async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort("enough"), 1_500);
    const { outcome, requests, waitedMs } = await outcomeOf([limited(), new Response("")], {}, cancel.signal);
    expect({ outcome, requests, waitedMs }).toEqual({ outcome: "enough", requests: 1, waitedMs: 1_500 });
  });
});
