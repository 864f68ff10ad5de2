/** Makes `src/schema.ts` from the document of the API. */

import { MemoryMovieRepository } from "@movie-store/core";
import { createContainer, LOGGER, loadConfig, STORE, startServer } from "@movie-store/http-koa";
import openapiTS, { astToString } from "openapi-typescript";

export const SCHEMA_FILE = new URL("../src/schema.ts", import.meta.url);

const HEADER = `// Generated from the API's OpenAPI document by \`npm run generate -w @movie-store/client\`: don't edit it.
// Of the answers it has those of 200; whatever else comes is a MovieStoreProblem.

`;

/** What the file has to be for the API as it is now. */
export async function schemaText(): Promise<string> {
  const document = withoutFailures(await apiDocument());
  return HEADER + astToString(await openapiTS(JSON.stringify(document), { immutable: true }));
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Operation {
  readonly parameters: readonly object[];
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

/** As the API itself gives it out. */
async function apiDocument(): Promise<ApiDocument> {
  const config = loadConfig({ HOST: "127.0.0.1", PORT: "0", LOG_LEVEL: "error" });
  const container = createContainer(config, { repository: new MemoryMovieRepository() });
  const log = container.resolve(LOGGER);
  const server = await startServer({ store: container.resolve(STORE), config, log });
  try {
    const response = await fetch(`${server.url}/openapi.json`);
    return (await response.json()) as ApiDocument;
  } finally {
    await server.stop(0);
    await container.close();
  }
}

/** Failures are the same for every path, and headers are the client's business: both would only make the types long. */
function withoutFailures(document: ApiDocument): object {
  const paths = Object.entries(document.paths).map(([path, { get }]) => {
    const { content } = get.responses["200"] ?? {};
    const parameters = get.parameters.filter((parameter) => "in" in parameter && parameter.in !== "header");
    const responses = { 200: { description: "The answer.", content } };
    return [path, { get: { ...get, parameters, responses } }];
  });
  const { schemas } = document.components;
  return { ...document, paths: Object.fromEntries(paths), components: { schemas } };
}
