import { describe, expect, test } from "vitest";
import { HEAT, RONIN } from "../test/films.ts";
import { openSocket, type RunningApi, readToEnd, startApi } from "../test/running-api.ts";
import { Problem } from "./problem.ts";
import type { Route } from "./route.ts";

const KEY = "k".repeat(32);

/** As sent by a proxy, which the application takes and the short way leaves to it (RFC 9112, section 3.2.2). */
const absolute = (target: string) => `http://films.example${target}`;

function rawGet(api: RunningApi, target: string, headers: readonly string[] = []): Promise<string> {
  return api.raw(
    ["GET ", target, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", ...headers, "\r\n"].join(""),
  );
}

/** Without what differs from one request to the next. */
function lasting(answer: string): string {
  return answer
    .replace(/^Date: .*\r\n/m, "")
    .replace(/dur=[\d.]+/, "dur=0")
    .replace(/r=\d+;t=\d+/, "r=0;t=0");
}

const idOf = async (api: RunningApi) => (await api.store.find({ title: "heat" })).movies[0]?.id as string;

describe("an answer that needs no context", () => {
  const direct: Route = {
    path: "/direct",
    direct: (target) => {
      if (target === "/direct?now") return () => ({ status: 200, text: '"at hand"', cached: "never" });
      if (target === "/direct?soon")
        return () => async () => ({ status: 200, text: '"read"', cached: "never" });
      if (target === "/direct?fails") return () => () => Promise.reject(new Problem("withdrawn", "gone"));
      return undefined;
    },
    handle: async () => ({ status: 200, text: '"asked for"', cached: "never" }),
  };
  const textOf = async (api: RunningApi, target: string) => (await api.get(target)).text();

  test("is sent without asking the handler", async () => {
    const api = await startApi({ routes: [direct] });
    expect(await textOf(api, "/direct?now")).toBe('"at hand"');
    expect(await textOf(api, "/direct?soon")).toBe('"read"');
    expect(await textOf(api, "/direct?other")).toBe('"asked for"');
  });

  test("is for GET alone", async () => {
    const api = await startApi({ routes: [direct] });
    expect((await api.get("/direct?now", { method: "HEAD" })).headers.get("content-length")).toBe("11");
    expect((await api.get("/direct?now", { method: "DELETE" })).status).toBe(405);
  });

  test("may turn out to be a problem", async () => {
    const api = await startApi({ routes: [direct] });
    const answer = await api.get("/direct?fails");
    expect([answer.status, await answer.json()]).toEqual([
      410,
      expect.objectContaining({ code: "withdrawn" }),
    ]);
  });

  test("is not read when there are too many at once, unless it is at hand", async () => {
    const api = await startApi({ routes: [direct], maxInFlight: 0 });
    expect(await textOf(api, "/direct?now")).toBe('"at hand"');
    expect(await rawGet(api, "/direct?soon")).toMatch(/^HTTP\/1\.1 503 [\s\S]*"code":"overloaded"/);
  });

  test("goes the way of every answer once the store has another", async () => {
    const api = await startApi({ films: [HEAT] });
    const titles = async () => {
      const { movies } = (await (await api.get("/v1/movies?cast=robert+de+niro")).json()) as {
        readonly movies: readonly { readonly title: string }[];
      };
      return movies.map(({ title }) => title).sort();
    };
    for (let time = 0; time < 3; time++) expect(await titles()).toEqual(["Heat"]);
    await api.store.ingest({
      bucket: "films",
      key: "providers/acme/ronin.json",
      eventTimeMs: Date.UTC(2026, 1, 1),
      bytes: new TextEncoder().encode(JSON.stringify(RONIN)),
    });
    for (let time = 0; time < 3; time++) expect(await titles()).toEqual(["Heat", "Ronin"]);
  });
});

describe("the short way", () => {
  const requests: readonly (readonly [name: string, headers: readonly string[]])[] = [
    ["as it is", []],
    ["to who has it", ["If-None-Match: *\r\n"]],
    ["to a page of another origin", ["Origin: https://films.example\r\n"]],
  ];

  test.each(requests)("ends like the long one %s", async (_, headers) => {
    const api = await startApi({
      films: [HEAT],
      environment: {
        API_KEYS: `web:${KEY}`,
        CORS_ORIGINS: "https://films.example",
        RATE_LIMIT_PER_MINUTE: "600",
      },
    });
    const sent = [...headers, `X-Api-Key: ${KEY}\r\n`, "X-Request-Id: one\r\n"];
    for (const target of ["/v1/movies", "/v1/movies?title=heat&limit=1", `/v1/movies/${await idOf(api)}`]) {
      await rawGet(api, target, sent);
      const long = lasting(await rawGet(api, absolute(target), sent));
      expect(long).toMatch(/^HTTP\/1\.1 (200|304) /);
      expect(long).toMatch(/Server-Timing: l1;/);
      expect(lasting(await rawGet(api, target, sent))).toBe(long);
    }
  });

  test("sends the same bytes, whoever had the answer", async () => {
    const title = "L\u2019été \u2013 \ud83c\udfac";
    const api = await startApi({ films: [{ ...HEAT, title }] });
    const { bodies, layers } = { bodies: new Set<string>(), layers: [] as string[] };
    for (let time = 0; time < 3; time++) {
      const answer = await rawGet(api, "/v1/movies?limit=1");
      layers.push(/Server-Timing: (\w+);/.exec(answer)?.[1] ?? "");
      bodies.add(answer.slice(answer.indexOf("\r\n\r\n")));
      expect(answer).toContain(`"title":"${title}"`);
    }
    expect(layers).toEqual(["db", "l1", "l1"]);
    expect(bodies.size).toBe(1);
  });

  test("is logged and counted like the long one", async () => {
    const api = await startApi({ films: [HEAT] });
    const target = "/v1/movies?title=heat";
    await rawGet(api, target);
    await rawGet(api, absolute(target), ["X-Request-Id: long\r\n"]);
    await rawGet(api, target, ["X-Request-Id: short\r\n"]);
    const logged = async (requestId: string) => {
      const { requestId: _, ms, time, ...line } = await api.log.line({ requestId });
      return line;
    };
    expect(await logged("short")).toEqual(await logged("long"));
    const metrics = await (await api.get("/metrics")).text();
    expect(metrics).toContain(
      'movie_store_http_requests_total{route="/v1/movies",method="GET",status="200",consumer="",layer="l1"} 2',
    );
    expect(metrics).toContain('movie_store_cache_lookups_total{layer="l1"} 2');
  });

  test("is not open to who has no key", async () => {
    const api = await startApi({ films: [HEAT], environment: { API_KEYS: `web:${KEY}` } });
    const target = "/v1/movies?title=heat";
    for (let time = 0; time < 2; time++) await rawGet(api, target, [`X-Api-Key: ${KEY}\r\n`]);
    expect(await rawGet(api, target)).toMatch(/^HTTP\/1\.1 401 [\s\S]*"code":"unauthorized"/);
  });

  test("counts towards the limit of its caller", async () => {
    const api = await startApi({ films: [HEAT], environment: { RATE_LIMIT_PER_MINUTE: "2" } });
    const status = async () => (await api.get("/v1/movies?title=heat")).status;
    expect([await status(), await status(), await status()]).toEqual([200, 200, 429]);
  });

  test("ends its connection when the process is about to stop", async () => {
    const api = await startApi({ films: [HEAT] });
    const target = "/v1/movies?title=heat";
    await rawGet(api, target);
    const socket = await openSocket(api.port);
    const stopped = api.server.stop(5);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n/);
    await stopped;
  });
});
