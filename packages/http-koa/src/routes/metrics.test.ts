import { MovieStoreError } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { HEAT, RONIN } from "../../test/films.ts";
import { ingest, type RunningApi, startApi, TroubledRepository } from "../../test/running-api.ts";
import { metricValue, samplesOf } from "../../test/scrape.ts";

async function scrape(api: RunningApi, init?: RequestInit): Promise<string> {
  const response = await api.get("/metrics", init);
  expect(response.status).toBe(200);
  return response.text();
}

/** Requests are counted when their answer has left, which may be after the client has it. */
async function scrapeOnce(api: RunningApi, requests: number): Promise<string> {
  for (;;) {
    const text = await scrape(api);
    const ended = samplesOf(text).filter(
      ({ name, labels }) => name === "movie_store_http_requests_total" && labels["route"] !== "/metrics",
    );
    if (ended.reduce((sum, { value }) => sum + value, 0) >= requests) return text;
  }
}

describe("requests", () => {
  test("are counted by route, method, status and layer, and timed", async () => {
    const api = await startApi({ films: [HEAT, RONIN] });
    const { movies } = (await (await api.get("/v1/movies?year=1995")).json()) as { movies: { id: string }[] };
    await api.get("/v1/movies?year=1995");
    await api.get(`/v1/movies/${movies[0]?.id}`);
    await api.get("/v1/movies?year=1995", { method: "HEAD" });
    await api.get("/v1/movies?year=soon");
    const text = await scrapeOnce(api, 5);
    const count = (labels: Record<string, string>) =>
      metricValue(text, "movie_store_http_requests_total", labels);
    const search = { route: "/v1/movies", consumer: "" };
    expect(count({ ...search, method: "GET", status: "200", layer: "db" })).toBe(1);
    expect(count({ ...search, method: "GET", status: "200", layer: "l1" })).toBe(1);
    expect(count({ ...search, method: "HEAD", status: "200", layer: "l1" })).toBe(1);
    expect(count({ ...search, method: "GET", status: "400", layer: "none" })).toBe(1);
    expect(count({ route: "/v1/movies/:id", status: "200" })).toBe(1);
    expect(metricValue(text, "movie_store_http_problems_total", { code: "invalid-query" })).toBe(1);
    const seconds = "movie_store_http_request_duration_seconds";
    expect(metricValue(text, `${seconds}_count`, { route: "/v1/movies", layer: "l1" })).toBe(2);
    expect(metricValue(text, `${seconds}_bucket`, { route: "/v1/movies", layer: "l1", le: "+Inf" })).toBe(2);
    expect(metricValue(text, `${seconds}_sum`, { route: "/v1/movies", layer: "l1" })).toBeGreaterThan(0);
    expect(metricValue(text, "movie_store_http_requests_in_flight")).toBe(1);
    expect(metricValue(text, "movie_store_cache_lookups_total", { layer: "l1" })).toBe(2);
  });

  test("make no new series, whatever is asked for", async () => {
    const api = await startApi();
    const seriesOf = (text: string) =>
      samplesOf(text)
        .filter(({ name }) => name.startsWith("movie_store_http"))
        .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
    const odd = async (at: number) => {
      await api.get(`/v1/${at}`);
      await api.get(`/v1/movies/${at}`);
      await api.get(`/v1/movies?nothing${at}=1`, { headers: { "X-Api-Key": `key-${at}` } });
      await api.get("/v1/movies", { headers: { "X-Request-Id": `id-${at}` } });
      await api.get("/v1/movies", {
        method: ["PUT", "POST", "DELETE", "PATCH", "LOCK", "PURGE"][at] as string,
      });
      await api.raw(`GET / HTTP/1.1\r\nHost: x\r\nX-${"a".repeat(20_000 + at)}: 1\r\n\r\n`);
    };
    await scrape(api);
    for (let at = 0; at < 3; at++) await odd(at);
    const before = seriesOf(await scrapeOnce(api, 18));
    for (let at = 3; at < 6; at++) await odd(at);
    expect(seriesOf(await scrapeOnce(api, 36))).toEqual(before);
    expect(before.filter((series) => series.includes('"status":"431"'))).toHaveLength(1);
  });

  test("with a key are counted for its consumer", async () => {
    const api = await startApi({ environment: { API_KEYS: "web:0123456789,app:abcdefghij" } });
    const web = { headers: { "X-Api-Key": "0123456789" } };
    await api.get("/v1/movies", web);
    await api.get("/v1/movies", web);
    await api.get("/v1/movies", { headers: { "X-Api-Key": "somebody else" } });
    await api.log.line({ code: "unauthorized" });
    const text = await scrape(api, web);
    const count = (labels: Record<string, string>) =>
      metricValue(text, "movie_store_http_requests_total", labels);
    expect(count({ route: "/v1/movies", consumer: "web", status: "200" })).toBe(2);
    expect(count({ status: "401", consumer: "" })).toBe(1);
    expect(text).not.toContain("somebody");
  });

  test("whose client went away are neither a success nor timed, and streams are not timed", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository });
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    troubled.before = async (method) => {
      if (method !== "find") return;
      begin();
      await held;
    };
    const client = new AbortController();
    const asking = api.get("/v1/movies", { signal: client.signal }).catch(() => {});
    await begun;
    expect(metricValue(await scrape(api), "movie_store_http_requests_in_flight")).toBe(2);
    client.abort();
    await asking;
    await api.log.line({ path: "/v1/movies", aborted: true });
    release();

    const stream = new AbortController();
    const events = await api.get("/v1/changes", {
      signal: stream.signal,
      headers: { Accept: "text/event-stream" },
    });
    expect(events.status).toBe(200);
    expect(metricValue(await scrape(api), "movie_store_http_streams_open")).toBe(1);
    stream.abort();
    await api.log.line({ path: "/v1/changes", aborted: true });
    const text = await scrape(api);
    const count = (labels: Record<string, string>) =>
      metricValue(text, "movie_store_http_requests_total", labels);
    expect(count({ route: "/v1/movies", status: "aborted" })).toBe(1);
    expect(count({ route: "/v1/changes", status: "200" })).toBe(1);
    expect(metricValue(text, "movie_store_http_streams_open")).toBe(0);
    for (const route of ["/v1/movies", "/v1/changes"])
      expect(metricValue(text, "movie_store_http_request_duration_seconds_count", { route }) ?? 0).toBe(0);
  });
});

describe("what is taken in", () => {
  test("is counted by verdict and reason, with its delay", async () => {
    const api = await startApi();
    const eventTimeMs = Date.now();
    const object = (key: string, text: string, at = eventTimeMs) =>
      api.store.ingest({ bucket: "b", key, eventTimeMs: at, bytes: new TextEncoder().encode(text) });
    await object("providers/acme/1.json", '{"id":"1","title":"One","year":1999}');
    await object("providers/acme/1.json", '{"id":"1","title":"One","year":1999}');
    await object("providers/acme/2.json", "{");
    await object("providers/acme/3.json", '{"id":"3","title":"Old","year":1999}', eventTimeMs - 3_600_000);
    const text = await scrape(api);
    const verdict = (verdict: string) => metricValue(text, "movie_store_ingest_updates_total", { verdict });
    expect([verdict("accepted"), verdict("duplicate"), verdict("superseded"), verdict("rejected")]).toEqual([
      2, 1, 0, 1,
    ]);
    expect(metricValue(text, "movie_store_ingest_rejections_total", { code: "bad-json" })).toBe(1);
    expect(metricValue(text, "movie_store_ingest_rejections_total", { code: "gone" })).toBe(0);
    // The old one was waiting before this process began: that is not its delay.
    expect(metricValue(text, "movie_store_ingest_delay_seconds_count")).toBe(1);
    expect(metricValue(text, "movie_store_version")).toBe(2);
    expect(metricValue(text, "movie_store_store_up")).toBe(1);
  });

  test("and fails to be is counted too", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository });
    troubled.before = async () => {
      throw new MovieStoreError("unavailable", "the disk is full");
    };
    await expect(ingest(api.store, [HEAT])).rejects.toThrow("the disk is full");
    expect(metricValue(await scrape(api), "movie_store_ingest_failures_total")).toBe(1);
  });
});

test("a store that is away is told as that, without a number that looks like a current one", async () => {
  const troubled = new TroubledRepository();
  const api = await startApi({ repository: troubled.repository, films: [HEAT] });
  troubled.before = async () => {
    throw new MovieStoreError("unavailable", "the disk is full");
  };
  const away = await scrape(api);
  expect(metricValue(away, "movie_store_store_up")).toBe(0);
  expect(metricValue(away, "movie_store_version")).toBeUndefined();
  troubled.before = async () => {};
  const back = await scrape(api);
  expect(metricValue(back, "movie_store_store_up")).toBe(1);
  expect(metricValue(back, "movie_store_version")).toBe(1);
});

test("changes that can't be followed are counted", async () => {
  const troubled = new TroubledRepository();
  const api = await startApi({ repository: troubled.repository, films: [HEAT] });
  await api.get("/v1/movies");
  troubled.before = async (method) => {
    if (method === "changes") throw new MovieStoreError("unavailable", "the disk is full");
  };
  await api.log.line({ msg: "can't follow the changes of the store" });
  expect(metricValue(await scrape(api), "movie_store_follow_failures_total")).toBeGreaterThan(0);
});

describe("the page of metrics", () => {
  test("is text for Prometheus, never cached, and counts for one server alone", async () => {
    const [api, other] = [await startApi(), await startApi()];
    await api.get("/v1/movies");
    await api.log.line({ path: "/v1/movies" });
    const response = await api.get("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toMatch(/^nodejs_eventloop_lag_seconds \d/m);
    expect(
      metricValue(await scrape(other), "movie_store_http_requests_total", { route: "/v1/movies" }),
    ).toBeUndefined();
  });

  test("needs a key where the API does, unless it is open", async () => {
    const API_KEYS = "prometheus:0123456789";
    const api = await startApi({ environment: { API_KEYS } });
    expect((await api.get("/metrics")).status).toBe(401);
    await scrape(api, { headers: { Authorization: "Bearer 0123456789" } });
    const open = await startApi({ environment: { API_KEYS, METRICS_OPEN: "on" } });
    await scrape(open);
    expect((await open.get("/v1/movies")).status).toBe(401);
  });

  test("is given however busy the process is", async () => {
    const api = await startApi({ maxInFlight: 0 });
    expect((await api.get("/v1/movies")).status).toBe(503);
    await scrape(api);
  });
});
