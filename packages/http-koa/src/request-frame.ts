/** What happens around every request: its id, its caller, the limit, the log line, and the answer to any failure. */

import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { isRetryable } from "@movie-store/core";
import type { Context, Middleware } from "koa";
import type { AnswerWriter, Circumstances } from "./answer.ts";
import { ApiKeys } from "./api-keys.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./logger.ts";
import { Problem, problemOf } from "./problem.ts";
import { checkPath, originForm } from "./target.ts";

/** What the frame knows of a request; handlers find it in `ctx.state`. */
export interface RequestState extends Circumstances {
  readonly path: string;
  /** Behind the question mark, undecoded. */
  readonly query: string;
  consumer: string | undefined;
  problem: Problem | undefined;
}

export interface FrameOptions {
  readonly config: Pick<Config, "apiKeys">;
  readonly log: Logger;
  readonly writer: AnswerWriter;
  readonly isStopping: () => boolean;
  /** Requests beyond so many at once are turned away. */
  readonly maxInFlight: number;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const MAX_LOGGED = 500;

export function requestFrame(options: FrameOptions): Middleware<RequestState> {
  const { log, writer, isStopping, maxInFlight } = options;
  const keys = new ApiKeys(options.config.apiKeys);
  let inFlight = 0;

  function admit(ctx: Context, state: RequestState): void {
    checkPath(state.path);
    // Load balancers ask for health; they have no key, and must see a busy process as a living one.
    if (state.path.startsWith("/health/")) return;
    if (keys.required) {
      state.consumer = keys.consumerOf(ctx.req.headers);
      if (state.consumer === undefined) throw unauthorized();
    }
    if (inFlight > maxInFlight) throw new Problem("overloaded", "too many requests at once; try again");
  }

  return async (ctx, next) => {
    const { req, res } = ctx;
    // The answer is written straight to `res`, in one piece.
    ctx.respond = false;
    const requestId = requestIdOf(req.headers["x-request-id"]);
    const startedMs = performance.now();
    const [target, fault] = targetOf(req.url ?? "/", req.method);
    const queryAt = target.indexOf("?");
    const state: RequestState = {
      requestId,
      startedMs,
      ifNoneMatch: req.headers["if-none-match"],
      lastOfConnection: isStopping(),
      path: queryAt === -1 ? target : target.slice(0, queryAt),
      query: queryAt === -1 ? "" : target.slice(queryAt + 1),
      consumer: undefined,
      problem: undefined,
    };
    ctx.state = state;
    req.url = target;
    inFlight++;
    res.once("close", () => {
      inFlight--;
      logRequest(log, req.method ?? "", res, state);
    });
    try {
      if (fault !== undefined) throw fault;
      admit(ctx, state);
      await next();
    } catch (error) {
      state.problem = problemOf(error);
      if (res.headersSent) res.destroy();
      else writer.writeProblem(res, state.problem, state);
    }
  };
}

function targetOf(url: string, method: string | undefined): readonly [target: string, fault?: Problem] {
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

function unauthorized(): Problem {
  return new Problem("unauthorized", "send your API key as X-Api-Key or as Authorization: Bearer", {
    headers: ["WWW-Authenticate", 'Bearer realm="movie-store"'],
  });
}

/** Headers are never logged, they hold keys; nor is a query that was not understood, it may hold one by mistake. */
function logRequest(log: Logger, method: string, res: ServerResponse, state: RequestState): void {
  const { problem, path, query } = state;
  const line = {
    requestId: state.requestId,
    method,
    path: path.slice(0, MAX_LOGGED),
    query: query === "" || res.statusCode === 400 ? undefined : query.slice(0, MAX_LOGGED),
    status: res.statusCode,
    ms: Math.round((performance.now() - state.startedMs) * 100) / 100,
    consumer: state.consumer,
    aborted: res.writableFinished ? undefined : true,
    code: problem?.code,
    parameter: problem?.parameter,
  };
  if (problem?.code === "internal") log.error({ ...line, err: problem.cause }, "request failed");
  else if (problem?.status === 503) log.warn({ ...line, reason: reasonOf(problem) }, "request turned away");
  else if (path.startsWith("/health/")) log.debug(line, "request");
  else log.info(line, "request");
}

function reasonOf(problem: Problem): string {
  return isRetryable(problem.cause) ? (problem.cause as Error).message : problem.message;
}
