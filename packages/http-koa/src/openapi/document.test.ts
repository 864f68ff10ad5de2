import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ApiDocument,
  type DescribedOperation,
  type DescribedRequest,
  type DescribedResponse,
  describedRequests,
  type Schema,
} from "../../test/described-requests.ts";
import { AMELIE, filmsOf, HEAT, RONIN } from "../../test/films.ts";
import { ingest, type RunningApi, startApi } from "../../test/running-api.ts";

async function documentOf(api: RunningApi): Promise<ApiDocument> {
  return (await (await api.get("/openapi.json")).json()) as ApiDocument;
}

describe("the API document", () => {
  test.each<[string, Record<string, string>]>([
    ["as it is by default", {}],
    ["with keys and a limit", { API_KEYS: "web:key-of-web", RATE_LIMIT_PER_MINUTE: "60" }],
  ])("%s is valid OpenAPI 3.1 for an independent validator", async (_, environment) => {
    const document = await documentOf(await startApi({ environment }));
    const validator = new Validator();
    expect(await validator.validate(document as unknown as Record<string, unknown>)).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  test("is not sent again to who has it, and is not kept without being asked for", async () => {
    const api = await startApi();
    const { headers } = await api.get("/openapi.json");
    expect(headers.get("cache-control")).toBe("no-cache");
    const again = await api.get("/openapi.json", { headers: { "If-None-Match": headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
  });

  test("says who needs a key, and is itself read without one", async () => {
    const open = await documentOf(await startApi());
    expect(open.paths["/v1/movies"]?.get.responses).not.toHaveProperty("401");
    expect(open).not.toHaveProperty("security");
    expect(open).not.toHaveProperty("components.securitySchemes");
    const document = await documentOf(await startApi({ environment: { API_KEYS: "web:key-of-web" } }));
    expect(document).toMatchObject({
      security: [{ apiKey: [] }, { bearer: [] }],
      components: {
        securitySchemes: { apiKey: { in: "header", name: "X-Api-Key" }, bearer: { scheme: "bearer" } },
      },
    });
    expect(document.paths["/v1/movies"]?.get.responses).toHaveProperty("401");
    expect(document.paths["/health/live"]?.get).toMatchObject({ security: [] });
    expect(document.paths["/health/live"]?.get.responses).not.toHaveProperty("401");
  });

  test("speaks of a rate limit where there is one", async () => {
    const limited = await documentOf(await startApi({ environment: { RATE_LIMIT_PER_MINUTE: "60" } }));
    const responses = limited.paths["/v1/movies"]?.get.responses;
    expect(responses).toHaveProperty("429");
    expect(responses?.["200"]?.headers).toHaveProperty("RateLimit");
    expect(limited.paths["/health/live"]?.get.responses).not.toHaveProperty("429");
    const open = await documentOf(await startApi());
    expect(open.paths["/v1/movies"]?.get.responses).not.toHaveProperty("429");
  });

  test("names each operation once, and describes every parameter", async () => {
    const document = await documentOf(await startApi());
    const operations = Object.values(document.paths).map(({ get }) => get);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { parameters } of operations) {
      for (const parameter of parameters) {
        if ("$ref" in parameter) continue;
        expect(parameter, JSON.stringify(parameter)).toHaveProperty("description");
        if (parameter.schema.type === "array")
          expect(parameter).toMatchObject({ style: "form", explode: true });
      }
    }
  });
});

describe("every answer", () => {
  test("is as the document says, whatever is asked", { timeout: 60_000 }, async () => {
    const api = await startApi({ films: [HEAT, RONIN, AMELIE, ...filmsOf(1999, 5)] });
    const known = await settle(api);
    const document = await documentOf(api);
    const check = answerCheck(document);
    const seen = new Map<string, Set<number>>();
    await fc.assert(
      fc.asyncProperty(describedRequests(document, known), async (request) => {
        const status = await check(request, api);
        const { operationId } = request.operation;
        seen.set(operationId, (seen.get(operationId) ?? new Set()).add(status));
      }),
      { numRuns: 1_500 },
    );
    // The requests got everywhere.
    const isRefusable = ({ parameters }: { readonly parameters: readonly unknown[] }) =>
      parameters.length > 1;
    for (const [path, { get }] of Object.entries(document.paths)) {
      expect(seen.get(get.operationId), path).toContain(200);
      if (isRefusable(get)) expect(seen.get(get.operationId), path).toContain(400);
    }
  });

  test("that a film may have is as the document says", async () => {
    const api = await startApi({ films: [HEAT, RONIN, AMELIE] });
    await settle(api);
    const document = await documentOf(api);
    const check = answerCheck(document);
    const { changes } = await api.store.changes();
    const idOf = (kind: string) => changes.find((change) => change.kind === kind)?.movieId ?? "";
    const path = "/v1/movies/{id}";
    const operation = document.paths[path]?.get as DescribedOperation;
    for (const [target, status] of [
      [idOf("updated"), 200],
      [idOf("merged"), 308],
      [idOf("withdrawn"), 410],
      ["x", 404],
      ["%00", 400],
      [`${idOf("updated")}?minVersion=999`, 503],
    ] as const) {
      const request = {
        path,
        operation,
        method: "GET",
        target: `/v1/movies/${target}`,
        headers: {},
      } as const;
      expect(await check(request, api)).toBe(status);
    }
  });
});

/** Makes some of the films merged, split, withdrawn or disputed, and tells what can be asked for. */
async function settle({ store }: RunningApi): Promise<Readonly<Record<string, readonly string[]>>> {
  const other = { provider: "zenith", id: "z1", title: "Heat (Director's Cut)", year: 1996 };
  const receipts = await ingest(store, [
    other,
    { ...other, externalIds: { imdb: "tt0113277" } },
    { ...RONIN, provider: "zenith", year: 1997, poster: { url: "https://example.org/ronin.jpg", width: 10 } },
    { id: "amelie", deleted: true },
    { id: "bad", title: "" },
    { ...RONIN, runtimeMinutes: 122, overview: "A case.", directors: ["John Frankenheimer"] },
  ]);
  const { changes } = await store.changes({ limit: 1_000 });
  const { movies } = await store.find({ limit: 100 });
  const ids = new Set([...changes, ...receipts].map(({ movieId }) => movieId ?? ""));
  return {
    id: [...ids, ...receipts.map(({ updateId }) => updateId)],
    title: movies.map(({ title }) => title),
    cast: movies.flatMap(({ cast }) => cast ?? []),
    genre: ["crime", "Action", "drama"],
    provider: ["acme", "zenith"],
    year: ["1999", "1990..", "..1996", "1995..1998"],
    prefix: ["a", "r", "cr", "1"],
    q: ["he", "rob", "film 1"],
    key: ["providers/acme/heat.json"],
  };
}

/** Compares the answer with the document, and tells its status. */
function answerCheck(document: ApiDocument) {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(complete(document), "api", undefined, false);

  return async ({ path, operation, method, target, headers }: DescribedRequest, api: RunningApi) => {
    const gone = new AbortController();
    const response = await api.get(target, { method, headers, signal: gone.signal });
    const { status } = response;
    const about = `${method} ${target} ${JSON.stringify(headers)}: ${status}`;
    const described = operation.responses[status] as DescribedResponse;
    expect(described, `${about} is not in the document`).toBeDefined();
    const mediaType = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
    if (status === 200 && mediaType === "application/json") {
      for (const name of Object.keys(described.headers ?? {})) {
        if (name !== "Link") expect(response.headers.get(name), `${about} without ${name}`).not.toBeNull();
      }
    }
    if (status === 304) {
      expect(mediaType).toBe("");
      return status;
    }
    expect(Object.keys(described.content ?? {}), about).toContain(mediaType);
    if (method === "HEAD" || mediaType === "text/event-stream") {
      gone.abort();
    } else {
      const text = await response.text();
      const body: unknown = /[/+]json$/.test(mediaType) ? JSON.parse(text) : text;
      const pointer = ["paths", path, "get", "responses", status, "content", mediaType, "schema"].map(
        escaped,
      );
      const isValid = ajv.getSchema(`api#/${pointer.join("/")}`);
      expect(isValid?.(body), `${about}: ${text} ${JSON.stringify(isValid?.errors)}`).toBe(true);
      if (mediaType === "application/x-ndjson") {
        const isMovie = ajv.getSchema("api#/components/schemas/Movie");
        const [first, ...movies] = text.trimEnd().split("\n");
        expect(first).toMatch(/^\{"version":\d+\}$/);
        for (const movie of movies) expect(isMovie?.(JSON.parse(movie)), movie).toBe(true);
      }
      // `not-yet` is the only failure that a caller can bring about.
      if (status >= 500) expect(body).toMatchObject({ code: "not-yet" });
    }
    return status;
  };
}

function escaped(part: string | number): string {
  return encodeURIComponent(String(part).replaceAll("~", "~0").replaceAll("/", "~1"));
}

/** The document as if its answers had no further fields: what is answered and not described is then an error. */
function complete(document: ApiDocument): object {
  const closed = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(closed);
    if (typeof schema !== "object" || schema === null) return schema;
    const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
    return "properties" in inner && !("additionalProperties" in inner)
      ? { ...inner, additionalProperties: false }
      : inner;
  };
  const schemas = closed(document.components.schemas) as Record<string, Schema>;
  return { ...document, components: { ...document.components, schemas } };
}
