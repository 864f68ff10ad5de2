/** The Koa application: the frame, the routes, and what is answered where there is none. */

import type { IncomingMessage, ServerResponse } from "node:http";
import Router, { type RouterContext } from "@koa/router";
import type { MovieStore } from "@movie-store/core";
import Koa, { type Middleware } from "koa";
import { Admission } from "./admission.ts";
import { AnswerWriter, isStream } from "./answer.ts";
import type { ChangeFeed } from "./change-feed.ts";
import type { Config } from "./config.ts";
import { Cors } from "./cors.ts";
import { DirectAnswers } from "./direct-answers.ts";
import { Load } from "./load.ts";
import type { Logger } from "./logger.ts";
import { Problem } from "./problem.ts";
import { framed, RequestFrame, type RequestObserver, type RequestState } from "./request-frame.ts";
import type { ApiRequest, Route } from "./route.ts";
import { changesRoutes } from "./routes/changes.ts";
import { docsRoutes } from "./routes/docs.ts";
import { documentRoutes } from "./routes/document.ts";
import { explorerRoutes } from "./routes/explorer.ts";
import { exportRoutes } from "./routes/export.ts";
import { healthRoutes } from "./routes/health.ts";
import { movieRoutes } from "./routes/movie.ts";
import { moviesRoutes } from "./routes/movies.ts";
import { updatesRoutes } from "./routes/updates.ts";
import { valuesRoutes } from "./routes/values.ts";
import { StreamWriter } from "./stream-writer.ts";
import { requestSpans } from "./tracing/request-spans.ts";
import type { Tracing } from "./tracing/tracing.ts";

export interface AppOptions {
  readonly store: MovieStore;
  /** What GET /v1/changes streams from; who made it calls its `look`. */
  readonly feed: ChangeFeed;
  readonly config: Pick<
    Config,
    "apiKeys" | "corsOrigins" | "edgeMaxAgeSeconds" | "posterHosts" | "rateLimitPerMinute"
  >;
  readonly log: Logger;
  /** Once aborted, readiness fails, each answer ends its connection, and streams end. Default: never. */
  readonly stopping?: AbortSignal;
  /** Told of each request at its end. */
  readonly observer?: RequestObserver;
  /** Makes a span of each request. */
  readonly tracing?: Tracing | undefined;
  /** Further resources; their paths are not among those of this application. */
  readonly routes?: readonly Route[];
  /** Requests beyond so many at once are answered with 503, but for what is at hand. Default 1,000. */
  readonly maxInFlight?: number;
  /** Streams beyond so many at once are answered with 503. Default 1,000. */
  readonly maxStreams?: number;
  /** The connection of a stream whose client has read nothing for so long is cut off. Default 30,000. */
  readonly maxStallMs?: number;
  /** A stream of changes in which nothing happens says so every so often. Default 15,000. */
  readonly heartbeatMs?: number;
  /** How long the store may take to show that it is ready, in milliseconds. Default 1,000. */
  readonly readyWithinMs?: number;
}

/** What node:http needs of the application. */
export interface App {
  callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  /** What is under way. */
  readonly load: Pick<Load, "requests" | "streams">;
}

export function createApp(options: AppOptions): App {
  const { store, config, log, observer } = options;
  const stopping = options.stopping ?? new AbortController().signal;
  const keysRequired = config.apiKeys.length > 0;
  const cors = new Cors(config.corsOrigins);
  const writer = new AnswerWriter({ ...config, keysRequired, always: cors.always });
  const load = new Load({
    maxInFlight: options.maxInFlight ?? 1_000,
    maxStreams: options.maxStreams ?? 1_000,
  });
  const parts: Parts = {
    writer,
    streams: new StreamWriter({ writer, stopping, maxStallMs: options.maxStallMs ?? 30_000 }),
    admission: new Admission(config),
    load,
    cors,
  };
  const resources = [
    ...moviesRoutes(store),
    ...movieRoutes(store),
    ...exportRoutes(store),
    ...valuesRoutes(store),
    ...changesRoutes(store, options.feed, options.heartbeatMs ?? 15_000),
    ...updatesRoutes(store),
    ...healthRoutes(store, stopping, options.readyWithinMs ?? 1_000),
    ...(options.routes ?? []),
  ];
  const routes = [
    ...resources,
    ...documentRoutes(resources, { keysRequired, isRateLimited: config.rateLimitPerMinute > 0 }),
    ...docsRoutes(),
    ...explorerRoutes(config),
  ];
  const router = new Router<RequestState>({ strict: true, sensitive: true });
  for (const route of routes) router.get(route.path, answering(route, parts));

  // `proxy` stays off: nothing here depends on X-Forwarded-* or Host.
  const app = new Koa<RequestState>();
  app.on("error", (error) => log.warn({ err: error }, "a connection failed"));
  if (options.tracing !== undefined) app.use(requestSpans(options.tracing));
  const frame = new RequestFrame({ log, writer, load, cors, stopping, observer });
  app.use(framed(frame));
  app.use(router.routes() as Middleware<RequestState>);
  app.use(otherwise(parts));
  // Spans are Koa's.
  const direct = new DirectAnswers({
    routes: options.tracing === undefined ? routes : [],
    frame,
    ...parts,
  });
  return {
    callback: () => {
      const handle = app.callback();
      return async (req, res) => {
        if (!direct.answer(req, res)) await handle(req, res);
      };
    },
    load,
  };
}

interface Parts {
  readonly writer: AnswerWriter;
  readonly streams: StreamWriter;
  readonly admission: Admission;
  readonly load: Load;
  readonly cors: Cors;
}

function answering(route: Route, { writer, streams, admission, load }: Parts) {
  return async (ctx: RouterContext<RequestState>) => {
    const { req, res, state } = ctx;
    state.route = route.path;
    admission.admit(req, state, route);
    if (route.isUnlimited !== true) load.check();
    const answer = await route.handle(new KoaRequest(ctx));
    if (!isStream(answer)) {
      state.layer = answer.layer;
      writer.write(res, answer, state);
    } else if (state.method === "HEAD") {
      writer.beginStream(res, answer, state);
      res.end();
    } else {
      load.becomeStream(state);
      await streams.write(res, answer, state);
    }
  };
}

/** Its functions are made when they are asked for: most handlers need none of them. */
class KoaRequest implements ApiRequest {
  readonly #ctx: RouterContext<RequestState>;

  constructor(ctx: RouterContext<RequestState>) {
    this.#ctx = ctx;
  }

  get id(): string {
    return this.#ctx.params["id"] ?? "";
  }

  get query(): string {
    return this.#ctx.state.query;
  }

  get header(): ApiRequest["header"] {
    return (name) => {
      const value = this.#ctx.req.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    };
  }

  get accepts(): ApiRequest["accepts"] {
    return (mediaType) => this.#ctx.accepts(mediaType) !== false;
  }

  get preferred(): ApiRequest["preferred"] {
    return (mediaTypes) => this.#ctx.accepts(...mediaTypes) || undefined;
  }

  get acceptsEncoding(): ApiRequest["acceptsEncoding"] {
    return (encoding) => this.#ctx.acceptsEncodings(encoding) !== false;
  }
}

/** Of every resource. */
const METHODS = "GET, HEAD, OPTIONS";

/** No route has this path and method. */
function otherwise({ writer, admission, load, cors }: Parts): Middleware<RequestState> {
  return async (ctx) => {
    const { req, res, state, method } = ctx;
    // A browser asks before it sends a key; what is there, or not, it learns by the request that follows.
    if (method === "OPTIONS" && req.headers["access-control-request-method"] !== undefined) {
      writer.writeOptions(res, METHODS, cors.preflightHeaders(METHODS), state);
      return;
    }
    admission.admit(req, state, undefined);
    load.check();
    const layers: readonly unknown[] = ctx["matched"] ?? [];
    if (layers.length === 0 && state.path !== "*") throw new Problem("unknown-path", "there is nothing here");
    if (method === "OPTIONS") {
      writer.writeOptions(res, METHODS, [], state);
      return;
    }
    throw new Problem("method-not-allowed", `${method} is not among the methods of this resource`, {
      headers: ["Allow", METHODS],
    });
  };
}
