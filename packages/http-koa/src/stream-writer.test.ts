import { MovieStoreError } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { openSocket, readToEnd, startApi } from "../test/running-api.ts";
import type { StreamAnswer } from "./answer.ts";
import type { EndedRequest } from "./request-frame.ts";
import type { Route } from "./route.ts";

const PATH = "/stream";
const REQUEST = `GET ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;

function streaming(chunks: StreamAnswer["chunks"]): readonly Route[] {
  return [{ path: PATH, handle: async () => ({ mediaType: "text/plain", version: 7, chunks }) }];
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve());
  return promise;
}

describe("a stream", () => {
  test("hands on each piece when it is there", async () => {
    const { promise: more, resolve: goOn } = Promise.withResolvers<void>();
    const api = await startApi({
      routes: streaming(async function* () {
        yield "first ";
        await more;
        yield new TextEncoder().encode("second");
      }),
    });
    const response = await api.get(PATH);
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(response.headers.get("movie-store-version")).toBe("7");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("first ");
    goOn();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("second");
    expect((await reader.read()).done).toBe(true);
  });

  test("without pieces is an empty answer", async () => {
    const api = await startApi({ routes: streaming(async function* () {}) });
    const response = await api.get(PATH);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  test("is not begun for HEAD", async () => {
    let asked = 0;
    const api = await startApi({
      routes: streaming(async function* () {
        asked++;
        yield "text";
      }),
    });
    const response = await api.get(PATH, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("movie-store-version")).toBe("7");
    expect(asked).toBe(0);
  });

  test("that fails before its first piece is a problem", async () => {
    const api = await startApi({
      // biome-ignore lint/correctness/useYield: it comes to none.
      routes: streaming(async function* () {
        throw new MovieStoreError("unavailable", "the database is away");
      }),
    });
    const response = await api.get(PATH);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  });

  test("that fails behind its first piece is cut off, so that nobody takes it for whole", async () => {
    const api = await startApi({
      routes: streaming(async function* () {
        yield "half";
        throw new TypeError("x of undefined");
      }),
    });
    await expect(api.get(PATH).then((response) => response.text())).rejects.toThrow();
    expect(await api.log.line({ level: "error", path: PATH })).toMatchObject({
      status: 200,
      aborted: true,
      err: { message: "x of undefined" },
    });
  });

  test("is told when its client has gone, and leaves one line in the log", async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const api = await startApi({
      routes: streaming(async function* (signal) {
        yield "hello";
        await aborted(signal);
        end();
      }),
    });
    const socket = await openSocket(api.port);
    socket.write(REQUEST);
    await new Promise((resolve) => socket.once("data", resolve));
    expect(api.log.lines.filter(({ path }) => path === PATH)).toEqual([]);
    socket.destroy();
    await ended;
    await api.log.line({ path: PATH, aborted: true });
    expect(api.log.lines.filter(({ path }) => path === PATH)).toHaveLength(1);
  });

  test("is not asked for more while its client does not read, and cut off when that lasts", async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    let pieces = 0;
    const api = await startApi({
      maxStallMs: 50,
      routes: streaming(async function* () {
        try {
          while (++pieces < 1_000) yield "x".repeat(100_000);
        } finally {
          end();
        }
      }),
    });
    const socket = await openSocket(api.port);
    socket.pause();
    socket.write(REQUEST);
    await ended;
    // What the buffers of both sockets take in is a few megabytes.
    expect(pieces).toBeLessThan(500);
    await api.log.line({ path: PATH, aborted: true });
    socket.destroy();
  });

  test("comes whole to a client that reads slowly", async () => {
    const api = await startApi({
      routes: streaming(async function* () {
        for (let piece = 0; piece < 200; piece++) yield `${piece}:${"x".repeat(50_000)}\n`;
      }),
    });
    let length = 0;
    for await (const chunk of (await api.get(PATH)).body as ReadableStream<Uint8Array>) {
      length += chunk.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(length).toBe(200 * 50_002 + 10 + 90 * 2 + 100 * 3);
  });
});

describe("open streams", () => {
  test("end by themselves when the server stops", async () => {
    const api = await startApi({
      routes: streaming(async function* (signal) {
        yield "hello, ";
        await aborted(signal);
        yield "good bye";
      }),
    });
    const socket = await openSocket(api.port);
    const answer = readToEnd(socket);
    socket.write(REQUEST.replace("close", "keep-alive"));
    await new Promise((resolve) => socket.once("data", resolve));
    await api.server.stop(10);
    expect(await answer).toMatch(/hello, [\s\S]*good bye\r\n0\r\n\r\n$/);
    expect(await api.log.line({ msg: "the API has stopped" })).toMatchObject({ cutOff: 0 });
  });

  test("that wait by the signal alone are cut off when the server stops, which is no failure", async () => {
    const api = await startApi({
      routes: streaming(async function* (signal) {
        yield "hello";
        await aborted(signal);
        signal.throwIfAborted();
      }),
    });
    const socket = await openSocket(api.port);
    socket.write(REQUEST);
    await new Promise((resolve) => socket.once("data", resolve));
    await api.server.stop(10);
    expect(await api.log.line({ path: PATH })).toMatchObject({ level: "info", aborted: true });
    socket.destroy();
  });

  test("are bounded, and don't count as requests", async () => {
    const { promise: more, resolve: goOn } = Promise.withResolvers<void>();
    const api = await startApi({
      maxStreams: 2,
      maxInFlight: 1,
      routes: streaming(async function* () {
        yield "hello";
        await more;
      }),
    });
    const open = [await api.get(PATH), await api.get(PATH)];
    expect(open.map(({ status }) => status)).toEqual([200, 200]);
    const refused = await api.get(PATH);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: "overloaded" });
    expect((await api.get("/v1/movies")).status).toBe(200);
    goOn();
    for (const response of open) expect(await response.text()).toBe("hello");
    expect((await api.get(PATH)).status).toBe(200);
  });
});

test("an observer is told of each request at its end", async () => {
  const ended: EndedRequest[] = [];
  const api = await startApi({
    environment: { API_KEYS: "web:key-of-web" },
    observer: (request) => ended.push(request),
    routes: streaming(async function* () {
      yield "text";
    }),
  });
  const headers = { "X-Api-Key": "key-of-web" };
  for (const [path, init] of [
    ["/v1/movies?year=1999", { headers }],
    ["/v1/movies?year=1999", { headers, method: "HEAD" }],
    ["/v1/movies/x", {}],
    ["/nothing", { headers }],
    ["/health/live", {}],
    [PATH, { headers }],
  ] as const) {
    const before = ended.length;
    await (await api.get(path, init)).text();
    // The answer is read before the server has seen its end.
    while (ended.length === before) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(ended).toMatchObject([
    { method: "GET", route: "/v1/movies", status: 200, consumer: "web", layer: "db", isStream: false },
    { method: "HEAD", route: "/v1/movies", status: 200, consumer: "web", layer: "l1" },
    { method: "GET", route: "/v1/movies/:id", status: 401, consumer: undefined, layer: undefined },
    { method: "GET", route: undefined, status: 404, consumer: "web" },
    { method: "GET", route: "/health/live", status: 200, consumer: undefined },
    { method: "GET", route: PATH, status: 200, isStream: true, isAborted: false },
  ]);
  for (const { durationMs } of ended) expect(durationMs).toBeGreaterThan(0);
});
