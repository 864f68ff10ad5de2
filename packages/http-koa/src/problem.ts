/** What the API answers when it can't answer: RFC 9457 problem details with a stable `code`. */

import { STATUS_CODES } from "node:http";
import { MovieStoreError } from "@movie-store/core";

/** Every problem by its code: its status, and what it means to a caller. */
export const PROBLEMS = {
  "invalid-query": {
    status: 400,
    means: "a parameter is unknown, given too often, badly encoded or has a bad value",
  },
  "invalid-path": {
    status: 400,
    means: "the path is not valid percent-encoded UTF-8, or has a NUL character",
  },
  "bad-request": { status: 400, means: "what was sent is not HTTP as it should be" },
  unauthorized: { status: 401, means: "no API key, or one that is not known" },
  "unknown-path": { status: 404, means: "there is nothing under this path" },
  "unknown-movie": { status: 404, means: "the id was never given out, or not yet at the moment asked for" },
  "unknown-update": { status: 404, means: "no such update has been received" },
  "method-not-allowed": { status: 405, means: "`Allow` names the methods there are" },
  "not-acceptable": { status: 406, means: "the answer can't be given in the form that `Accept` asks for" },
  "request-timeout": { status: 408, means: "the request did not arrive in time" },
  "history-changed": {
    status: 409,
    means: "the store has lost changes, and given their numbers to others; begin again with an export",
  },
  withdrawn: { status: 410, means: "every provider has withdrawn the film" },
  "rate-limited": {
    status: 429,
    means: "more requests than the caller may make; `Retry-After` says when to go on",
  },
  "too-large": { status: 431, means: "request line and headers are over 16 KiB" },
  internal: { status: 500, means: "a fault of the service; the log has it under the request id" },
  unavailable: { status: 503, means: "the store can't answer now" },
  "not-yet": { status: 503, means: "the store has not come to the change of `minVersion`" },
  overloaded: { status: 503, means: "too many requests or streams at once" },
  stopping: { status: 503, means: "this process is about to stop (readiness only)" },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly means: string }>>;

/** Stable: callers decide by it. {@link PROBLEMS} says what each means. */
export type ProblemCode = keyof typeof PROBLEMS;

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
    this.status = PROBLEMS[code].status;
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
    if (error.code === "history-changed")
      return new Problem("history-changed", error.message, { parameter: "afterAt" });
    if (error.code === "not-yet") return new Problem("not-yet", error.message, { parameter: "minVersion" });
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
