import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Explorer } from "@movie-store/explorer";
import { describe, expect, test } from "vitest";
import { rawAnswer } from "../../test/raw-answer.ts";
import { startApi } from "../../test/running-api.ts";
import { Problem } from "../problem.ts";
import type { ApiRequest } from "../route.ts";
import { explorerRoutes } from "./explorer.ts";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe("the explorer", () => {
  test("is at /, with a policy that lets nothing in from elsewhere", async () => {
    const api = await startApi();
    const response = await api.get("/");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("content-security-policy")).toBe(POLICY);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(await response.text()).toContain('<meta name="poster-hosts" content="">');
  });

  test("is not sent again to who has it", async () => {
    const api = await startApi();
    const first = await api.get("/");
    const again = await api.get("/", { headers: { "If-None-Match": first.headers.get("etag") as string } });
    expect(again.status).toBe(304);
    expect(again.headers.get("content-security-policy")).toBe(POLICY);
    expect(await again.text()).toBe("");
  });

  test("has files that may be kept for ever", async () => {
    const api = await startApi();
    const files = [...(await (await api.get("/")).text()).matchAll(/"(\/explorer\/[^"]+)"/g)];
    const mediaTypes = [];
    for (const [, path] of files) {
      const response = await api.get(path as string);
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(response.headers.get("etag")).toMatch(/^"[\w-]+"$/);
      expect((await response.text()).length).toBeGreaterThan(100);
      mediaTypes.push(response.headers.get("content-type"));
    }
    expect(mediaTypes).toEqual([
      "image/svg+xml",
      "text/css; charset=utf-8",
      "text/javascript; charset=utf-8",
    ]);
  });

  test.each([
    ["br", "br"],
    ["gzip, br", "br"],
    ["gzip", "gzip"],
    ["br;q=0, gzip;q=0.5", "gzip"],
    ["identity", null],
  ])("is sent to who accepts %s as %s", async (accepted, encoding) => {
    const api = await startApi();
    const [, script = ""] = /src="([^"]+)"/.exec(await (await api.get("/")).text()) ?? [];
    for (const path of ["/", script]) {
      const { headers, body } = await rawAnswer(api, path, { "Accept-Encoding": accepted });
      expect(headers["content-encoding"] ?? null).toBe(encoding);
      expect(headers["vary"]).toContain("Accept-Encoding");
      expect(headers["content-length"]).toBe(`${body.length}`);
      const decode =
        encoding === "br" ? brotliDecompressSync : encoding === "gzip" ? gunzipSync : Buffer.from;
      const plain = await rawAnswer(api, path, { "Accept-Encoding": "identity" });
      expect(decode(body).equals(plain.body)).toBe(true);
      // What one form has been found to be says nothing of another one.
      expect(headers["etag"] === plain.headers["etag"]).toBe(encoding === null);
    }
  });

  test("answers HEAD without a body", async () => {
    const api = await startApi();
    const response = await api.get("/", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  test("is open where the API is not", async () => {
    const api = await startApi({ environment: { API_KEYS: "reader:let-me-read" } });
    const page = await api.get("/");
    expect(page.status).toBe(200);
    const [, script = ""] = /src="([^"]+)"/.exec(await page.text()) ?? [];
    expect((await api.get(script)).status).toBe(200);
    expect((await api.get("/v1/movies")).status).toBe(401);
  });

  test("may show pictures from the hosts that the operator names", async () => {
    const api = await startApi({ environment: { POSTER_HOSTS: "images.example.org, a.example.com" } });
    const response = await api.get("/");
    expect(response.headers.get("content-security-policy")).toContain(
      "img-src 'self' data: https://images.example.org https://a.example.com; ",
    );
    expect(await response.text()).toContain(
      '<meta name="poster-hosts" content="images.example.org a.example.com">',
    );
  });

  test.each([
    "/explorer/",
    "/explorer/main.js",
    "/explorer/..%2Findex.html",
    "/explorer",
    "/index.html",
    "/films",
  ])("has nothing at %s", async (path) => {
    const api = await startApi();
    const response = await api.get(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "unknown-path" });
  });
});

describe("an explorer that was not built", () => {
  const request = { acceptsEncoding: () => false } as unknown as ApiRequest;

  test("says what to run, and is there once that was done", async () => {
    let explorer: Explorer | undefined;
    const load = async () => {
      if (explorer === undefined)
        throw Object.assign(new Error("no /home/me/index.html"), { code: "ENOENT" });
      return explorer;
    };
    const [page, files] = explorerRoutes({ posterHosts: [], load });
    const missing = await page?.handle(request);
    expect(missing).toMatchObject({ status: 503, mediaType: "text/plain; charset=utf-8", cached: "never" });
    expect(missing).toHaveProperty("text", expect.stringContaining('"npm run build"'));
    expect(missing).toHaveProperty("text", expect.stringContaining("it was not built"));
    expect(missing).toHaveProperty("text", expect.not.stringContaining("/home/me"));
    explorer = { page: "<!doctype html>", files: [] };
    expect(await page?.handle(request)).toMatchObject({ status: 200 });
    await expect(files?.handle({ ...request, id: "main.js" })).rejects.toThrow(Problem);
  });

  test("says what is wrong with its sources", async () => {
    const load = () => Promise.reject(new Error('page/main.tsx:3: Expected ";"'));
    const [page] = explorerRoutes({ posterHosts: [], load });
    expect(await page?.handle(request)).toHaveProperty("text", expect.stringContaining('Expected ";"'));
  });
});
