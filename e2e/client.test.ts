/** The typed client against a real API: what its own tests only make believe. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Change, createMovieStoreClient, type MovieStoreClientOptions } from "@movie-store/client";
import type { MovieStore } from "@movie-store/core";
import {
  type Container,
  createContainer,
  LOGGER,
  loadConfig,
  type RunningServer,
  STORE,
  startServer,
} from "@movie-store/http-koa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const KEY = "key-of-tests";

describe("the client, on a real API,", () => {
  let folder: string;
  let container: Container;
  let server: RunningServer;
  let store: MovieStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "movie-store-client-"));
    await start("0");
  });
  afterEach(async () => {
    await stop();
    await rm(folder, { recursive: true });
  });

  async function start(port: string): Promise<void> {
    const config = loadConfig({
      ...{ MOVIE_STORE_DATA: folder, API_KEYS: `tests:${KEY}`, HOST: "127.0.0.1", PORT: port },
      LOG_LEVEL: "error",
    });
    container = createContainer(config);
    store = container.resolve(STORE);
    server = await startServer({ store, config, log: container.resolve(LOGGER) });
  }
  async function stop(): Promise<void> {
    await server.stop(0);
    await container.close();
  }

  const client = (options: Partial<MovieStoreClientOptions> = {}) =>
    createMovieStoreClient({ url: server.url, apiKey: KEY, ...options });

  it("answers as the store does", async () => {
    await ingest(store, { id: "heat", title: "Heat", year: 1995, cast: ["Al Pacino"], genres: ["Crime"] });
    const { movies, version } = await client().get("/v1/movies", {
      query: { year: ["1990..1999"], "cast.any": ["al pacino", "Robert De Niro"], genre: ["crime"] },
    });
    expect(version).toBe(1);
    expect(movies).toMatchObject([{ title: "Heat", year: 1995, providers: ["acme"] }]);
    const id = movies[0]?.id ?? "";
    expect(await client().get("/v1/movies/{id}", { path: { id } })).toEqual(movies[0]);
    const { history } = await client().get("/v1/movies/{id}/history", { path: { id } });
    expect(history.map(({ kind }) => kind)).toEqual(["created"]);
    expect(await client().get("/v1/cast", { query: { prefix: "al" } })).toMatchObject({
      values: [{ value: "Al Pacino", films: 1 }],
    });
    expect(await client().get("/health/ready")).toEqual({ status: "ready" });
  });

  it("throws the problems of the API", async () => {
    const common = { name: "MovieStoreProblem", requestId: expect.stringMatching(/./) };
    await expect(client().get("/v1/movies", { query: { year: ["next"] } })).rejects.toMatchObject({
      ...common,
      ...{ code: "invalid-query", status: 400, parameter: "year" },
    });
    await expect(client().get("/v1/movies/{id}", { path: { id: "b/c?" } })).rejects.toMatchObject({
      ...common,
      ...{ code: "unknown-movie", status: 404, parameter: undefined },
    });
    await expect(client({ apiKey: "key-of-nobody" }).get("/v1/movies")).rejects.toMatchObject({
      ...common,
      ...{ code: "unauthorized", status: 401 },
    });
    const early = { query: { minVersion: 9 } };
    await expect(client({ maxRetries: 0 }).get("/v1/movies", early)).rejects.toMatchObject({
      ...common,
      ...{ code: "not-yet", status: 503, parameter: "minVersion", retryAfterSeconds: 1 },
    });
  });

  it("waits for a change that the store has not come to, as the API asks", async () => {
    let requests = 0;
    const fetch = async (request: Request) => {
      const response = await globalThis.fetch(request);
      if (++requests === 1) await ingest(store, { id: "up", title: "Up" });
      return response;
    };
    const { movies } = await client({ fetch }).get("/v1/movies", { query: { minVersion: 1 } });
    expect(movies).toMatchObject([{ title: "Up" }]);
    expect(requests).toBe(2);
  });

  it("gives every film of a search once, over all its pages", async () => {
    const titles = Array.from({ length: 25 }, (_, n) => `Film ${String(n).padStart(2, "0")}`);
    for (const title of titles) await ingest(store, { id: title, title, genres: ["Drama"] });
    await ingest(store, { id: "other", title: "Another", genres: ["Comedy"] });
    const found: string[] = [];
    for await (const { title } of client().movies({ genre: ["drama"], sort: "title", limit: 10 })) {
      found.push(title);
    }
    expect(found).toEqual(titles);
  });

  it("keeps a copy by an export and the changes behind it, while the API is stopped and started again", {
    timeout: 60_000,
  }, async () => {
    for (const id of ["1", "2", "3"]) await ingest(store, { id, title: `Film ${id}` });
    const { version, movies } = await client().exportMovies();
    const copy = new Set<string>();
    for await (const { title } of movies) copy.add(title);
    expect([version, copy.size]).toEqual([3, 3]);

    const read: Change[] = [];
    const reading = (async () => {
      const reader = client();
      for await (const change of reader.changes({ after: version })) {
        copy.add((await reader.get("/v1/movies/{id}", { path: { id: change.movieId } })).title);
        read.push(change);
        if (change.number === 8) return;
      }
    })();
    const seen = (count: number) => expect.poll(() => read.length, { timeout: 20_000 }).toBe(count);
    await ingest(store, { id: "4", title: "Film 4" });
    await seen(1);
    const { port } = server;
    await stop();
    await start(String(port));
    await ingest(store, { id: "5", title: "Film 5" });
    await ingest(store, { id: "6", title: "Film 6" });
    await seen(3);
    await stop();
    await start(String(port));
    await ingest(store, { id: "7", title: "Film 7" });
    await ingest(store, { id: "8", title: "Film 8" });
    await reading;
    expect(read.map(({ number, kind }) => `${number} ${kind}`)).toEqual(
      [4, 5, 6, 7, 8].map((number) => `${number} created`),
    );
    expect([...copy]).toHaveLength(8);
  });

  it("stops to follow when it is told to", async () => {
    const stopped = new AbortController();
    const changes = client().changes({ after: 0, signal: stopped.signal });
    await ingest(store, { id: "up", title: "Up" });
    expect((await changes.next()).value).toMatchObject({ number: 1, kind: "created", provider: "acme" });
    const next = changes.next();
    stopped.abort("enough");
    await expect(next).rejects.toBe("enough");
  });

  it("does not follow a feed that is shorter than what it has read", async () => {
    await expect(client().changes({ after: 5 }).next()).rejects.toMatchObject({
      ...{ code: "invalid-query", parameter: "after" },
    });
  });
});

let eventTimeMs = Date.UTC(2026, 0, 1);

async function ingest(store: MovieStore, film: { readonly id: string; readonly [fact: string]: unknown }) {
  eventTimeMs += 1_000;
  await store.ingest({
    bucket: "films",
    key: `providers/acme/${film.id}.json`,
    eventTimeMs,
    bytes: new TextEncoder().encode(JSON.stringify(film)),
  });
}
