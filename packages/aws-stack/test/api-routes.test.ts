import { request } from "node:http";
import { MemoryMovieRepository } from "@movie-store/core";
import {
  createContainer,
  LOGGER,
  loadConfig,
  type RunningServer,
  STORE,
  startServer,
} from "@movie-store/http-koa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ANSWER_HEADERS, API_ROUTES, type ApiRoute, STATUSES } from "../src/service/api-routes.ts";

// The gateway repeats some of what the API says of itself. Here it is compared with the API.

interface Operation {
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: { readonly type?: string };
  }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

let server: RunningServer;
let close: () => Promise<void>;
let operations: ReadonlyMap<string, Operation>;

beforeAll(async () => {
  // With keys, as behind the gateway.
  const config = loadConfig({
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "error",
    API_KEYS: "gateway:some-secret",
  });
  const container = createContainer(config, { repository: new MemoryMovieRepository() });
  server = await startServer({ store: container.resolve(STORE), config, log: container.resolve(LOGGER) });
  close = () => container.close();
  const response = await fetch(`${server.url}/openapi.json`);
  const { paths } = (await response.json()) as {
    readonly paths: Record<string, { readonly get: Operation }>;
  };
  operations = new Map(
    Object.entries(paths)
      .filter(([path]) => path.startsWith("/v1/"))
      .map(([path, { get }]) => [path.slice("/v1".length), get]),
  );
});
afterAll(async () => {
  await server.stop(0);
  await close();
});

/** What the API has that the table has not, and the other way round. */
function faultsOf(routes: readonly ApiRoute[]): string[] {
  const faults: string[] = [];
  for (const path of operations.keys()) {
    if (!routes.some((route) => route.path === path)) faults.push(`${path} is not let through`);
  }
  for (const route of routes) {
    const operation = operations.get(route.path);
    if (operation === undefined) {
      faults.push(`${route.path} is not a path of the API`);
      continue;
    }
    const query = operation.parameters.filter((parameter) => parameter.in === "query");
    const isStream = Object.keys(operation.responses["200"]?.content ?? {}).some(
      (type) => type === "text/event-stream" || type === "application/x-ndjson",
    );
    if (isStream !== (route.kind === "streamed"))
      faults.push(`${route.path} is ${isStream ? "" : "not "}a stream`);
    if (route.kind !== "kept") continue;
    const names = query.map(({ name }) => name);
    if (names.join() !== route.parameters.join()) faults.push(`${route.path} takes ${names.join()}`);
    for (const { name, schema } of query) {
      if (schema.type === "array") faults.push(`${route.path} may have ${name} twice`);
    }
    for (const status of Object.keys(operation.responses)) {
      // The API gets no If-None-Match, so it never says 304.
      if (status !== "304" && !STATUSES.some((known) => `${known}` === status)) {
        faults.push(`${route.path} answers ${status}`);
      }
    }
  }
  return faults;
}

test("the gateway lets through what the API has, keeps what its key can tell apart, and streams what streams", () => {
  expect(faultsOf(API_ROUTES)).toEqual([]);
});

const without = (path: string) => API_ROUTES.filter((route) => route.path !== path);

test.for<readonly [fault: string, routes: readonly ApiRoute[]]>([
  ["/movies is not let through", without("/movies")],
  ["/films is not a path of the API", [...API_ROUTES, { path: "/films", kind: "passed" }]],
  ["/suggest takes q,limit", [...without("/suggest"), { path: "/suggest", kind: "kept", parameters: ["q"] }]],
  ["/movies may have cast twice", [...without("/movies"), { path: "/movies", kind: "kept", parameters: [] }]],
  ["/changes is a stream", [...without("/changes"), { path: "/changes", kind: "passed" }]],
  ["/genres is not a stream", [...without("/genres"), { path: "/genres", kind: "streamed" }]],
  ["/changes answers 409", [...without("/changes"), { path: "/changes", kind: "kept", parameters: [] }]],
])("a table where %s is noticed", ([fault, routes]) => {
  expect(faultsOf(routes)).toContain(fault);
});

test.for(["/v1/movies/abcdefghijklmnop", "/v1/genres", "/v1/suggest?q=a", "/v1/suggest?nothing=1"])(
  "an answer to %s that is kept loses no header of the API",
  async (path) => {
    const seen = await headersOf(path);
    expect(seen).toContain("Content-Type");
    const ofTheConnection = /^(Connection|Content-Length|Date|Keep-Alive|Transfer-Encoding)$/i;
    const lost = seen.filter(
      (name) => !ofTheConnection.test(name) && !(ANSWER_HEADERS as readonly string[]).includes(name),
    );
    expect(lost).toEqual([]);
  },
);

/** As they are written: the gateway looks for them so. */
function headersOf(path: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const asked = request(`${server.url}${path}`, { headers: { "X-Api-Key": "some-secret" } }, (response) => {
      response.resume();
      resolve(response.rawHeaders.filter((_, at) => at % 2 === 0));
    });
    asked.on("error", reject);
    asked.end();
  });
}
