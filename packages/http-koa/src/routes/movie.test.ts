import type { MovieStore } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { HEAT, RONIN } from "../../test/films.ts";
import { ingest, startApi } from "../../test/running-api.ts";

/** Takes in one update and tells the id of its film. */
async function idOf(store: MovieStore, film: Parameters<typeof ingest>[1][number]): Promise<string> {
  return (await ingest(store, [film]))[0]?.movieId ?? "";
}

/** Two films that a third update shows to be one: the id that leads, and the one that survives. */
async function mergedFilms(store: MovieStore) {
  const survivor = await idOf(store, HEAT);
  const other = { provider: "zenith", id: "z1", title: "Heat (Director's Cut)", year: 1996 };
  const merged = (await ingest(store, [other]))[0]?.movieId ?? "";
  await ingest(store, [{ ...other, externalIds: { imdb: "tt0113277" } }]);
  return { survivor, merged };
}

describe("a film", () => {
  test("is answered under its id", async () => {
    const api = await startApi();
    const id = await idOf(api.store, HEAT);
    const response = await api.get(`/v1/movies/${id}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id, title: "Heat", providers: ["acme"], version: 1 });
    expect(response.headers.get("movie-store-version")).toBe("1");
  });

  test("that does not exist is 404, and is found as soon as it does", async () => {
    const api = await startApi();
    const id = await idOf((await startApi()).store, HEAT);
    const before = await api.get(`/v1/movies/${id}`);
    expect(before.status).toBe(404);
    expect(before.headers.get("cache-control")).toBe("no-store");
    expect(await before.json()).toMatchObject({ status: 404, code: "unknown-movie" });
    expect((await api.get(`/v1/movies/${id}`)).status).toBe(404);
    await ingest(api.store, [HEAT]);
    expect((await api.get(`/v1/movies/${id}`)).status).toBe(200);
  });

  test("that every provider has withdrawn is 410", async () => {
    const api = await startApi();
    const id = await idOf(api.store, HEAT);
    await ingest(api.store, [{ id: "heat", deleted: true }]);
    const response = await api.get(`/v1/movies/${id}`);
    expect(response.status).toBe(410);
    expect(response.headers.get("movie-store-version")).toBe("2");
    expect(await response.json()).toMatchObject({ code: "withdrawn" });
  });

  test("that was found to be another one leads to it with 308, and keeps the query", async () => {
    const api = await startApi();
    const { survivor, merged } = await mergedFilms(api.store);
    const response = await api.get(`/v1/movies/${merged}`);
    expect(response.status).toBe(308);
    expect(response.headers.get("location")).toBe(`/v1/movies/${survivor}`);
    // A permanent redirect without a limit would stay in browsers for ever, and films can be told apart again.
    expect(response.headers.get("cache-control")).toMatch(/^public, max-age=5,/);
    const version = await api.store.version();
    const withQuery = await api.get(`/v1/movies/${merged}?at=${version}`);
    expect(withQuery.headers.get("location")).toBe(`/v1/movies/${survivor}?at=${version}`);
    expect((await api.get(`/v1/movies/${merged}?at=${version}`, { redirect: "follow" })).status).toBe(200);
  });

  test.each(["%E0%A4%A", "%00", "abc%00", "%", "%FF"])("under the id %s is answered with 400", async (id) => {
    const api = await startApi();
    for (const rest of ["", "/history", "/sources"]) {
      const response = await api.get(`/v1/movies/${id}${rest}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "invalid-path" });
    }
  });

  test.each(["x", "a%2Fb", "..%2F..", "%F0%9F%8E%AC", "ABCDEFGHIJKLMNOP", "a".repeat(5_000)])(
    "under the id %s does not exist",
    async (id) => {
      const api = await startApi();
      expect((await api.get(`/v1/movies/${id}`)).status).toBe(404);
    },
  );

  test("has no parameter but at", async () => {
    const api = await startApi();
    const id = await idOf(api.store, HEAT);
    const response = await api.get(`/v1/movies/${id}?fields=title`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ parameter: "fields" });
  });
});

describe("a film as it was", () => {
  test("is told by a change number or a time", async () => {
    const api = await startApi();
    const id = await idOf(api.store, HEAT);
    await ingest(api.store, [{ ...HEAT, title: "Heat II" }]);
    const titleAt = async (at: string) => {
      const response = await api.get(`/v1/movies/${id}?at=${at}`);
      return response.status === 200 ? ((await response.json()) as { title: string }).title : response.status;
    };
    expect(await titleAt("0")).toBe(404);
    expect(await titleAt("1")).toBe("Heat");
    expect(await titleAt("2")).toBe("Heat II");
    expect(await titleAt("2000-01-01T00:00:00Z")).toBe(404);
    expect(await titleAt("2000-01-01")).toBe(404);
    expect(await titleAt("9000-01-01T00:00:00.000Z")).toBe("Heat II");
    expect(await titleAt("9000-01-01T00:00:00%2B02:00")).toBe("Heat II");
  });

  test.each([
    "3",
    "-1",
    "1.5",
    "yesterday",
    "",
    "2026-02-30",
    "2026-01-01T00:00:00",
    "1e3",
    "1&at=1",
    "%00",
    "9".repeat(20),
  ])("can't be asked for at %j", async (at) => {
    const api = await startApi();
    const id = await idOf(api.store, HEAT);
    const response = await api.get(`/v1/movies/${id}?at=${at}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid-query", parameter: "at" });
  });
});

describe("the history of a film", () => {
  test("has every change with the fields before and after, page by page", async () => {
    const api = await startApi();
    const id = await idOf(api.store, HEAT);
    await ingest(api.store, [RONIN, { ...HEAT, title: "Heat II" }, { id: "heat", deleted: true }]);
    const all = (await (await api.get(`/v1/movies/${id}/history`)).json()) as { history: unknown[] };
    expect(all).toMatchObject({
      id,
      history: [
        { number: 1, kind: "created", provider: "acme" },
        { number: 3, kind: "updated", fields: { title: { before: "Heat", after: "Heat II" } } },
        { number: 4, kind: "withdrawn" },
      ],
      next: null,
      version: 4,
    });
    const first = await api.get(`/v1/movies/${id}/history?limit=2`);
    const link = `/v1/movies/${id}/history?limit=2&after=3`;
    expect(first.headers.get("link")).toBe(`<${link}>; rel="next"`);
    expect(await (await api.get(link)).json()).toMatchObject({ history: [{ number: 4 }] });
  });

  test("of an unknown film is 404", async () => {
    const api = await startApi();
    const response = await api.get("/v1/movies/0000000000000000/history");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "unknown-movie" });
  });

  test.each(["after=-1", "after=x", "limit=0", "limit=1001", "limit=", "page=2", "after=1&after=1"])(
    "can't be asked for with %s",
    async (query) => {
      const api = await startApi();
      const id = await idOf(api.store, HEAT);
      const response = await api.get(`/v1/movies/${id}/history?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ parameter: query.split("=")[0] });
    },
  );
});

describe("the sources of a film", () => {
  test("say who won each field and where providers disagree", async () => {
    const api = await startApi({ environment: { PROVIDER_PRIORITY: "zenith,acme" } });
    const id = await idOf(api.store, HEAT);
    await ingest(api.store, [{ ...HEAT, provider: "zenith", id: "z", year: 1996 }]);
    const response = await api.get(`/v1/movies/${id}/sources`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      id,
      sources: expect.arrayContaining([
        expect.objectContaining({ provider: "acme" }),
        expect.objectContaining({ provider: "zenith" }),
      ]),
      fields: { year: { provider: "zenith", value: 1996, disputed: true }, title: { disputed: false } },
      version: 2,
    });
  });

  test("lead to the survivor of a film that was found to be another", async () => {
    const api = await startApi();
    const { survivor, merged } = await mergedFilms(api.store);
    const response = await api.get(`/v1/movies/${merged}/sources`);
    expect(response.status).toBe(308);
    expect(response.headers.get("location")).toBe(`/v1/movies/${survivor}/sources`);
  });

  test("of an unknown film are 404, and have no parameters", async () => {
    const api = await startApi();
    expect((await api.get("/v1/movies/0000000000000000/sources")).status).toBe(404);
    expect((await api.get("/v1/movies/0000000000000000/sources?a=1")).status).toBe(400);
  });
});
