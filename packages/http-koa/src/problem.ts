/** What the API answers when it can't answer: RFC 9457 problem details with a stable `code`. */

import { STATUS_CODES } from "node:http";
import { MovieStoreError } from "@movie-store/core";

/**
 * | code | status | means |
 * | --- | --- | --- |
 * | `invalid-query` | 400 | a parameter is unknown, given too often, badly encoded or has a bad value |
 * | `invalid-path` | 400 | the path is not valid percent-encoded UTF-8, or has a NUL character |
 * | `bad-request` | 400 | what was sent is not HTTP as it should be |
 * | `unauthorized` | 401 | no API key, or one that is not known |
 * | `unknown-path` | 404 | there is nothing under this path |
 * | `unknown-movie` | 404 | the id was never given out, or not yet at the moment asked for |
 * | `unknown-update` | 404 | no such update has been received |
 * | `method-not-allowed` | 405 | `Allow` names the methods there are |
 * | `not-acceptable` | 406 | the answer can't be given in the form that `Accept` asks for |
 * | `request-timeout` | 408 | the request did not arrive in time |
 * | `withdrawn` | 410 | every provider has withdrawn the film |
 * | `too-large` | 431 | request line and headers are over 16 KiB |
 * | `internal` | 500 | a fault of the service; the log has it under the request id |
 * | `unavailable` | 503 | the store can't answer now |
 * | `overloaded` | 503 | too many requests at once |
 * | `stopping` | 503 | this process is about to stop (readiness only) |
 */
export type ProblemCode =
  | "invalid-query"
  | "invalid-path"
  | "bad-request"
  | "unauthorized"
  | "unknown-path"
  | "unknown-movie"
  | "unknown-update"
  | "method-not-allowed"
  | "not-acceptable"
  | "request-timeout"
  | "withdrawn"
  | "too-large"
  | "internal"
  | "unavailable"
  | "overloaded"
  | "stopping";

const STATUS: Readonly<Record<ProblemCode, number>> = {
  "invalid-query": 400,
  "invalid-path": 400,
  "bad-request": 400,
  unauthorized: 401,
  "unknown-path": 404,
  "unknown-movie": 404,
  "unknown-update": 404,
  "method-not-allowed": 405,
  "not-acceptable": 406,
  "request-timeout": 408,
  withdrawn: 410,
  "too-large": 431,
  internal: 500,
  unavailable: 503,
  overloaded: 503,
  stopping: 503,
};

const RETRY_AFTER: readonly string[] = ["Retry-After", "1"];

interface ProblemOptions {
  /** The parameter that is wrong. */
  readonly parameter?: string;
  /** Further headers, names and values in turn. */
  readonly headers?: readonly string[];
  readonly cause?: unknown;
}

/** Thrown by whatever handles a request; the frame around the handlers turns it into the answer. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly status: number;
  readonly parameter: string | undefined;
  readonly headers: readonly string[];

  /** @param detail one sentence for the caller, without anything internal. */
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = STATUS[code];
    this.parameter = options.parameter;
    const headers = options.headers ?? [];
    this.headers = this.status === 503 ? [...RETRY_AFTER, ...headers] : headers;
  }
}

/** What a caller may know of any failure. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof MovieStoreError) {
    if (error.code === "invalid-query") {
      const parameter = error.field === undefined ? {} : { parameter: error.field };
      return new Problem("invalid-query", error.message, parameter);
    }
    // `closed` is met by the last requests of a process that ends: another one will answer.
    if (error.retryable || error.code === "closed")
      return new Problem("unavailable", "the store can't answer now; try again", { cause: error });
  }
  return new Problem("internal", "something went wrong here; the log has it under the request id", {
    cause: error,
  });
}

export function problemText(problem: Problem, requestId: string): string {
  const { code, status, message, parameter } = problem;
  // The status alone says what kind of problem it is, so the type is about:blank (RFC 9457, section 4.2.1) and the
  // title the phrase of the status.
  return JSON.stringify({
    type: "about:blank",
    title: STATUS_CODES[status],
    status,
    code,
    detail: message,
    parameter,
    requestId,
  });
}
