/** What is thrown when the API has no answer: its RFC 9457 problem details as an error. */

import type { components } from "./schema.ts";

/** Stable. A later version of the API may know more, so leave room for one that you don't know. */
export type ProblemCode = components["schemas"]["Problem"]["code"];

export class MovieStoreProblem extends Error {
  override readonly name = "MovieStoreProblem";
  /** What went wrong. `undefined` where not the API answered but something before it, such as a proxy. */
  readonly code: ProblemCode | undefined;
  /** The HTTP status, 400 to 599. */
  readonly status: number;
  /** The parameter or header that is to blame, if it is one. */
  readonly parameter: string | undefined;
  /** The log of the API has the request under this id. */
  readonly requestId: string | undefined;
  /** After how many seconds to ask again; `undefined` where the answer does not say. */
  readonly retryAfterSeconds: number | undefined;

  /**
   * @param details the body, if it could be read as JSON.
   * @param nowMs the time, in milliseconds since 1970.
   */
  constructor({ status, headers }: Response, details: unknown, nowMs: number) {
    const known: Partial<components["schemas"]["Problem"]> =
      isObject(details) && typeof details["code"] === "string" ? details : {};
    super(known.detail ?? `the answer had the status ${status}`);
    this.code = known.code;
    this.status = status;
    this.parameter = known.parameter;
    this.requestId = known.requestId ?? headers.get("X-Request-Id") ?? undefined;
    this.retryAfterSeconds = retryAfterSeconds(headers.get("Retry-After"), nowMs);
  }
}

/** @param response of a failure; its body is read. */
export async function problemOf(response: Response): Promise<MovieStoreProblem> {
  const details = await response.json().catch(() => undefined);
  return new MovieStoreProblem(response, details, Date.now());
}

/** The API sends seconds; a proxy may also send a date (RFC 9110, section 10.2.3). */
function retryAfterSeconds(text: string | null, nowMs: number): number | undefined {
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const seconds = Math.ceil((Date.parse(text) - nowMs) / 1_000);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
