import { describe, expect, test } from "vitest";
import { HEAT } from "../test/films.ts";
import { startApi } from "../test/running-api.ts";

const NO_PAGE = "default-src 'none'; frame-ancestors 'none'";
const PAGES = ["/", "/docs"];

/** Of every kind: reads, pages, streams, refusals of the application, of the router and of the parser. */
const ANSWERS: readonly (readonly [request: string, status: number])[] = [
  ["GET /v1/movies", 200],
  ["GET /v1/movies?title=heat", 200],
  ["GET /v1/export", 200],
  ["GET /openapi.json", 200],
  ["GET /metrics", 200],
  ["GET /health/live", 200],
  ["GET /", 200],
  ["GET /docs", 200],
  ["HEAD /v1/movies", 200],
  ["OPTIONS /v1/movies", 204],
  ["POST /v1/movies", 405],
  ["GET /v1/movies?nothing=1", 400],
  ["GET /v1/movies/%00", 400],
  ["GET /nothing", 404],
  [`GET /${"a".repeat(17_000)}`, 431],
  ["nonsense", 400],
];

describe("every answer", () => {
  test.each(ANSWERS)("to %s is taken for nothing else than it is", async (request, status) => {
    const api = await startApi({ films: [HEAT] });
    const answer = await api.raw(`${request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const [head = ""] = answer.split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const headers = new Map(
      head
        .split("\r\n")
        .slice(1)
        .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    const policy = headers.get("content-security-policy") ?? "";
    if (!PAGES.includes(request.slice("GET ".length))) expect(policy).toBe(NO_PAGE);
    else {
      expect(policy).toMatch(/^default-src 'none';/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|http:/);
    }
    if (status >= 400) expect(headers.get("cache-control")).toBe("no-store");
    // Nobody has to know what it is made with.
    expect([headers.has("server"), headers.has("x-powered-by"), headers.has("set-cookie")]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
