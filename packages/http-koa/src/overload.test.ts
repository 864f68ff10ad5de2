import { Agent, get } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { HEAT, RONIN } from "../test/films.ts";
import { HeldStore } from "../test/held-store.ts";
import { ingest, type RunningApi, startApi } from "../test/running-api.ts";
import { metricValue } from "../test/scrape.ts";
import { ReadTurns } from "./read-turns.ts";

const AT_ONCE = 3;
const WAITING = 2;
const LONG_MS = 60_000;

/** An API with `AT_ONCE` searches at the store and `WAITING` behind them. */
async function fullApi() {
  const held = new HeldStore();
  const readTurns = new ReadTurns({ atOnce: AT_ONCE, maxWaiting: WAITING, burstMs: LONG_MS });
  const api = await startApi({ repository: held.repository, readTurns, films: [HEAT] });
  await api.get("/v1/movies?title=heat");
  held.hold();
  onTestFinished(() => held.letGo());
  const asked = Array.from({ length: AT_ONCE + WAITING }, (_, at) => api.get(`/v1/movies?year=${1990 + at}`));
  await expect.poll(() => [readTurns.running, readTurns.waiting]).toEqual([AT_ONCE, WAITING]);
  return { api, held, asked, readTurns };
}

async function expectRefused(response: Response): Promise<void> {
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toMatchObject({ code: "overloaded" });
}

describe("more searches than the store takes", () => {
  test("one more is refused at once, and the store never hears of it", async () => {
    const { api, held } = await fullApi();
    const before = held.searches;
    for (const path of ["/v1/movies?year=2000", "/v1/suggest?q=h", "/v1/updates", "/v1/genres"])
      await expectRefused(await api.get(path));
    expect(held.searches).toBe(before);
  });

  test("who waits is served in turn, and all is as before", async () => {
    const { api, held, asked, readTurns } = await fullApi();
    held.letGo();
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect((await api.get("/v1/movies?year=2000")).status).toBe(200);
    expect([readTurns.running, readTurns.waiting]).toEqual([0, 0]);
  });

  test("what is at hand is served, and so are health and metrics", async () => {
    const { api } = await fullApi();
    const atHand = await api.get("/v1/movies?title=heat");
    expect(atHand.status).toBe(200);
    expect(atHand.headers.get("server-timing")).toMatch(/^l1;/);
    for (const path of ["/health/live", "/health/ready", "/metrics", "/openapi.json", "/"])
      expect((await api.get(path)).status).toBe(200);
  });

  test("metrics say how many are read and how many wait", async () => {
    const { api } = await fullApi();
    const metrics = await (await api.get("/metrics")).text();
    expect(metricValue(metrics, "movie_store_reads", { state: "running" })).toBe(AT_ONCE);
    expect(metricValue(metrics, "movie_store_reads", { state: "waiting" })).toBe(WAITING);
  });

  test("writers write, and their changes are told", async () => {
    const { api } = await fullApi();
    const [receipt] = await ingest(api.store, [RONIN]);
    expect(receipt?.verdict).toBe("accepted");
    expect(await (await api.get("/v1/changes?after=1")).json()).toMatchObject({ changes: [{ number: 2 }] });
  });

  test("behind a store that hangs, nobody waits for long", async () => {
    const held = new HeldStore();
    const readTurns = new ReadTurns({ atOnce: 1, burstMs: 1 });
    const api = await startApi({ repository: held.repository, readTurns });
    held.hold();
    onTestFinished(() => held.letGo());
    const first = api.get("/v1/movies?year=1990");
    await expect.poll(() => readTurns.running).toBe(1);
    await expectRefused(await api.get("/v1/movies?year=1991"));
    held.letGo();
    expect((await first).status).toBe(200);
  });
});

test("what is at hand is served however many requests there are", async () => {
  const held = new HeldStore();
  const api = await startApi({ repository: held.repository, maxInFlight: 2, films: [HEAT] });
  await api.get("/v1/movies?title=heat");
  held.hold();
  onTestFinished(() => held.letGo());
  const asked = [api.get("/v1/movies?year=1990"), api.get("/v1/movies?year=1991")];
  await expect.poll(() => held.searches).toBe(3);
  await expectRefused(await api.get("/v1/movies?year=1992"));
  await expectRefused(await api.get("/nothing"));
  expect((await api.get("/v1/movies?title=heat")).status).toBe(200);
  held.letGo();
  await Promise.all(asked);
});

describe("a stampede of 500 on a question that no cache has", () => {
  const CLIENTS = 500;

  async function stampede(api: RunningApi, held: HeldStore): Promise<readonly string[]> {
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    held.hold();
    const answers = Array.from({ length: CLIENTS }, () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      get(`${api.url}/v1/movies?title=heat`, { agent }, (response) => {
        text(response).then((body) => resolve(`${response.statusCode} ${body}`), reject);
      }).once("error", reject);
      return promise;
    });
    const inFlight = async () =>
      metricValue(await (await api.get("/metrics")).text(), "movie_store_http_requests_in_flight");
    await expect.poll(inFlight).toBe(CLIENTS + 1);
    held.letGo();
    return Promise.all(answers);
  }

  test("is one search of the store in each process", async () => {
    const held = new HeldStore();
    const readTurns = new ReadTurns({ atOnce: 1, maxWaiting: 0 });
    const api = await startApi({ repository: held.repository, readTurns, films: [HEAT] });
    const answers = await stampede(api, held);
    expect(held.searches).toBe(1);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^200 .*"Heat"/);
  });

  test("is one more when the film changes meanwhile, and nobody then gets the old answer", async () => {
    const held = new HeldStore();
    const api = await startApi({ repository: held.repository, films: [HEAT] });
    await stampede(api, held);
    await ingest(api.store, [{ ...HEAT, year: 1996 }]);
    const answers = await stampede(api, held);
    expect(held.searches).toBe(2);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"year":1996');
  });
});
