import { describe, expect, test } from "vitest";
import { HEAT } from "../test/films.ts";
import { type RunningApi, startApi } from "../test/running-api.ts";

const ORIGIN = "https://films.example";
const PATHS = ["/v1/movies", "/v1/export", "/v1/changes", "/health/live", "/openapi.json", "/docs", "/"];

function preflight(api: RunningApi, path: string, origin = ORIGIN): Promise<Response> {
  return api.get(path, {
    method: "OPTIONS",
    headers: {
      Origin: origin,
      "Access-Control-Request-Method": "GET",
      "Access-Control-Request-Headers": "x-api-key",
    },
  });
}

function namesIn(header: string | null): readonly string[] {
  return (header ?? "").split(", ");
}

describe("a page of another origin", () => {
  test.each(PATHS)("may read %s and its headers", async (path) => {
    const api = await startApi({ films: [HEAT] });
    for (const method of ["GET", "HEAD"]) {
      const { headers } = await api.get(path, { method, headers: { Origin: ORIGIN } });
      expect(headers.get("access-control-allow-origin")).toBe("*");
      expect(headers.get("access-control-expose-headers")).toBe("*");
      // The same for all, so that caches may keep one answer for all.
      expect(headers.get("vary") ?? "").not.toContain("Origin");
      expect(headers.get("access-control-allow-credentials")).toBeNull();
    }
  });

  test.each(PATHS)("may ask what it may send to %s, before it shows a key", async (path) => {
    const api = await startApi({ environment: { API_KEYS: "web:key-of-web" } });
    const { status, headers } = await preflight(api, path);
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(namesIn(headers.get("access-control-allow-methods"))).toEqual(["GET", "HEAD", "OPTIONS"]);
    expect(namesIn(headers.get("access-control-allow-headers"))).toEqual([
      "Authorization",
      "If-None-Match",
      "Last-Event-ID",
      "X-Api-Key",
      "X-Request-Id",
    ]);
    expect(headers.get("access-control-max-age")).toBe("7200");
  });

  test.each([
    ["/v1/movies", 401],
    ["/v1/movies/%00", 400],
    ["/nothing", 401],
  ])("may read why %s was refused", async (path, status) => {
    const api = await startApi({ environment: { API_KEYS: "web:key-of-web" } });
    const response = await api.get(path, { headers: { Origin: ORIGIN } });
    expect(response.status).toBe(status);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("may read why its request could not be parsed", async () => {
    const api = await startApi();
    const answer = await api.raw(`GET /${"a".repeat(16_500)} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 [\s\S]*\r\nAccess-Control-Allow-Origin: \*\r\n/);
  });

  test("may read that its answer is still the same", async () => {
    const api = await startApi({ films: [HEAT] });
    const etag = (await api.get("/v1/movies")).headers.get("etag") ?? "";
    const response = await api.get("/v1/movies", { headers: { Origin: ORIGIN, "If-None-Match": etag } });
    expect(response.status).toBe(304);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });
});

describe("with a list of origins", () => {
  const environment = { CORS_ORIGINS: `${ORIGIN},http://localhost:8080` };

  test("each of them may read, and no other one", async () => {
    const api = await startApi({ environment, films: [HEAT] });
    for (const [origin, allowed] of [
      [ORIGIN, ORIGIN],
      ["http://localhost:8080", "http://localhost:8080"],
      ["https://evil.example", null],
      ["https://films.example.evil.example", null],
      ["null", null],
      ["*", null],
    ] as const) {
      for (const path of ["/v1/movies", "/nothing", "/v1/export"]) {
        const { headers } = await api.get(path, { headers: { Origin: origin } });
        expect(headers.get("access-control-allow-origin"), `${origin} ${path}`).toBe(allowed);
        expect(headers.get("vary")).toContain("Origin");
      }
      const asked = await preflight(api, "/v1/movies", origin);
      expect(asked.headers.get("access-control-allow-origin")).toBe(allowed);
    }
  });

  test("caches are told so even when no origin asks", async () => {
    const api = await startApi({ environment });
    const { headers } = await api.get("/v1/movies");
    expect(headers.get("vary")).toBe("Origin");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  });
});

test("with no origin at all nothing is said to pages of others", async () => {
  const api = await startApi({ environment: { CORS_ORIGINS: "none" }, films: [HEAT] });
  const answers = [
    await api.get("/v1/movies", { headers: { Origin: ORIGIN } }),
    await preflight(api, "/v1/movies"),
  ];
  for (const { headers } of answers) {
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect(headers.get("vary") ?? "").not.toContain("Origin");
  }
});
