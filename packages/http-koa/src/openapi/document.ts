/** The OpenAPI 3.1 document of the API, made from the routes: what it says is what is checked and answered. */

import * as z from "zod";
import { type Operation, type Route, TAGS } from "../route.ts";
import { namedSchemas } from "../schemas/schema-of.ts";
import { COMPONENT_HEADERS, COMPONENT_PARAMETERS, hasValidator, responsesOf } from "./responses.ts";

export interface DocumentOptions {
  /** Whether callers must show a key. */
  readonly keysRequired: boolean;
  /** Whether callers may ask only so often. */
  readonly isRateLimited: boolean;
}

const DESCRIPTION = `Films that several providers describe: what they are, who said so, and what changed.

- Every resource answers \`HEAD\` as \`GET\`, without the body, and \`OPTIONS\`.
- Answers from the store have a strong \`ETag\`; ask with \`If-None-Match\`. \`Movie-Store-Version\` is the number of the last change that an answer reflects.
- What goes wrong is \`application/problem+json\` with a stable \`code\`. A parameter that is unknown, or stands twice and may not, is refused. Every 503 and 429 says with \`Retry-After\` when to ask again.
- Answers may gain fields.`;

const SECURITY_SCHEMES = {
  apiKey: { type: "apiKey", in: "header", name: "X-Api-Key" },
  bearer: { type: "http", scheme: "bearer", description: "The same key." },
};

export function openApiDocument(routes: readonly Route[], options: DocumentOptions): object {
  const paths: Record<string, object> = {};
  for (const route of routes) {
    if (route.operation === undefined) continue;
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { get: operationObject(route, route.operation, options) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Movie Store",
      version: "1",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    ...(options.keysRequired ? { security: [{ apiKey: [] }, { bearer: [] }] } : {}),
    paths,
    components: {
      schemas: componentSchemas(),
      headers: COMPONENT_HEADERS,
      parameters: COMPONENT_PARAMETERS,
      ...(options.keysRequired ? { securitySchemes: SECURITY_SCHEMES } : {}),
    },
  };
}

function operationObject(route: Route, operation: Operation, options: DocumentOptions): object {
  const { id, tag, summary, description, path, parameters, headers } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(options.keysRequired && route.isOpen === true ? { security: [] } : {}),
    parameters: [
      ...(path === undefined ? [] : [{ name: "id", in: "path", required: true, ...describedSchema(path) }]),
      ...parameterObjects("query", parameters),
      ...parameterObjects("header", headers),
      ...(hasValidator(operation) ? [{ $ref: "#/components/parameters/If-None-Match" }] : []),
    ],
    responses: responsesOf(route, operation, options),
  };
}

function parameterObjects(place: "query" | "header", schema: z.ZodObject | undefined): readonly object[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: !(field instanceof z.ZodExactOptional),
    // A list is the same name over and over: a=1&a=2.
    ...(place === "query" ? { style: "form", explode: true } : {}),
    ...describedSchema(field as z.ZodType),
  }));
}

function describedSchema(field: z.ZodType): object {
  const { $schema: _, description, ...schema } = z.toJSONSchema(field, { io: "input" });
  return { ...(description === undefined ? {} : { description }), schema };
}

function componentSchemas(): Readonly<Record<string, object>> {
  const { schemas } = z.toJSONSchema(namedSchemas, {
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => {
      // Clients have to bear fields that come later.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...schema }]) => [id, schema]),
  );
}
