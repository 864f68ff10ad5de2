/** The listening server: the limits of node:http, the following of changes, and the graceful stop. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type AppOptions, createApp } from "./app.ts";
import { ChangeFeed } from "./change-feed.ts";
import type { Config } from "./config.ts";
import { Cors } from "./cors.ts";
import { followChanges } from "./follow-changes.ts";
import { GracefulStop } from "./graceful-stop.ts";
import type { Observation } from "./observation.ts";
import { answerParserErrors } from "./parser-errors.ts";
import { Pipelines } from "./pipelines.ts";
import { metricsRoute } from "./routes/metrics.ts";

/** Longer than the 60 s after which load balancers let idle connections go, or they would send into closed ones. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const HEADERS_TIMEOUT_MS = 66_000;
/** There are no bodies to wait for. */
const REQUEST_TIMEOUT_MS = 70_000;
/** Longer than the silence of a stream, and than the longest wait for the store. */
const SILENCE_TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 10_000;
/** Request line and headers together; beyond it the parser gives up: 431. */
const MAX_HEADER_BYTES = 16_384;

export interface ServerOptions extends Omit<AppOptions, "config" | "feed" | "stopping" | "tracing"> {
  readonly config: AppOptions["config"] &
    Pick<Config, "host" | "port" | "metricsOpen" | "shutdownGraceSeconds">;
  /** Is told of each request, and shown under /metrics. Default: there is no /metrics. */
  readonly observation?: Observation;
  /** Connections beyond so many at once are closed unheard. Default 10,000. */
  readonly maxConnections?: number;
  /** A request whose headers take longer to come is refused. Default 66,000. */
  readonly headersTimeoutMs?: number;
  /** A connection on which nothing has moved for so long while an answer is due is cut off. Default 60,000. */
  readonly silenceTimeoutMs?: number;
}

export interface RunningServer {
  readonly port: number;
  /** Where a browser on this machine finds it. */
  readonly url: string;
  /**
   * Fails readiness, lets clients finish and go elsewhere, and closes. Requests that come in the meantime are
   * answered. The store stays open. A second call returns the same promise.
   *
   * @param graceSeconds after which what is still open is cut off; default SHUTDOWN_GRACE_SECONDS.
   */
  stop(graceSeconds?: number): Promise<void>;
}

/** @throws the error of `listen`, such as EADDRINUSE. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { store, config, log } = options;
  const stopping = new AbortController();
  let stopped: Promise<void> | undefined;
  const feed = new ChangeFeed({ store });
  const app = createApp({ ...options, ...observed(options), feed, stopping: stopping.signal });
  options.observation?.metrics.watchLoad(app.load);
  const handle = app.callback();
  const pipelines = new Pipelines();
  const headersTimeout = options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS;
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      headersTimeout,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Half of the time that is waited for: it is looked at from time to time only.
      connectionsCheckingInterval: Math.min(30_000, headersTimeout / 2),
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    (req, res) => {
      if (!pipelines.begin(req, res)) return;
      handle(req, res).catch((error) => log.error({ err: error }, "a request was not answered"));
    },
  );
  answerParserErrors(server, log, pipelines, new Cors(config.corsOrigins).always, (problem) =>
    options.observation?.metrics.requests.takeUnparsed(problem),
  );
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
  server.timeout = options.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS;
  const graceful = new GracefulStop(server);
  await listen(server, config);
  const stopFollowing = followChanges({ store, feed, log });
  const { port } = server.address() as AddressInfo;

  async function stop(graceSeconds: number): Promise<void> {
    stopping.abort();
    const cutOff = await graceful.stop(graceSeconds * 1_000);
    await stopFollowing();
    log.info({ cutOff }, "the API has stopped");
  }

  return {
    port,
    url: `http://${hostInUrl(config.host)}:${port}`,
    stop: (graceSeconds = config.shutdownGraceSeconds) => {
      stopped ??= stop(graceSeconds);
      return stopped;
    },
  };
}

function observed({
  observation,
  config,
  observer,
  routes = [],
}: ServerOptions): Pick<AppOptions, "observer" | "routes" | "tracing"> {
  if (observation === undefined) return {};
  const { metrics, tracing } = observation;
  return {
    observer: (request) => {
      metrics.requests.take(request);
      observer?.(request);
    },
    routes: [...routes, metricsRoute(metrics, config.metricsOpen)],
    tracing,
  };
}

function listen(server: Server, { host, port }: Pick<Config, "host" | "port">): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(host === undefined ? { port } : { host, port }, () => {
    server.off("error", reject);
    resolve();
  });
  return promise;
}

function hostInUrl(host: string | undefined): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
