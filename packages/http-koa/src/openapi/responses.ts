/** What the API document says of answers: bodies, headers and problems by status. */

import { STATUS_CODES } from "node:http";
import * as z from "zod";
import { PROBLEMS, type ProblemCode } from "../problem.ts";
import type { Operation, Route } from "../route.ts";
import { redirect } from "../schemas/movies.ts";
import { problem } from "../schemas/problem.ts";
import { namedSchemas } from "../schemas/schema-of.ts";
import type { DocumentOptions } from "./document.ts";

const text = { type: "string" } as const;
const number = { type: "integer", minimum: 0 } as const;

export const COMPONENT_HEADERS = {
  "Cache-Control": { description: "How long a cache may keep the answer.", schema: text },
  ETag: { description: "A strong validator of the body.", schema: text },
  Link: { description: 'The next page, `rel="next"`; absent on the last one.', schema: text },
  Location: { description: "Where the film is, relative.", schema: text },
  "Movie-Store-Version": {
    description: "The number of the last change that the answer reflects.",
    schema: number,
  },
  RateLimit: {
    description: "Requests that are left (`r`), and the seconds until there is one more (`t`).",
    schema: text,
  },
  "RateLimit-Policy": { description: "Requests (`q`) in a window of seconds (`w`).", schema: text },
  "Retry-After": { description: "Seconds after which to ask again.", schema: number },
  "Server-Timing": {
    description:
      "Who had the answer, and how long it took: `l1`, `l2` (caches) or `db`, with `dur` in milliseconds.",
    schema: text,
  },
  "X-Request-Id": {
    description: "The request's own where it has a harmless one, else a new one.",
    schema: text,
  },
} as const;

type HeaderName = keyof typeof COMPONENT_HEADERS;

export const COMPONENT_PARAMETERS = {
  "If-None-Match": {
    name: "If-None-Match",
    in: "header",
    required: false,
    description: "The `ETag` of an answer that the caller has: 304 if it is still the same.",
    schema: text,
  },
};

/** May be met wherever a request gets to the service at all. */
const EVERYWHERE: readonly ProblemCode[] = ["bad-request", "request-timeout", "too-large", "internal"];

export function responsesOf(route: Route, operation: Operation, options: DocumentOptions): object {
  const { answers, isPaged, redirects } = operation;
  const isRead = operation.isRead !== false;
  const headers: readonly HeaderName[] = [
    "X-Request-Id",
    "Cache-Control",
    ...(isRead ? (["Movie-Store-Version"] as const) : []),
    ...(hasValidator(operation) ? (["ETag", "Server-Timing"] as const) : []),
    ...(isPaged === true ? (["Link"] as const) : []),
    ...(isLimited(route, options) ? RATE_LIMIT_HEADERS : []),
  ];
  const notModified = { description: "The caller has it already.", headers: headerObjects(headers) };
  return {
    200: { description: "The answer.", headers: headerObjects(headers), content: contentOf(answers) },
    ...(hasValidator(operation) ? { 304: notModified } : {}),
    ...(redirects === true ? { 308: redirectResponse() } : {}),
    ...problemResponses(route, operation, options),
  };
}

const RATE_LIMIT_HEADERS = ["RateLimit", "RateLimit-Policy"] as const;

function isLimited({ isUnlimited }: Route, { isRateLimited }: DocumentOptions): boolean {
  return isRateLimited && isUnlimited !== true;
}

/** Whether a caller can ask if its answer is still the same. */
export function hasValidator({ isRead, isStream }: Operation): boolean {
  return isRead !== false && isStream !== true;
}

function redirectResponse(): object {
  return {
    description: "The film turned out to be another one.",
    headers: headerObjects([
      "X-Request-Id",
      "Cache-Control",
      "Location",
      "Movie-Store-Version",
      "Server-Timing",
    ]),
    content: contentOf({ "application/json": redirect }),
  };
}

function problemResponses(route: Route, operation: Operation, options: DocumentOptions): object {
  const isRead = operation.isRead !== false;
  const codes: readonly ProblemCode[] = [
    ...EVERYWHERE,
    ...(isRead ? (["invalid-query", "unavailable"] as const) : []),
    ...(operation.path === undefined ? [] : (["invalid-path"] as const)),
    ...(options.keysRequired && route.isOpen !== true ? (["unauthorized"] as const) : []),
    ...(route.isUnlimited === true ? [] : (["overloaded"] as const)),
    ...(isLimited(route, options) ? (["rate-limited"] as const) : []),
    ...operation.problems,
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => PROBLEMS[code].status);
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, problemResponse(status, group)]));
}

function problemResponse(status: number, codes: readonly ProblemCode[]): object {
  const means = codes.map((code) => `- \`${code}\`: ${PROBLEMS[code].means}`);
  const retryAfter = status === 429 || status === 503 ? (["Retry-After"] as const) : [];
  return {
    description: [`${STATUS_CODES[status]}.`, "", ...means].join("\n"),
    headers: headerObjects(["X-Request-Id", "Cache-Control", ...retryAfter]),
    content: {
      "application/problem+json": {
        schema: {
          allOf: [
            reference(problem),
            { type: "object", properties: { status: { const: status }, code: { enum: codes } } },
          ],
        },
      },
    },
  };
}

function headerObjects(names: readonly HeaderName[]): object {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function contentOf(bodies: Operation["answers"]): object {
  return Object.fromEntries(
    Object.entries(bodies).map(([mediaType, schema]) => [mediaType, { schema: reference(schema) }]),
  );
}

/** A schema that has a name stands in the components. */
function reference(schema: z.ZodType): object {
  const named = namedSchemas.get(schema);
  if (named !== undefined) return { $ref: `#/components/schemas/${named.id}` };
  const { $schema: _, ...json } = z.toJSONSchema(schema);
  return json;
}
