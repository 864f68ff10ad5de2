/** What happens around every request: its id, the log line, and the answer to any failure. */

import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isRetryable } from "@movie-store/core";
import type { Middleware } from "koa";
import type { Answer, AnswerWriter, Circumstances } from "./answer.ts";
import type { Cors } from "./cors.ts";
import type { Load } from "./load.ts";
import { type Logger, logInfo } from "./logger.ts";
import { type Problem, problemOf } from "./problem.ts";
import { checkPath, originForm } from "./target.ts";

/** What the frame knows of a request; handlers find it in `ctx.state`. */
export interface RequestState extends Circumstances, EndedRequest {
  readonly path: string;
  /** Behind the question mark, undecoded. */
  readonly query: string;
  /** Set by whoever finds the route and lets the request in. */
  route: string | undefined;
  consumer: string | undefined;
  headers: readonly string[] | undefined;
  layer: Answer["layer"];
  isStream: boolean;
  problem: Problem | undefined;
  /** Of its trace, if there is one. */
  traceId: string | undefined;
  /** Set at the end. */
  status: number;
  durationMs: number;
  isAborted: boolean;
}

/** A request that has ended, as far as measurements go. */
export interface EndedRequest {
  readonly method: string;
  /** The path of its route, such as `/v1/movies/:id`; `undefined` where there is none. */
  readonly route: string | undefined;
  readonly status: number;
  /** The name that goes with its API key. */
  readonly consumer: string | undefined;
  /** Who had the answer. */
  readonly layer: Answer["layer"];
  /** A stream's duration says how long it was open, not how fast it was answered. */
  readonly isStream: boolean;
  /** From the first line of the request to the end of the answer. */
  readonly durationMs: number;
  /** Whether the connection went down before the end of the answer. */
  readonly isAborted: boolean;
  /** What it was answered with, if it was a problem. */
  readonly problem: Pick<Problem, "code"> | undefined;
}

/** Told of each request at its end. It must not throw, nor keep what it is given. */
export type RequestObserver = (request: EndedRequest) => void;

export interface FrameOptions {
  readonly log: Logger;
  readonly writer: AnswerWriter;
  readonly load: Load;
  readonly cors: Cors;
  readonly stopping: AbortSignal;
  readonly observer: RequestObserver | undefined;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_LOGGED = 500;

export class RequestFrame {
  readonly #options: FrameOptions;

  constructor(options: FrameOptions) {
    this.#options = options;
  }

  /**
   * From here on the request is counted, and at its end it is told of and logged.
   *
   * @param target in origin form.
   * @param traceId of its trace, if there is one.
   */
  begin(req: IncomingMessage, res: ServerResponse, target: string, traceId?: string): RequestState {
    const { load, cors, stopping } = this.#options;
    const queryAt = target.indexOf("?");
    const state: RequestState = {
      method: req.method ?? "",
      requestId: requestIdOf(req.headers["x-request-id"]),
      startedMs: performance.now(),
      ifNoneMatch: req.headers["if-none-match"],
      lastOfConnection: stopping.aborted,
      headers: cors.headersFor(req.headers.origin),
      path: queryAt === -1 ? target : target.slice(0, queryAt),
      query: queryAt === -1 ? "" : target.slice(queryAt + 1),
      route: undefined,
      consumer: undefined,
      layer: undefined,
      isStream: false,
      problem: undefined,
      traceId,
      status: 0,
      durationMs: 0,
      isAborted: false,
    };
    load.begin();
    res.once("close", () => this.#end(res, state));
    return state;
  }

  /** Answers with what went wrong; an answer that has begun is cut off. */
  fail(res: ServerResponse, state: RequestState, error: unknown): void {
    state.problem = problemOf(error);
    if (res.headersSent) res.destroy();
    else this.#options.writer.writeProblem(res, state.problem, state);
  }

  #end(res: ServerResponse, state: RequestState): void {
    const { log, load, observer } = this.#options;
    load.end(state);
    state.status = res.statusCode;
    state.durationMs = performance.now() - state.startedMs;
    state.isAborted = !res.writableFinished;
    observer?.(state);
    logRequest(log, state);
  }
}

export function framed(frame: RequestFrame): Middleware<RequestState> {
  return async (ctx, next) => {
    const { req, res } = ctx;
    // The answer is written straight to `res`.
    ctx.respond = false;
    const [target, fault] = targetOf(req.url ?? "/", req.method ?? "");
    // Spans are made before the frame.
    const state = frame.begin(req, res, target, ctx.state.traceId);
    ctx.state = state;
    req.url = target;
    try {
      if (fault !== undefined) throw fault;
      checkPath(state.path);
      await next();
    } catch (error) {
      frame.fail(res, state, error);
    }
  };
}

function targetOf(url: string, method: string): readonly [target: string, fault?: Problem] {
  // OPTIONS * asks about the server as a whole (RFC 9110, section 9.3.7).
  if (url === "*" && method === "OPTIONS") return ["*"];
  try {
    return [originForm(url)];
  } catch (error) {
    return ["/", problemOf(error)];
  }
}

function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Headers are never logged, they hold keys; nor is a query that was not understood, it may hold one by mistake. */
function logRequest(log: Logger, state: RequestState): void {
  const { problem, path, query, status } = state;
  const line = {
    requestId: state.requestId,
    traceId: state.traceId,
    method: state.method,
    path: path.slice(0, MAX_LOGGED),
    query: query === "" || status === 400 ? undefined : query.slice(0, MAX_LOGGED),
    status,
    ms: Math.round(state.durationMs * 100) / 100,
    consumer: state.consumer,
    aborted: state.isAborted ? true : undefined,
    code: problem?.code,
    parameter: problem?.parameter,
  };
  if (problem?.code === "internal") log.error({ ...line, err: problem.cause }, "request failed");
  else if (problem?.status === 503) log.warn({ ...line, reason: reasonOf(problem) }, "request turned away");
  else if (path.startsWith("/health/") || path === "/metrics") log.debug(line, "request");
  else logInfo(log, line, "request");
}

function reasonOf(problem: Problem): string {
  return isRetryable(problem.cause) ? (problem.cause as Error).message : problem.message;
}
