import { describe, expect, test } from "vitest";
import { startApi } from "../../test/running-api.ts";

const FILES = [
  ["/docs", "text/html; charset=utf-8"],
  ["/docs/initialise.js", "text/javascript; charset=utf-8"],
  ["/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
  ["/docs/swagger-ui.css", "text/css; charset=utf-8"],
  ["/docs/favicon-32x32.png", "image/png"],
] as const;

describe("the page of the API", () => {
  test.each(FILES)("has %s, which may run nothing but files from here", async (path, mediaType) => {
    const api = await startApi({ environment: { API_KEYS: "web:key-of-web" } });
    const response = await api.get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(mediaType);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  test.each(FILES)("sends %s once, and compressed to who takes that", async (path) => {
    const api = await startApi();
    // fetch unpacks by itself, so that both have to be the same bytes.
    const [plain, packed] = await Promise.all(
      ["identity", "gzip"].map((encoding) => api.get(path, { headers: { "Accept-Encoding": encoding } })),
    );
    expect(plain?.headers.get("content-encoding")).toBeNull();
    expect(packed?.headers.get("content-encoding")).toBe("gzip");
    expect(packed?.headers.get("vary")).toBe("Accept-Encoding");
    expect(await packed?.text()).toBe(await plain?.text());
    const [etag, other] = [packed?.headers.get("etag") ?? "", plain?.headers.get("etag") ?? ""];
    expect(etag).not.toBe(other);
    const headers = { "Accept-Encoding": "gzip", "If-None-Match": etag };
    expect((await api.get(path, { headers })).status).toBe(304);
    expect(packed?.headers.get("cache-control")).toBe("no-cache");
  });

  test("asks for nothing that stands elsewhere, and for nothing that is not there", async () => {
    const api = await startApi();
    const page = await (await api.get("/docs")).text();
    const links = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link ?? "");
    expect(links).toHaveLength(5);
    for (const link of links) {
      const { origin, pathname } = new URL(link, `${api.url}/docs`);
      expect(origin).toBe(api.url);
      expect((await api.get(pathname)).status).toBe(200);
    }
  });
});
