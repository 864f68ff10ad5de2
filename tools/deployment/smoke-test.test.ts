import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../services/free-port.ts";

const SCRIPT = join(import.meta.dirname, "smoke-test.ts");
const API = resolve(import.meta.dirname, "../../packages/cli/bin/movie-store.js");
const KEY = "a-key-of-a-consumer";

function smokeTest(url: string, environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, SMOKE_TEST_PATIENCE_MS: "400", ...environment };
  return new Promise<{ code: unknown; output: string }>((done) => {
    execFile(process.execPath, [SCRIPT, url], { env }, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

test("an API of this repository passes, with films and a key", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-smoke-"));
  const port = await freePort();
  const api = spawn(process.execPath, [API, "start"], {
    env: {
      ...process.env,
      MOVIE_STORE_DATA: folder,
      PORT: `${port}`,
      API_KEYS: `smoke-test:${KEY}`,
      LOG_LEVEL: "warn",
    },
    stdio: "ignore",
  });
  try {
    const environment = { SMOKE_TEST_KEY: KEY, SMOKE_TEST_PATIENCE_MS: "30000" };
    expect(await smokeTest(`http://127.0.0.1:${port}`, environment)).toEqual({
      code: 0,
      output: expect.stringMatching(/answers as it should: version \d+\n$/),
    });
    expect(await smokeTest(`http://127.0.0.1:${port}`)).toMatchObject({
      code: 1,
      output: expect.stringContaining("/v1/movies?limit=1 is answered with 401 instead of 200"),
    });
  } finally {
    api.kill("SIGTERM");
    await once(api, "close");
    rmSync(folder, { recursive: true });
  }
});

describe("one fails that", () => {
  const film = { movies: [{ id: "a" }], version: 3 };
  const good: Readonly<Record<string, readonly [number, unknown]>> = {
    "/v1/movies?limit=1": [200, film],
    "/v1/movies/a": [200, { id: "a" }],
    "/v1/genres?limit=1": [200, { values: [] }],
    "/v1/movies?limit=0": [400, { code: "invalid-parameter" }],
  };
  let server: Server;
  afterEach(() => void server.close());

  async function api(answer: (url: string, response: ServerResponse) => void): Promise<string> {
    server = createServer(({ url = "" }, response) => answer(url, response)).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const broken = (changes: typeof good) =>
    api((url, response) => {
      const [status, body] = { ...good, ...changes }[url] ?? [200, {}];
      response.writeHead(status, { etag: '"1"' }).end(JSON.stringify(body));
    });

  test("none of this breaks: the answers are those of a good one", async () => {
    expect(await smokeTest(await broken({}))).toMatchObject({ code: 0 });
  });

  test.each([
    ["has no list of films", { "/v1/movies?limit=1": [200, { version: 3 }] }, "has no list of films"],
    ["has no version", { "/v1/movies?limit=1": [200, { movies: [] }] }, "has no version"],
    ["is not able to answer", { "/v1/movies?limit=1": [503, { code: "unavailable" }] }, "503 instead of 200"],
    ["knows none of the films it lists", { "/v1/movies/a": [404, {}] }, "/v1/movies/a is answered with 404"],
    ["answers for one film with another", { "/v1/movies/a": [200, { id: "b" }] }, "by another id"],
    ["takes whatever it is asked", { "/v1/movies?limit=0": [200, {}] }, "200 instead of 400"],
    ["says nothing of what is wrong", { "/v1/movies?limit=0": [400, {}] }, "a problem has no code"],
    ["counts nothing", { "/v1/genres?limit=1": [200, {}] }, "the genres are no list"],
  ] as const)("%s", async (_, changes, complaint) => {
    const { code, output } = await smokeTest(await broken(changes));
    expect(output).toContain(complaint);
    expect(code).toBe(1);
  });

  test("lets in who has no key", async () => {
    const { code, output } = await smokeTest(await broken({}), { SMOKE_TEST_KEY: KEY });
    expect(output).toContain("/v1/movies is answered with 200 instead of 401,403");
    expect(code).toBe(1);
  });

  test("has no ETag", async () => {
    const url = await api((_, response) => void response.end(JSON.stringify(film)));
    expect((await smokeTest(url)).output).toContain("has no ETag");
  });

  test("is not there", async () => {
    const url = await api(() => {});
    server.close();
    await once(server, "close");
    expect(await smokeTest(url)).toMatchObject({
      code: 1,
      output: expect.stringContaining("is not answered"),
    });
  });

  test("comes up while it is asked, and is waited for: a gateway sees new pods late", async () => {
    let asked = 0;
    const url = await api((path, response) => {
      asked += 1;
      const [status, body] = asked < 3 ? [502, "no pod"] : (good[path] ?? [200, {}]);
      response.writeHead(status, { etag: '"1"' }).end(JSON.stringify(body));
    });
    expect(await smokeTest(url, { SMOKE_TEST_PATIENCE_MS: "4000" })).toMatchObject({ code: 0 });
  });
});
