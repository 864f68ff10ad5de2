import { MovieStoreError } from "@movie-store/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { HEAT } from "../../test/films.ts";
import { type CollectedSpan, type OtlpCollector, startCollector } from "../../test/otlp-collector.ts";
import { ingest, LogLines, TroubledRepository } from "../../test/running-api.ts";
import { loadConfig } from "../config.ts";
import { createContainer, STORE } from "../container.ts";
import { createLogger } from "../logger.ts";
import { openObservation } from "../observation.ts";
import { startServer } from "../server.ts";

interface TracedApi {
  readonly url: string;
  readonly log: LogLines;
  readonly troubled: TroubledRepository;
  readonly collector: OtlpCollector;
  /** Ends it, and with it sends what is left. */
  stop(): Promise<readonly CollectedSpan[]>;
  take(films: Parameters<typeof ingest>[1]): Promise<unknown>;
}

async function startTraced(environment: Readonly<Record<string, string>> = {}): Promise<TracedApi> {
  const collector = await startCollector();
  onTestFinished(() => collector.stop());
  const config = loadConfig({
    HOST: "127.0.0.1",
    PORT: "0",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...environment,
  });
  const log = new LogLines();
  const logger = createLogger("debug", log);
  const troubled = new TroubledRepository();
  const observation = await openObservation(config, logger);
  const container = createContainer(config, { logger, observation, repository: troubled.repository });
  const store = container.resolve(STORE);
  const server = await startServer({ store, config, log: logger, observation });
  const stop = async () => {
    await server.stop(0);
    await container.close();
    await observation.close();
    return collector.spans;
  };
  onTestFinished(async () => void (await stop()));
  return { url: server.url, log, troubled, collector, stop, take: (films) => ingest(store, films) };
}

const PARENT = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };

function named(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const span = spans.find((span) => span.name === name);
  if (span === undefined)
    throw new Error(`no span ${name} among ${spans.map(({ name }) => name).join(", ")}`);
  return span;
}

describe("a request", () => {
  test("is a trace of itself and of the calls that it made, below the span of who asked", async () => {
    const api = await startTraced({
      OTEL_SERVICE_NAME: "films",
      OTEL_RESOURCE_ATTRIBUTES: "k8s.pod.name=films%2D1",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20s3cret",
    });
    const headers = { traceparent: `00-${PARENT.trace}-${PARENT.span}-01` };
    await fetch(`${api.url}/v1/movies?year=1995`, { headers });
    expect(await api.log.line({ path: "/v1/movies" })).toMatchObject({ traceId: PARENT.trace });
    const spans = await api.stop();
    const request = named(spans, "GET /v1/movies");
    expect(request).toMatchObject({ traceId: PARENT.trace, parentSpanId: PARENT.span, kind: 2, status: 0 });
    expect(request.attributes).toMatchObject({
      "http.request.method": "GET",
      "http.route": "/v1/movies",
      "url.path": "/v1/movies",
      "http.response.status_code": 200,
      "movie_store.cache.layer": "db",
    });
    expect(request.resource).toMatchObject({ "service.name": "films", "k8s.pod.name": "films-1" });
    for (const name of ["Cache.get", "MovieRepository.find", "Cache.set"])
      expect(named(spans, name)).toMatchObject({ traceId: PARENT.trace, parentSpanId: request.spanId });
    expect(named(spans, "Cache.get").attributes).toEqual({ "movie_store.cache.layer": "none" });
    expect(api.collector.headers[0]).toMatchObject({ authorization: "Bearer s3cret" });
  });

  test("that a cache answered says which", async () => {
    const api = await startTraced();
    await fetch(`${api.url}/v1/movies`);
    await fetch(`${api.url}/v1/movies`);
    const requests = (await api.stop()).filter(({ name }) => name === "GET /v1/movies");
    expect(requests.map(({ attributes }) => attributes["movie_store.cache.layer"])).toEqual(["db", "l1"]);
    expect(new Set(requests.map(({ traceId }) => traceId)).size).toBe(2);
  });

  test("that failed is a failure with its call, and what the caller did wrong is none", async () => {
    const api = await startTraced();
    await fetch(`${api.url}/v1/movies?year=soon`);
    await fetch(`${api.url}/nothing/of/the/kind`);
    api.troubled.before = async (method) => {
      if (method === "find") throw new MovieStoreError("unavailable", "the disk is full");
    };
    await fetch(`${api.url}/v1/movies`);
    const spans = await api.stop();
    expect(named(spans, "MovieRepository.find")).toMatchObject({
      status: 2,
      attributes: { "error.type": "unavailable" },
    });
    const [bad, failed] = spans.filter(({ name }) => name === "GET /v1/movies");
    expect(bad).toMatchObject({ status: 0, attributes: { "http.response.status_code": 400 } });
    expect(failed).toMatchObject({ status: 2, attributes: { "movie_store.problem": "unavailable" } });
    // The path of nothing is no name: callers would make names without end.
    expect(named(spans, "GET")).toMatchObject({
      status: 0,
      attributes: { "movie_store.problem": "unknown-path" },
    });
  });

  test("for health or metrics is none, nor is the following of changes", async () => {
    const api = await startTraced();
    await fetch(`${api.url}/health/ready`);
    await fetch(`${api.url}/metrics`);
    await fetch(`${api.url}/v1/movies`);
    const { promise: followed, resolve } = Promise.withResolvers<void>();
    api.troubled.before = async (method) => {
      if (method === "changes") resolve();
    };
    await followed;
    const spans = await api.stop();
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });
});

test("a batch that is taken in is a trace of its own", async () => {
  const api = await startTraced();
  await api.take([HEAT]);
  const spans = await api.stop();
  const batch = named(spans, "ingest");
  expect(batch).toMatchObject({
    parentSpanId: undefined,
    attributes: { "movie_store.objects": 1, "movie_store.accepted": 1 },
  });
  expect(named(spans, "MovieRepository.append")).toMatchObject({
    traceId: batch.traceId,
    parentSpanId: batch.spanId,
  });
});

test.each([
  ["always_off", "1", 0],
  ["traceidratio", "0", 0],
  ["parentbased_always_off", "1", 1],
  ["parentbased_traceidratio", "1", 2],
])(
  "the sampler %s with %s keeps %i of two traces, one of which was begun elsewhere",
  async (sampler, ratio, kept) => {
    const api = await startTraced({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio });
    const headers = { traceparent: `00-${PARENT.trace}-${PARENT.span}-01` };
    await fetch(`${api.url}/v1/movies`, { headers });
    await fetch(`${api.url}/v1/movies`);
    const spans = await api.stop();
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(kept);
  },
);

test("a collector that refuses is told of once, and holds nobody up", async () => {
  const api = await startTraced();
  api.collector.status = 400;
  expect((await fetch(`${api.url}/v1/movies`)).status).toBe(200);
  expect(await api.stop()).toEqual([]);
  expect(await api.log.line({ msg: "traces can't be sent" })).toMatchObject({ level: "warn" });
});

test("without an endpoint nothing of it is there", async () => {
  const { tracing } = await openObservation(loadConfig({}), createLogger("silent"));
  expect(tracing).toBeUndefined();
});
