/**
 * What the gateway lets through of the API, and what of it it keeps. `test/api-routes.test.ts` compares it with the
 * document of the API.
 *
 * A route is kept only if none of its parameters may be repeated: the gateway takes but the last value of each into the
 * key of its cache, so `cast=a&cast=b` would get the answer to `cast=b`. That is why searches go through; the pods have
 * most of their answers ready.
 */

export type ApiRoute = PassedRoute | StreamedRoute | KeptRoute;

interface PassedRoute {
  /** Behind `/v1`. */
  readonly path: string;
  readonly kind: "passed";
}

/** Comes as it is made, for up to a quarter of an hour and without a limit of length. */
interface StreamedRoute {
  readonly path: string;
  readonly kind: "streamed";
}

interface KeptRoute {
  readonly path: string;
  readonly kind: "kept";
  /** The key of the cache, and all that the API gets to see of the query. */
  readonly parameters: readonly string[];
}

export const API_ROUTES: readonly ApiRoute[] = [
  { path: "/movies", kind: "passed" },
  { path: "/movies/{id}", kind: "kept", parameters: ["at", "minVersion"] },
  { path: "/movies/{id}/history", kind: "kept", parameters: ["after", "limit"] },
  { path: "/movies/{id}/sources", kind: "kept", parameters: [] },
  { path: "/genres", kind: "kept", parameters: ["prefix", "after", "limit"] },
  { path: "/years", kind: "kept", parameters: ["after", "limit"] },
  { path: "/cast", kind: "kept", parameters: ["prefix", "after", "limit"] },
  { path: "/suggest", kind: "kept", parameters: ["q", "limit"] },
  { path: "/updates", kind: "passed" },
  { path: "/updates/{id}", kind: "passed" },
  { path: "/changes", kind: "streamed" },
  { path: "/export", kind: "streamed" },
];

/** Besides these no status comes from the API; the gateway makes 502 of any other. */
export const STATUSES = [200, 308, 400, 401, 404, 408, 410, 429, 431, 500, 503] as const;

/** What an answer that is kept brings along, written as the API writes it. */
export const ANSWER_HEADERS = [
  "Access-Control-Allow-Origin",
  "Access-Control-Expose-Headers",
  "Cache-Control",
  "Content-Security-Policy",
  "Content-Type",
  "ETag",
  "Link",
  "Location",
  "Movie-Store-Version",
  "Referrer-Policy",
  "Retry-After",
  "Server-Timing",
  "Vary",
  "WWW-Authenticate",
  "X-Content-Type-Options",
  "X-Request-Id",
] as const;
