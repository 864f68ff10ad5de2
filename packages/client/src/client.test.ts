import { describe, expect, expectTypeOf, it } from "vitest";
import { HeldBody, problemAnswer, scriptedApi } from "../test/scripted-api.ts";
import { createMovieStoreClient, MovieStoreProblem } from "./index.ts";

const url = "http://films.example/store/";
const json = (body: unknown) => Response.json(body);

function page(titles: readonly string[], next: string | null): Response {
  return json({ movies: titles.map((title) => ({ title })), page: { limit: 2, next }, version: 1 });
}

describe("get", () => {
  it("asks for the path with its parameters and the key, below the path of the address", async () => {
    const api = scriptedApi(page([], null), json({ id: "a/b" }));
    const client = createMovieStoreClient({ url, apiKey: "key-of-web", fetch: api.fetch });
    await client.get("/v1/movies", {
      query: { year: ["1990..1999"], "cast.any": ["Al Pacino", "Amélie & Co"], limit: 2 },
    });
    await client.get("/v1/movies/{id}", { path: { id: "a/b" } });
    const [search, film] = api.requests.map((request) => new URL(request.url));
    expect(search?.pathname).toBe("/store/v1/movies");
    expect([...(search?.searchParams ?? [])]).toEqual([
      ["year", "1990..1999"],
      ["cast.any", "Al Pacino"],
      ["cast.any", "Amélie & Co"],
      ["limit", "2"],
    ]);
    expect(film?.pathname).toBe("/store/v1/movies/a%2Fb");
    for (const { headers } of api.requests) expect(headers.get("X-Api-Key")).toBe("key-of-web");
  });

  it("sends no key where there is none", async () => {
    const api = scriptedApi(json({ status: "live" }));
    await createMovieStoreClient({ url: new URL(url), fetch: api.fetch }).get("/health/live");
    expect(api.requests[0]?.headers.has("X-Api-Key")).toBe(false);
  });

  it("throws what the problem says", async () => {
    const details = { code: "invalid-query", detail: "year is no year", parameter: "year", requestId: "r-2" };
    const { fetch } = scriptedApi(problemAnswer(400, details));
    const asked = createMovieStoreClient({ url, fetch }).get("/v1/movies", { query: { year: ["x"] } });
    await expect(asked).rejects.toBeInstanceOf(MovieStoreProblem);
    await expect(asked).rejects.toMatchObject({
      ...{ name: "MovieStoreProblem", message: "year is no year", code: "invalid-query", status: 400 },
      ...{ parameter: "year", requestId: "r-2", retryAfterSeconds: undefined },
    });
  });

  it.each([
    ["<h1>Bad Gateway</h1>", {}],
    ['{"message":"Forbidden"}', { "X-Request-Id": "r-3" }],
    ["null", {}],
  ])("throws a problem without a code where not the API answered: %s", async (body, headers) => {
    const { fetch } = scriptedApi(new Response(body, { status: 502, headers }));
    await expect(createMovieStoreClient({ url, fetch }).get("/v1/genres")).rejects.toMatchObject({
      ...{ name: "MovieStoreProblem", message: "the answer had the status 502", code: undefined },
      ...{ status: 502, requestId: Object.values(headers)[0] },
    });
  });

  it("throws what fetch throws, and ends by the signal", async () => {
    const { fetch } = scriptedApi();
    const client = createMovieStoreClient({ url, fetch });
    await expect(client.get("/v1/years")).rejects.toThrow(new TypeError("fetch failed"));
    const real = createMovieStoreClient({ url });
    await expect(real.get("/v1/years", { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  });

  it("has the types of the document", () => {
    const client = createMovieStoreClient({ url, fetch: scriptedApi().fetch });
    const uncalled = [
      () => {
        expectTypeOf(client.get("/v1/movies/{id}", { path: { id: "1" } })).resolves.toHaveProperty("title");
        expectTypeOf(client.get("/v1/genres")).resolves.toHaveProperty("values");
      },
      // @ts-expect-error a film needs its id
      () => client.get("/v1/movies/{id}"),
      // @ts-expect-error there is no such parameter
      () => client.get("/v1/movies", { query: { colour: "red" } }),
      // @ts-expect-error nor such a value
      () => client.get("/v1/movies", { query: { sort: "random" } }),
      // @ts-expect-error the export is no JSON
      () => client.get("/v1/export"),
    ];
    expect(uncalled).toHaveLength(5);
  });
});

describe("movies", () => {
  const titlesOf = async (films: AsyncIterable<{ readonly title: string }>) =>
    (await Array.fromAsync(films)).map(({ title }) => title);

  it("gives the films of all pages", async () => {
    const api = scriptedApi(page(["Heat", "Ronin"], "c1"), page([], "c2"), page(["Up"], null));
    const client = createMovieStoreClient({ url, fetch: api.fetch });
    const query = { genre: ["crime"], sort: "title" } as const;
    expect(await titlesOf(client.movies(query))).toEqual(["Heat", "Ronin", "Up"]);
    expect(api.requests.map((request) => new URL(request.url).search)).toEqual([
      "?limit=100&genre=crime&sort=title",
      "?limit=100&genre=crime&sort=title&cursor=c1",
      "?limit=100&genre=crime&sort=title&cursor=c2",
    ]);
  });

  it("begins at a cursor, in pages of the size that is wanted", async () => {
    const api = scriptedApi(page(["Up"], null));
    const client = createMovieStoreClient({ url, fetch: api.fetch });
    expect(await titlesOf(client.movies({ cursor: "c2", limit: 2 }))).toEqual(["Up"]);
    expect(new URL(api.requests[0]?.url ?? "").search).toBe("?limit=2&cursor=c2");
  });

  it("asks for no page that nobody reads", async () => {
    const api = scriptedApi(page(["Heat", "Ronin"], "c1"));
    for await (const film of createMovieStoreClient({ url, fetch: api.fetch }).movies())
      if (film.title === "Ronin") break;
    expect(api.requests).toHaveLength(1);
  });
});

describe("changes", () => {
  it("asks for the stream behind a number", async () => {
    const body = new HeldBody('id: 6\nevent: created\ndata: {"number":6}\n\n');
    const headers = { "Content-Type": "text/event-stream; charset=utf-8" };
    const api = scriptedApi(new Response(body.stream, { headers }));
    for await (const change of createMovieStoreClient({ url, fetch: api.fetch }).changes({ after: 5 })) {
      expect(change.number).toBe(6);
      break;
    }
    expect(body.isCancelled).toBe(true);
    expect(new URL(api.requests[0]?.url ?? "").search).toBe("?after=5");
    expect(api.requests[0]?.headers.get("Accept")).toBe("text/event-stream");
    expect(api.requests[0]?.headers.has("Last-Event-ID")).toBe(false);
  });

  it("says so when there is something else under the address", async () => {
    const { fetch } = scriptedApi(
      new Response("<h1>Hello</h1>", { headers: { "Content-Type": "text/html" } }),
    );
    await expect(createMovieStoreClient({ url, fetch }).changes().next()).rejects.toThrow(
      "the answer is text/html and not text/event-stream: is this the address of a Movie Store?",
    );
  });
});

describe("exportMovies", () => {
  const headers = { "Content-Type": "application/x-ndjson; charset=utf-8" };

  it("gives every film and the change that they are as of", async () => {
    const api = scriptedApi(new Response('{"version":7}\n{"title":"Heat"}\n{"title":"Up"}\n', { headers }));
    const { version, movies } = await createMovieStoreClient({ url, fetch: api.fetch }).exportMovies();
    expect(version).toBe(7);
    expect(await Array.fromAsync(movies)).toEqual([{ title: "Heat" }, { title: "Up" }]);
  });

  it("throws when it is cut off", async () => {
    const body = new HeldBody('{"version":7}\n{"title":"Heat"}\n{"tit');
    const { fetch } = scriptedApi(new Response(body.stream, { headers }));
    const { movies } = await createMovieStoreClient({ url, fetch }).exportMovies();
    const films = movies[Symbol.asyncIterator]();
    expect(await films.next()).toMatchObject({ value: { title: "Heat" } });
    body.break();
    await expect(films.next()).rejects.toThrow("terminated");
  });

  it.each(["", '{"title":"Heat"}\n'])("does not take %j for an export", async (text) => {
    const { fetch } = scriptedApi(new Response(text, { headers }));
    await expect(createMovieStoreClient({ url, fetch }).exportMovies()).rejects.toThrow(
      "begin with its version",
    );
  });
});
