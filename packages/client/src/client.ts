/** The client: what the API answers, with the types that its document says. */

import createClient from "openapi-fetch";
import { type Change, type ChangesOptions, followChanges } from "./follow-changes.ts";
import { linesOf } from "./lines.ts";
import { type Fetch, type RetryOptions, retryingFetch } from "./retrying-fetch.ts";
import type { components, paths } from "./schema.ts";

export type Movie = components["schemas"]["Movie"];

export interface MovieStoreClientOptions extends RetryOptions {
  /** Of the API, such as `https://films.example`; may have a path. */
  readonly url: string | URL;
  /** Sent as `X-Api-Key`; needed where the API has `API_KEYS`. */
  readonly apiKey?: string;
  /** Default: that of the platform. */
  readonly fetch?: Fetch;
}

type JsonContent = { readonly "application/json": unknown };
type Responses<P extends keyof paths> = paths[P]["get"]["responses"][200]["content"];
type Parameters<P extends keyof paths> = paths[P]["get"]["parameters"];

/** The paths that answer in JSON. */
export type ApiPath = { [P in keyof paths]: Responses<P> extends JsonContent ? P : never }[keyof paths];

/** What a path answers. */
export type Answer<P extends ApiPath> = Responses<P> extends { "application/json": infer A } ? A : never;

/** What a path takes: `query`, `path`, both or none. */
export type Asked<P extends ApiPath> = Pick<Parameters<P>, "query" | "path"> & Cancellable;

/** A path that needs nothing may be asked for without more. */
type AskedIfAny<P extends ApiPath> =
  Parameters<P> extends { readonly path: object } | { readonly query: object }
    ? [asked: Asked<P>]
    : [asked?: Asked<P>];

/** What `movies` takes: the parameters of `/v1/movies`. `limit` is the number of films of one request. */
export type MoviesQuery = NonNullable<Parameters<"/v1/movies">["query"]>;

interface Cancellable {
  /** Ends the request, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Every film as of one change. */
export interface MoviesExport {
  /** The number of that change: `changes({ after: version })` goes on from there. */
  readonly version: number;
  /** To be read once, in the order of their ids; throws when the connection ends before the last one. */
  readonly movies: AsyncIterable<Movie>;
}

/**
 * Each function throws {@link MovieStoreProblem} where the API has no answer, and what `fetch` throws where there is
 * no API. Answers of 429 and 503 are waited out, as {@link RetryOptions} say.
 */
export interface MovieStoreClient {
  /**
   * Asks for a path. A film that turned out to be another one is answered with that one: its `id` differs then.
   *
   * @example
   * ```ts
   * const film = await client.get("/v1/movies/{id}", { path: { id: "gkl14f9ub183dlfh" } });
   * ```
   */
  get<P extends ApiPath>(path: P, ...asked: AskedIfAny<P>): Promise<Answer<P>>;

  /**
   * All films that a query finds, page after page as they are needed.
   *
   * @param query begins at its `cursor`, if it has one.
   */
  movies(query?: MoviesQuery, options?: Cancellable): AsyncGenerator<Movie, void>;

  /**
   * The feed of changes, ascending and without gaps, for ever: at its end it waits for the next change. Where a
   * connection is lost it makes another one and goes on behind the last change; only the first connection has to
   * succeed. Ends by `break`, by the signal, or by a problem that waiting does not help.
   */
  changes(options?: ChangesOptions): AsyncGenerator<Change, never>;

  /** Every film, as of one change. With {@link MovieStoreClient.changes}, all that it takes to keep a copy. */
  exportMovies(options?: Cancellable): Promise<MoviesExport>;
}

/** Films in one request of `movies`, as many as the API gives. */
const PAGE_LIMIT = 100;

/**
 * @example
 * ```ts
 * const client = createMovieStoreClient({ url: "http://localhost:3000" });
 * for await (const film of client.movies({ genre: ["western"], sort: "year" })) console.log(film.title);
 * ```
 */
export function createMovieStoreClient(options: MovieStoreClientOptions): MovieStoreClient {
  const { url, apiKey, fetch = (request) => globalThis.fetch(request) } = options;
  const api = createClient<paths>({
    baseUrl: String(url),
    fetch: retryingFetch(fetch, options),
    headers: apiKey === undefined ? {} : { "X-Api-Key": apiKey },
  });

  const get: MovieStoreClient["get"] = async (path, asked = {}) => {
    const { query, path: names, signal } = asked as UncheckedAsked;
    // Which path takes what is checked where `get` is called; here it can be any of them.
    const request = api.GET as (path: string, init: object) => Promise<{ readonly data?: unknown }>;
    const { data } = await request(path, { params: { query, path: names }, ...(signal && { signal }) });
    return data as never;
  };

  async function* movies(query: MoviesQuery = {}, cancellable: Cancellable = {}) {
    for (let rest: MoviesQuery | undefined = query; rest !== undefined; ) {
      const answer: Answer<"/v1/movies"> = await get("/v1/movies", {
        query: { limit: PAGE_LIMIT, ...rest },
        ...cancellable,
      });
      yield* answer.movies;
      rest = answer.page.next === null ? undefined : { ...query, cursor: answer.page.next };
    }
  }

  function changes(asked: ChangesOptions = {}) {
    const { after, afterAt, signal } = asked;
    return followChanges(async (place) => {
      const isNumberAlone = place !== undefined && place.at === undefined;
      const headers = {
        Accept: "text/event-stream",
        ...(isNumberAlone && { "Last-Event-ID": place.lastEventId }),
      };
      const query =
        place?.at === undefined
          ? { ...(after !== undefined && { after }), ...(afterAt !== undefined && { afterAt }) }
          : { after: Number(place.lastEventId), afterAt: place.at };
      const init = { params: { query }, headers, ...(signal && { signal }), parseAs: "stream" } as const;
      const { data, response } = await api.GET("/v1/changes", init);
      return bodyOf(data, response, "text/event-stream");
    }, asked);
  }

  async function exportMovies({ signal }: Cancellable = {}): Promise<MoviesExport> {
    const { data, response } = await api.GET("/v1/export", { ...(signal && { signal }), parseAs: "stream" });
    const lines = linesOf(bodyOf(data, response, "application/x-ndjson"));
    const { value } = await lines.next();
    const { version } = JSON.parse(value ?? "{}") as { readonly version?: unknown };
    if (typeof version === "number") return { version, movies: parsed(lines) };
    await lines.return();
    throw new Error("the export does not begin with its version");
  }

  return { get, movies, changes, exportMovies };
}

interface UncheckedAsked extends Cancellable {
  readonly query?: unknown;
  readonly path?: unknown;
}

/** @throws Error for an answer that the API does not give: something else is under its address. */
function bodyOf(
  body: ReadableStream<Uint8Array> | null | undefined,
  { headers }: Response,
  mediaType: string,
): ReadableStream<Uint8Array> {
  const given = headers.get("Content-Type") ?? "nothing";
  if (body && given.startsWith(mediaType)) return body;
  throw new Error(`the answer is ${given} and not ${mediaType}: is this the address of a Movie Store?`);
}

async function* parsed(lines: AsyncIterable<string>): AsyncGenerator<Movie, void> {
  for await (const line of lines) yield JSON.parse(line) as Movie;
}
