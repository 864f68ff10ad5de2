/** A span for each request. Its attributes have the names of OpenTelemetry's semantic conventions for HTTP, where there are any. */

import type { Middleware } from "koa";
import type { RequestState } from "../request-frame.ts";
import type { SpanOutcome, Tracing } from "./tracing.ts";

/** To be used before the frame: what the frame knows of a request is read at its end. */
export function requestSpans(tracing: Tracing): Middleware<RequestState> {
  return async (ctx, next) => {
    const { req, res } = ctx;
    // They come every few seconds for as long as a process lives, and tell nothing.
    if (ctx.path.startsWith("/health/") || ctx.path === "/metrics") return next();
    const span = tracing.beginRequest(req.headers, `${req.method}`, {
      "http.request.method": req.method,
      "url.path": ctx.path,
      "url.scheme": "http",
    });
    ctx.state.traceId = span.traceId;
    res.once("close", () => span.end(outcomeOf(ctx.state, res.statusCode)));
    await span.within(next);
  };
}

function outcomeOf(state: RequestState, status: number): SpanOutcome {
  const { method, route, problem } = state;
  return {
    name: route === undefined ? method : `${method} ${route}`,
    attributes: {
      "http.route": route,
      "http.response.status_code": status,
      "movie_store.cache.layer": state.layer,
      "movie_store.consumer": state.consumer,
      "movie_store.request_id": state.requestId,
      "movie_store.problem": problem?.code,
    },
    // What the caller did wrong is no failure of this service.
    ...(status >= 500 ? { error: problem ?? new Error(`${status}`) } : {}),
  };
}
