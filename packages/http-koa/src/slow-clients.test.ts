/** Clients that send slowly, read slowly, or only come. What is waited for is shortened, never measured. */

import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { filmsOf } from "../test/films.ts";
import { openSocket, type RunningApi, readToEnd, startApi } from "../test/running-api.ts";
import { metricValue } from "../test/scrape.ts";

const SHORT_MS = 100;

describe("a client that sends slowly", () => {
  test.each([
    ["nothing", ""],
    ["half a request line", "GET /v1/mov"],
    ["headers without an end", "GET /v1/movies HTTP/1.1\r\nHost: x\r\nX-Slow: "],
  ])("sends %s, and is told to go", async (_, sent) => {
    const api = await startApi({ headersTimeoutMs: SHORT_MS });
    const socket = await openSocket(api.port);
    socket.write(sent);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request-timeout"/);
  });

  test("does not get more time by sending a little now and then", async () => {
    const api = await startApi({ headersTimeoutMs: SHORT_MS });
    const socket = await openSocket(api.port);
    const answer = readToEnd(socket);
    socket.write("GET /v1/movies HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    const sending = setInterval(() => socket.write("a"), SHORT_MS / 10);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(sending);
  });
});

describe("a client that reads nothing", () => {
  const REQUEST = "GET /v1/movies?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n";
  /** An answer is some 500 KB, thirty of them more than the buffers between the two take. */
  const FILMS = filmsOf(1999, 100).map((film) => ({ ...film, overview: "long ".repeat(1_000) }));

  async function inFlight(api: RunningApi): Promise<number | undefined> {
    return metricValue(await (await api.get("/metrics")).text(), "movie_store_http_requests_in_flight");
  }

  test("is cut off, and what waited for it is let go", async () => {
    const api = await startApi({ films: FILMS, silenceTimeoutMs: SHORT_MS });
    const socket = await openSocket(api.port);
    socket.on("error", () => {});
    socket.pause().write(REQUEST.repeat(30));
    await expect.poll(() => inFlight(api)).toBeGreaterThan(1);
    await expect.poll(() => inFlight(api)).toBe(1);
    socket.resume();
    await once(socket, "close");
  });

  test("does not make the process keep more answers than a few", async () => {
    const api = await startApi({ films: FILMS });
    const socket = await openSocket(api.port);
    const answers = readToEnd(socket);
    // 1,000 answers of 500 KB, were they all taken on.
    socket.write(REQUEST.repeat(1_000));
    await answers;
    expect(await inFlight(api)).toBe(1);
    const metrics = await (await api.get("/metrics")).text();
    expect(metricValue(metrics, "movie_store_http_requests_total", { route: "/v1/movies" })).toBe(32);
  });
});

test("connections beyond the limit are closed, and there is room again when others have gone", async () => {
  const api = await startApi({ maxConnections: 2 });
  const first = await openSocket(api.port);
  const second = await openSocket(api.port);
  const third = await openSocket(api.port);
  third.write("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(await readToEnd(third)).toBe("");
  first.destroy();
  await expect
    .poll(() => api.raw("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
    .toMatch(/^HTTP\/1\.1 200 /);
  second.destroy();
});
