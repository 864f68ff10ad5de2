/** The Koa application: the frame, the routes, and what is answered where there is none. */

import type { IncomingMessage, ServerResponse } from "node:http";
import Router, { type RouterContext } from "@koa/router";
import type { MovieStore } from "@movie-store/core";
import Koa, { type Middleware } from "koa";
import { AnswerWriter } from "./answer.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./logger.ts";
import { Problem } from "./problem.ts";
import { type RequestState, requestFrame } from "./request-frame.ts";
import type { Route } from "./route.ts";
import { changesRoutes } from "./routes/changes.ts";
import { healthRoutes } from "./routes/health.ts";
import { movieRoutes } from "./routes/movie.ts";
import { moviesRoutes } from "./routes/movies.ts";
import { updatesRoutes } from "./routes/updates.ts";

export interface AppOptions {
  readonly store: MovieStore;
  readonly config: Pick<Config, "apiKeys" | "edgeMaxAgeSeconds">;
  readonly log: Logger;
  /** Once true, readiness fails and each answer ends its connection. Default: never. */
  readonly isStopping?: () => boolean;
  /** Requests beyond so many at once are answered with 503. Default 1,000. */
  readonly maxInFlight?: number;
  /** How long the store may take to show that it is ready, in milliseconds. Default 1,000. */
  readonly readyWithinMs?: number;
}

/** What node:http needs of the application. */
export interface App {
  callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

export function createApp(options: AppOptions): App {
  const { store, config, log } = options;
  const isStopping = options.isStopping ?? (() => false);
  const writer = new AnswerWriter({
    edgeMaxAgeSeconds: config.edgeMaxAgeSeconds,
    keysRequired: config.apiKeys.length > 0,
  });
  const routes = [
    ...moviesRoutes(store),
    ...movieRoutes(store),
    ...changesRoutes(store),
    ...updatesRoutes(store),
    ...healthRoutes(store, isStopping, options.readyWithinMs ?? 1_000),
  ];
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  for (const route of routes) router.get(route.path, answering(route, writer));

  // `proxy` stays off: nothing here depends on X-Forwarded-* or Host.
  const app = new Koa<RequestState>();
  app.on("error", (error) => log.warn({ err: error }, "a connection failed"));
  app.use(requestFrame({ config, log, writer, isStopping, maxInFlight: options.maxInFlight ?? 1_000 }));
  app.use(router.routes() as Middleware<RequestState>);
  app.use(otherwise(writer));
  return app;
}

function answering({ handle }: Route, writer: AnswerWriter) {
  return async (ctx: RouterContext<RequestState>) => {
    const answer = await handle({
      id: ctx.params["id"] ?? "",
      query: ctx.state.query,
      accepts: (mediaType) => ctx.accepts(mediaType) !== false,
    });
    writer.write(ctx.res, answer, ctx.state);
  };
}

/** No route has this path and method. */
function otherwise(writer: AnswerWriter): Middleware<RequestState> {
  return async (ctx) => {
    const { path } = ctx.state;
    const layers: readonly { readonly methods: readonly string[] }[] = ctx["matched"] ?? [];
    if (layers.length === 0 && path !== "*") throw new Problem("unknown-path", "there is nothing here");
    const methods = new Set(["GET", "HEAD", "OPTIONS", ...layers.flatMap((layer) => layer.methods)]);
    const allow = [...methods].sort().join(", ");
    if (ctx.method === "OPTIONS") {
      writer.writeOptions(ctx.res, allow, ctx.state);
      return;
    }
    throw new Problem("method-not-allowed", `${ctx.method} is not among the methods of this resource`, {
      headers: ["Allow", allow],
    });
  };
}
