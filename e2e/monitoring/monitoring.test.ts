/** The dashboard, the alerts and their documentation, against what the real programs count. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Running, startCli, urlOf } from "../cli.ts";
import { type FreshDatabase, freshDatabase } from "../fresh-database.ts";
import { ALERTS, ANCHORS, DOCUMENTED, PANELS, type Query, queries } from "./monitoring-files.ts";
import { faultsOf } from "./query-faults.ts";
import { ScrapedMetrics } from "./scraped-metrics.ts";

const [mysqlUrl, redisUrl] = [inject("mysqlUrl"), inject("redisUrl")];
const KEY = "0123456789";
const keyed = { headers: { "X-Api-Key": KEY } };

describe("the documentation of the metrics", () => {
  it("knows each alert, and each alert says how bad it is and what to do", () => {
    expect(
      DOCUMENTED.flatMap(({ alerts }) => alerts).filter(
        (name) => !ALERTS.some(({ alert }) => alert === name),
      ),
    ).toEqual([]);
    for (const { alert, labels, annotations } of ALERTS) {
      expect(["page", "ticket"], alert).toContain(labels.severity);
      const { summary, description, runbook } = annotations;
      expect([summary, description].map((text) => text.length > 10)).toEqual([true, true]);
      const [, anchor = ""] = /^docs\/observability\.md#(.+)$/.exec(runbook) ?? [];
      expect(ANCHORS, alert).toContain(anchor);
    }
    expect(new Set(ALERTS.map(({ alert }) => alert)).size).toBe(ALERTS.length);
  });

  it("says of each metric which alerts look at it", () => {
    for (const { name, alerts } of DOCUMENTED) {
      const looking = ALERTS.filter(({ expr }) =>
        new RegExp(`\\b${name}(_bucket|_count|_sum)?\\b`).test(expr),
      );
      expect(
        looking.map(({ alert }) => alert),
        name,
      ).toEqual(alerts);
    }
  });
});

const isComplete = mysqlUrl !== undefined && redisUrl !== undefined;

describe.skipIf(!isComplete)("what the programs count", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-monitoring-"));
  const scraped = new ScrapedMetrics();
  const stream = new AbortController();
  let database: FreshDatabase;
  let start: Running;
  let api: ChildProcess;

  beforeAll(async () => {
    database = await freshDatabase(mysqlUrl as string);
    // A store has a Redis database to itself.
    const stores = {
      MYSQL_URL: database.url,
      MYSQL_READ_URL: database.url,
      REDIS_URL: new URL("/11", redisUrl).href,
      PORT: "0",
      HOST: "127.0.0.1",
    };
    writeInbox();
    start = startCli(folder, ["start"], stores);
    const startUrl = await urlOf(start);
    api = startApi({ ...stores, API_KEYS: `web:${KEY}` });
    const apiUrl = await addressOf(api);
    await makeTraffic(startUrl, apiUrl);
    await readUntilComplete([startUrl, apiUrl]);
  }, 120_000);

  afterAll(async () => {
    stream.abort();
    start.process.kill("SIGTERM");
    api.kill("SIGTERM");
    await Promise.all([start.finished, once(api, "close")]);
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  function writeInbox(): void {
    const inbox = join(folder, "inbox", "acme");
    mkdirSync(inbox, { recursive: true });
    writeFileSync(join(inbox, "1.json"), '{"id":"1","title":"One","year":1999}');
    writeFileSync(join(inbox, "bad.json"), '{"title":');
  }

  async function makeTraffic(startUrl: string, apiUrl: string): Promise<void> {
    await until(async () => (await textOf(`${startUrl}/v1/movies`)).includes('"title":"One"'));
    await until(async () => isUsingRedis(await textOf(`${apiUrl}/metrics`)));
    // The database, Redis, then this process.
    for (const layer of ["db", "l2", "l1"]) {
      const answer = await fetch(`${apiUrl}/v1/movies?year=1999`, keyed);
      expect(answer.headers.get("server-timing")).toMatch(new RegExp(`^${layer};`));
      await answer.text();
    }
    const paths = ["/v1/movies/0000000000000000", "/v1/movies?year=soon", "/nothing", "/v1/changes"];
    for (const path of paths) await fetch(apiUrl + path, keyed);
    await fetch(`${apiUrl}/v1/movies`);
    for (const method of ["HEAD", "OPTIONS", "PUT"]) await fetch(`${apiUrl}/v1/movies`, { method, ...keyed });
    // Changes that are not there yet.
    expect((await fetch(`${apiUrl}/v1/movies?minVersion=999999`, keyed)).status).toBe(503);
    const headers = { ...keyed.headers, Accept: "text/event-stream" };
    await fetch(`${apiUrl}/v1/changes`, { headers, signal: stream.signal });
  }

  /** Requests are counted after their answer, connections come up in the background, and garbage is collected now and then. */
  async function readUntilComplete(urls: readonly string[]): Promise<void> {
    for (;;) {
      const read = new ScrapedMetrics();
      const texts = await Promise.all(urls.map((url) => textOf(`${url}/metrics`)));
      for (const [at, text] of texts.entries()) read.add(text, "movie-store", `pod-${at}`);
      const isDone =
        texts.every(isUsingRedis) &&
        read
          .samplesOf("movie_store_http_problems_total")
          .some(({ labels }) => labels["code"] === "not-yet") &&
        read.samplesOf("nodejs_gc_duration_seconds_sum").length > 0;
      if (!isDone) continue;
      for (const [at, text] of texts.entries()) scraped.add(text, "movie-store", `pod-${at}`);
      return;
    }
  }

  it.each(queries())("is what $where asks for: $expression", (query) => {
    expect(faultsOf(query, scraped)).toEqual([]);
  });

  it("is documented, and what is documented is counted", () => {
    const own = [...scraped.types].filter(([name]) => name.startsWith("movie_store_"));
    const counted = own.map(([name, type]) => ({ name, type, labels: scraped.labelsOf(name) }));
    const documented = DOCUMENTED.map(({ name, type, labels }) => ({ name, type, labels }));
    const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
    expect(documented.toSorted(byName)).toEqual(counted.toSorted(byName));
  });

  it("is on the dashboard, all of it", () => {
    const asked = PANELS.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join("\n");
    const own = [...scraped.types.keys()].filter((name) => name.startsWith("movie_store_"));
    expect(own.filter((name) => !asked.includes(name))).toEqual([]);
  });

  const planted: readonly (readonly string[])[] = [
    ["sum(rate(movie_store_http_request_total[5m]))", "there is no movie_store_http_request_total"],
    [
      "sum by (path) (rate(movie_store_http_requests_total[5m]))",
      "movie_store_http_requests_total has no label path",
    ],
    ['movie_store_http_requests_total{code="200"}', "movie_store_http_requests_total has no label code"],
    ['movie_store_cache_lookups_total{layer=~"l1|l3"}', "no movie_store_cache_lookups_total has a layer l3"],
    [
      'movie_store_http_requests_total{route="/metrics",status="503"}',
      "no movie_store_http_requests_total has route",
    ],
    ["rate(movie_store_version[5m])", "rate of movie_store_version, which is a gauge"],
    ["max_over_time(movie_store_follow_failures_total[5m])", "which is a counter"],
    ["histogram_quantile(0.9, rate(movie_store_ingest_delay_seconds_sum[5m]))", "which has no buckets"],
    ["sum(rate(movie_store_http_requests_total[5m])", "not PromQL"],
    ["sum by (route) (movie_store_http_requests_total)", "its result has no label status", "status"],
  ];

  it.each(planted)("is not what %s asks for: %s", (expression = "", fault = "", ...shownLabels) => {
    const query: Query = { where: "planted", expression, shownLabels };
    expect(faultsOf(query, scraped).join("\n")).toContain(fault);
  });
});

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue()));
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url, keyed)).text();
}

function isUsingRedis(metrics: string): boolean {
  return ["cache", "channel"].every((name) =>
    metrics.includes(`movie_store_redis_up{connection="${name}"} 1`),
  );
}

function startApi(environment: Readonly<Record<string, string>>): ChildProcess {
  const main = resolve(import.meta.dirname, "../../packages/http-koa/src/main.ts");
  return spawn(process.execPath, ["--conditions=@movie-store/source", main], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The address that its log tells. */
async function addressOf(child: ChildProcess): Promise<string> {
  const ended = once(child, "close").then(() => Promise.reject(new Error("the API ended")));
  ended.catch(() => {});
  for (let told = ""; ; ) {
    const [text] = (await Promise.race([
      once(child.stdout as NodeJS.ReadableStream, "data"),
      ended,
    ])) as unknown[];
    told += String(text);
    const url = /"url":"([^"]+)"/.exec(told)?.[1];
    if (url !== undefined) return url;
  }
}
