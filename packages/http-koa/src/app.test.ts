import { MovieStoreError } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { HEAT, RONIN } from "../test/films.ts";
import { startApi, TroubledRepository } from "../test/running-api.ts";

const READS = ["/v1/movies", "/v1/changes", "/v1/updates"];

describe("every read", () => {
  test.each(READS)("%s has the headers that caches and callers need", async (path) => {
    const api = await startApi({ films: [HEAT] });
    const { headers } = await api.get(path);
    expect(headers.get("etag")).toMatch(/^"[\w-]{22}"$/);
    expect(headers.get("cache-control")).toBe(
      "public, max-age=5, stale-while-revalidate=0, stale-if-error=60",
    );
    expect(headers.get("movie-store-version")).toBe("1");
    expect(headers.get("server-timing")).toMatch(/^(l1|db);dur=\d+\.\d\d$/);
    expect(headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test.each(READS)("%s is not sent again to who has it", async (path) => {
    const api = await startApi({ films: [HEAT] });
    const etag = (await api.get(path)).headers.get("etag") ?? "";
    for (const condition of [etag, `W/${etag}`, `"other", ${etag}`, `"a,b",W/"c" , W/${etag}`, "*", " * "]) {
      const response = await api.get(path, { headers: { "If-None-Match": condition } });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe("");
      expect(response.headers.get("etag")).toBe(etag);
      expect(response.headers.get("cache-control")).toMatch(/^public, /);
      expect(response.headers.get("content-length")).toBeNull();
    }
    for (const condition of ['"other"', etag.slice(1, -1), `x${etag.slice(1)}`, "", '"*"']) {
      expect((await api.get(path, { headers: { "If-None-Match": condition } })).status).toBe(200);
    }
  });

  test("has another ETag once it has changed", async () => {
    const api = await startApi({ films: [HEAT] });
    const before = (await api.get("/v1/movies?title=heat")).headers.get("etag");
    expect((await api.get("/v1/movies?title=heat")).headers.get("etag")).toBe(before);
    const other = await startApi({ films: [{ ...HEAT, year: 1996 }] });
    expect((await other.get("/v1/movies?title=heat")).headers.get("etag")).not.toBe(before);
  });

  test("may be kept at the edge for as long as the configuration says", async () => {
    const api = await startApi({ environment: { EDGE_MAX_AGE_SECONDS: "30" } });
    expect((await api.get("/v1/movies")).headers.get("cache-control")).toMatch(/^public, max-age=30, /);
  });

  test("takes over a request id that is harmless", async () => {
    const api = await startApi();
    const idFor = async (given: string) =>
      (await api.get("/v1/movies", { headers: { "X-Request-Id": given } })).headers.get("x-request-id");
    expect(await idFor("from.the_edge-1")).toBe("from.the_edge-1");
    for (const given of ['a"b', "a b", "a".repeat(65), "{}"])
      expect(await idFor(given)).toMatch(/^[\w-]{36}$/);
  });

  test("leaves a body that comes with GET alone", async () => {
    const api = await startApi({ films: [HEAT] });
    const body = '{"limit":1}';
    const head = `Host: x\r\nContent-Length: ${body.length}\r\nContent-Encoding: br\r\nConnection: close`;
    expect(await api.raw(`GET /v1/movies HTTP/1.1\r\n${head}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("methods and paths", () => {
  test.each([...READS, "/v1/movies/x/history", "/health/live"])(
    "HEAD %s is GET without the text",
    async (path) => {
      const api = await startApi({ films: [HEAT] });
      const get = await api.get(path);
      const head = await api.get(path, { method: "HEAD" });
      expect(head.status).toBe(get.status);
      for (const name of ["content-type", "content-length", "etag", "cache-control"])
        if (path !== "/v1/movies/x/history" || name !== "content-length")
          expect(head.headers.get(name)).toBe(get.headers.get(name));
      expect(await head.text()).toBe("");
    },
  );

  test("OPTIONS names the methods", async () => {
    const api = await startApi();
    const response = await api.get("/v1/movies", { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    expect((await api.get("/nothing", { method: "OPTIONS" })).status).toBe(404);
    expect(await api.raw("OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 204 [\s\S]*Allow: GET, HEAD, OPTIONS/,
    );
  });

  test.each(["POST", "PUT", "PATCH", "DELETE"])("%s is refused with 405", async (method) => {
    const api = await startApi();
    const response = await api.get("/v1/movies", { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    expect(await response.json()).toMatchObject({ code: "method-not-allowed" });
  });

  test.each([
    "/V1/movies",
    "/v1/MOVIES",
    "/v1/movies/",
    "//v1/movies",
    "/v1",
    "/v1/movies/a/b/c",
    "/v1/movies.json",
  ])("%s is not there", async (path) => {
    const api = await startApi();
    const answer = await api.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('"code":"unknown-path"');
  });

  test("a target in absolute form is read as its path", async () => {
    const api = await startApi({ films: [HEAT] });
    const get = (target: string) =>
      api.raw(`GET ${target} HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n`);
    expect(await get("http://evil.example/v1/movies?title=heat")).toMatch(/^HTTP\/1\.1 200 [\s\S]*"Heat"/);
    expect(await get("HTTPS://evil.example:8443/v1/movies")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await get("http://evil.example")).toMatch(/^HTTP\/1\.1 [25]/);
    expect(await get("http://evil.example/nothing")).toMatch(/^HTTP\/1\.1 404 /);
    expect(await get("http://evil.example/v1/movies/%00")).toMatch(/^HTTP\/1\.1 400 /);
  });

  test.each([
    ["a host that is none", "GET /v1/movies HTTP/1.1\r\nHost: a b/c?d\r\nConnection: close\r\n\r\n", 200],
    ["no host", "GET /v1/movies HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    [
      "a length and chunks at once",
      "POST /v1/movies HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["bytes that are not percent-encoded", "GET /v1/movies?title=Amélie HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["nonsense", "how are you?\r\n\r\n", 400],
    ["a target over 16 KiB", `GET /v1/movies?title=${"a".repeat(16_500)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ["headers over 16 KiB", `GET /v1/movies HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(16_500)}\r\n\r\n`, 431],
  ])("a request with %s is answered", async (_, text, status) => {
    const api = await startApi();
    expect(await api.raw(text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test("what the parser refuses is answered with a problem as well", async () => {
    const api = await startApi();
    const answer = await api.raw(`GET /${"a".repeat(16_500)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer).toContain("Content-Type: application/problem+json");
    const problem = JSON.parse(answer.slice(answer.indexOf("{")));
    expect(problem).toMatchObject({ status: 431, code: "too-large" });
    await api.log.line({ requestId: problem.requestId, status: 431 });
  });
});

describe("with API keys", () => {
  const environment = { API_KEYS: "web:key-of-web,app:key-of-app" };

  test("a caller is known by either header, and named in the log", async () => {
    const api = await startApi({ environment, films: [HEAT] });
    const headersOf: Record<string, Record<string, string>> = {
      web: { "X-Api-Key": "key-of-web" },
      app: { Authorization: "bearer key-of-app" },
    };
    for (const [consumer, headers] of Object.entries(headersOf)) {
      const response = await api.get("/v1/movies", { headers });
      expect(response.status).toBe(200);
      await api.log.line({ requestId: response.headers.get("x-request-id"), consumer, status: 200 });
    }
    expect(JSON.stringify(api.log.lines)).not.toContain("key-of");
  });

  test("a caller may have two, so that one can be changed for the other without a gap", async () => {
    const both = { API_KEYS: "web:key-of-old,web:key-of-new" };
    const api = await startApi({ environment: both, films: [HEAT] });
    for (const key of ["key-of-old", "key-of-new"]) {
      const response = await api.get("/v1/movies", { headers: { "X-Api-Key": key } });
      expect(response.status).toBe(200);
      await api.log.line({ requestId: response.headers.get("x-request-id"), consumer: "web" });
    }
  });

  test.each<[string, Record<string, string>]>([
    ["no key", {}],
    ["an unknown key", { "X-Api-Key": "key-of-nobody" }],
    ["an empty key", { "X-Api-Key": "" }],
    ["the name for the key", { "X-Api-Key": "web" }],
    ["both headers, the first unknown", { "X-Api-Key": "wrong", Authorization: "Bearer key-of-web" }],
    ["another scheme", { Authorization: "Basic key-of-web" }],
  ])("%s is answered with 401", async (_, headers) => {
    const api = await startApi({ environment });
    for (const path of [...READS, "/nothing"]) {
      const response = await api.get(path, { headers });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="movie-store"');
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.json()).toMatchObject({ code: "unauthorized" });
    }
  });

  test("health needs none", async () => {
    const api = await startApi({ environment });
    expect((await api.get("/health/live")).status).toBe(200);
    expect((await api.get("/health/ready")).status).toBe(200);
  });

  test("no shared cache may hand an answer on", async () => {
    const api = await startApi({ environment });
    const { headers } = await api.get("/v1/movies", { headers: { "X-Api-Key": "key-of-web" } });
    expect(headers.get("cache-control")).toMatch(/^private, /);
    expect(headers.get("vary")).toBe("Authorization, X-Api-Key");
  });
});

describe("when the store fails", () => {
  const paths = [
    "/v1/movies?title=heat",
    "/v1/movies?id=0000000000000000",
    "/v1/movies/0000000000000000",
    "/v1/movies/0000000000000000?at=1",
    "/v1/movies/0000000000000000/history",
    "/v1/movies/0000000000000000/sources",
    "/v1/changes",
    "/v1/updates",
    "/v1/updates/x",
  ];

  test.each(paths)("%s is 503 with Retry-After, and never empty or absent", async (path) => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository });
    for (const code of ["unavailable", "conflict", "closed"] as const) {
      troubled.before = async () => {
        throw new MovieStoreError(code, "db-7.internal refused the connection");
      };
      const response = await api.get(path);
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("1");
      expect(response.headers.get("cache-control")).toBe("no-store");
      const text = await response.text();
      expect(JSON.parse(text)).toMatchObject({ code: "unavailable" });
      expect(text).not.toContain("db-7.internal");
      const requestId = response.headers.get("x-request-id");
      expect(await api.log.line({ requestId })).toMatchObject({ level: "warn", status: 503 });
    }
  });

  test("what it has in its cache is still answered", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository, films: [HEAT] });
    await api.get("/v1/movies?title=heat");
    troubled.before = async () => {
      throw new MovieStoreError("unavailable", "down");
    };
    expect((await api.get("/v1/movies?title=heat")).status).toBe(200);
    expect((await api.get("/v1/movies?title=ronin")).status).toBe(503);
  });

  test.each([new MovieStoreError("corrupt", "page 7 of films.db"), new TypeError("x of undefined")])(
    "beyond hope, the caller gets the request id and the log the reason",
    async (error) => {
      const troubled = new TroubledRepository();
      const api = await startApi({ repository: troubled.repository });
      troubled.before = async () => {
        throw error;
      };
      const response = await api.get("/v1/changes");
      expect(response.status).toBe(500);
      expect(response.headers.get("retry-after")).toBeNull();
      const problem = (await response.json()) as { requestId: string };
      expect(problem).toMatchObject({ code: "internal" });
      expect(JSON.stringify(problem)).not.toContain(error.message);
      const line = await api.log.line({ requestId: problem.requestId });
      expect(line).toMatchObject({ level: "error", err: { message: error.message } });
    },
  );

  test("requests beyond the limit are turned away, and health is not", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository, maxInFlight: 2 });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: bothCame, resolve: came } = Promise.withResolvers<void>();
    let waiting = 0;
    troubled.before = async () => {
      if (++waiting === 2) came();
      await released;
    };
    const served = [api.get("/v1/changes"), api.get("/v1/updates")];
    await bothCame;
    const refused = await api.get("/v1/changes");
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await refused.json()).toMatchObject({ code: "overloaded" });
    expect((await api.get("/health/live")).status).toBe(200);
    release();
    expect((await Promise.all(served)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await api.get("/v1/changes")).status).toBe(200);
  });
});

describe("the log", () => {
  test("has a line for each request", async () => {
    const api = await startApi({ films: [HEAT, RONIN] });
    const { headers } = await api.get("/v1/movies?title=heat");
    expect(await api.log.line({ requestId: headers.get("x-request-id") })).toEqual({
      level: "info",
      time: expect.stringMatching(/Z$/),
      requestId: headers.get("x-request-id"),
      method: "GET",
      path: "/v1/movies",
      query: "title=heat",
      status: 200,
      ms: expect.any(Number),
      msg: "request",
    });
  });

  test("has no query that was not understood, because it may hold a key by mistake", async () => {
    const api = await startApi();
    const { headers } = await api.get("/v1/movies?api_key=topsecret");
    const line = await api.log.line({ requestId: headers.get("x-request-id") });
    expect(line).toMatchObject({ status: 400, code: "invalid-query", parameter: "api_key" });
    expect(JSON.stringify(api.log.lines)).not.toContain("topsecret");
  });

  test("tells of health only to who asks for details", async () => {
    const api = await startApi();
    const { headers } = await api.get("/health/live");
    expect(await api.log.line({ requestId: headers.get("x-request-id") })).toMatchObject({ level: "debug" });
  });
});
