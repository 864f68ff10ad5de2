import { randomBytes } from "node:crypto";
import { get, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";
import { MemoryMovieRepository, MovieStoreError } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { filmsOf, HEAT, RONIN } from "../../test/films.ts";
import { ingest, type RunningApi, startApi, TroubledRepository } from "../../test/running-api.ts";

const PATH = "/v1/export";

/** Without the unpacking that fetch does. */
async function rawExport(api: RunningApi, encoding: string) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(api.url + PATH, { headers: { "Accept-Encoding": encoding } }, resolve).once("error", reject);
  const response = await promise;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { headers: response.headers, bytes: Buffer.concat(chunks) };
}

describe("the export", () => {
  test("is a line with its version, and a line for each film", async () => {
    const api = await startApi({ films: [HEAT, RONIN] });
    const { headers, bytes } = await rawExport(api, "identity");
    const { movies } = await api.store.find({});
    const films = movies
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((movie) => `${JSON.stringify(movie)}\n`);
    expect(bytes.toString()).toBe(`{"version":2}\n${films.join("")}`);
    expect(headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
    expect(headers["movie-store-version"]).toBe("2");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["content-encoding"]).toBeUndefined();
    expect(headers.etag).toBeUndefined();
  });

  test("is compressed for who takes that", async () => {
    const api = await startApi({ films: filmsOf(1999, 50) });
    const plain = await rawExport(api, "identity");
    const { headers, bytes } = await rawExport(api, "br, gzip");
    expect(headers["content-encoding"]).toBe("gzip");
    expect(headers["vary"]).toBe("Accept-Encoding");
    expect(gunzipSync(bytes)).toEqual(plain.bytes);
    expect(bytes.length).toBeLessThan(plain.bytes.length / 4);
  });

  test("takes no parameter", async () => {
    const response = await (await startApi()).get(`${PATH}?at=1`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ parameter: "at" });
  });

  test.each(["identity", "gzip"])("that fails on its way as %s is cut off", async (encoding) => {
    const troubled = new TroubledRepository();
    // More than goes into one piece, and less than one page of the walk.
    const films = filmsOf(1999, 400).map((film) => ({
      ...film,
      overview: randomBytes(300).toString("hex"),
    }));
    const api = await startApi({ repository: troubled.repository, films });
    let pages = 0;
    troubled.before = async (method) => {
      if (method === "allFilms" && ++pages === 2)
        throw new MovieStoreError("unavailable", "the database is away");
    };
    await expect(rawExport(api, encoding)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await api.log.line({ path: PATH })).toMatchObject({
      status: 200,
      aborted: true,
      code: "unavailable",
    });
  });

  test("that can't begin is a problem", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository, films: [HEAT] });
    troubled.before = async (method) => {
      if (method === "allFilms") throw new MovieStoreError("unavailable", "the database is away");
    };
    for (const encoding of ["identity", "gzip"]) {
      const response = await api.get(PATH, { headers: { "Accept-Encoding": encoding } });
      expect(response.status).toBe(503);
      expect(response.headers.get("content-encoding")).toBeNull();
      expect(await response.json()).toMatchObject({ code: "unavailable" });
    }
  });

  test("is made for a few at a time", async () => {
    const troubled = new TroubledRepository(new MemoryMovieRepository());
    const api = await startApi({ repository: troubled.repository, films: [HEAT] });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: allBegun, resolve: begun } = Promise.withResolvers<void>();
    let walks = 0;
    troubled.before = async (method) => {
      if (method !== "allFilms") return;
      if (++walks === 4) begun();
      await released;
    };
    const exports = Array.from({ length: 4 }, () => api.get(PATH));
    await allBegun;
    const refused = await api.get(PATH);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: "overloaded" });
    release();
    for (const response of await Promise.all(exports)) expect(await response.text()).toMatch(/"Heat"/);
    expect((await api.get(PATH)).status).toBe(200);
  });

  test("stops reading when its client has gone", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository, films: [HEAT] });
    await ingest(
      api.store,
      filmsOf(1999, 600).map((film) => ({ ...film, overview: "x".repeat(3_000) })),
    );
    const { promise: second, resolve: come } = Promise.withResolvers<void>();
    const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
    let pages = 0;
    troubled.before = async (method) => {
      if (method !== "allFilms" || ++pages < 2) return;
      come();
      await gone;
    };
    const client = new AbortController();
    const response = await api.get(PATH, { signal: client.signal });
    const reading = response.text().catch(() => "cut off");
    await second;
    client.abort();
    expect(await reading).toBe("cut off");
    await api.log.line({ path: PATH, aborted: true });
    leave();
    // Four more can be made: the one that was left behind is not among them.
    for (let more = 0; more < 4; more++) expect((await api.get(PATH)).status).toBe(200);
  });
});
