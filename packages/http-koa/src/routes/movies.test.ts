import { describe, expect, test } from "vitest";
import { AMELIE, filmsOf, HEAT, RONIN } from "../../test/films.ts";
import { ingest, startApi } from "../../test/running-api.ts";

const films = [HEAT, RONIN, AMELIE];

describe("a search", () => {
  test("answers with films, page and version", async () => {
    const api = await startApi({ films });
    const response = await api.get("/v1/movies?cast=robert+de%20niro&sort=title");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await response.json()).toMatchObject({
      movies: [{ title: "Heat" }, { title: "Ronin" }],
      page: { limit: 20, next: null },
      version: 3,
    });
    expect(response.headers.get("link")).toBeNull();
  });

  test.each([
    ["", ["Amélie", "Ronin", "Heat"]],
    ["?", ["Amélie", "Ronin", "Heat"]],
    ["?title=AMELIE", ["Amélie"]],
    ["?title=Am%C3%A9lie&match=exact", ["Amélie"]],
    ["?title=ron&match=prefix", ["Ronin"]],
    ["?year=1995&year=2001", ["Amélie", "Heat"]],
    ["?year=1996..&limit=1", ["Amélie"]],
    ["?cast=Jean%20Reno&cast=Robert%20De%20Niro", ["Ronin"]],
    ["?cast.any=Jean%20Reno&cast.any=Al%20Pacino", ["Ronin", "Heat"]],
    ["?genre=crime&genre.not=action", ["Heat"]],
    ["?provider=acme&sort=-title&limit=2", ["Ronin", "Heat"]],
    ["?cast=Nobody", []],
    ["?title=%25", []],
    ["?title=_", []],
    ["?title=%2B%22", []],
    ["?title=%40&match=contains", []],
  ])("of %j finds %j", async (query, titles) => {
    const api = await startApi({ films });
    const response = await api.get(`/v1/movies${query}`);
    expect(response.status).toBe(200);
    const { movies } = (await response.json()) as { movies: { title: string }[] };
    expect(movies.map(({ title }) => title)).toEqual(titles);
  });

  test("by ids names those that are no film", async () => {
    const api = await startApi();
    const [receipt] = await ingest(api.store, [HEAT]);
    const response = await api.get(`/v1/movies?id=${receipt?.movieId}&id=0000000000000000`);
    expect(await response.json()).toMatchObject({
      movies: [{ title: "Heat" }],
      missing: ["0000000000000000"],
    });
  });

  test("shows what was taken in since it was last asked", async () => {
    const api = await startApi({ films: [HEAT] });
    await api.get("/v1/movies?genre=crime");
    const cached = await api.get("/v1/movies?genre=crime");
    expect(cached.headers.get("server-timing")).toMatch(/^l1;dur=\d+\.\d+$/);
    await ingest(api.store, [RONIN]);
    const after = await api.get("/v1/movies?genre=crime");
    expect(after.headers.get("server-timing")).toMatch(/^db;dur=/);
    expect(after.headers.get("movie-store-version")).toBe("2");
    expect(await after.json()).toMatchObject({ movies: [{ title: "Ronin" }, { title: "Heat" }], version: 2 });
  });
});

describe("the pages of a search", () => {
  test("are linked anew when a film has come in between", async () => {
    const api = await startApi({ films: [HEAT, RONIN] });
    const linked = async () => (await api.get("/v1/movies?genre=crime&limit=1")).headers.get("link");
    const before = await linked();
    await ingest(api.store, [{ id: "new", title: "New", year: 2020, genres: ["Crime"] }]);
    expect(await linked()).not.toBe(before);
  });

  test("lead from one to the next by Link, over every film once", async () => {
    const api = await startApi({ films: [...filmsOf(1999, 25), ...filmsOf(1980, 3)] });
    const titles: string[] = [];
    const targets: string[] = [];
    let target: string | undefined =
      "/v1/movies?year=1999&title=Film+%26&cast.not=N%C3%BAll&limit=10&sort=title";
    while (target !== undefined) {
      targets.push(target);
      const response: Response = await api.get(target);
      expect(response.status).toBe(200);
      const { movies, page } = (await response.json()) as {
        movies: { title: string }[];
        page: { next: string | null };
      };
      titles.push(...movies.map(({ title }) => title));
      target = /^<(\/v1\/movies\?[^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
      expect(target === undefined).toBe(page.next === null);
    }
    expect(titles).toEqual(
      filmsOf(1999, 25)
        .map(({ title }) => title)
        .sort(),
    );
    expect(targets).toHaveLength(3);
    expect(targets[2]).toMatch(
      /^\/v1\/movies\?year=1999&title=Film%20%26&cast\.not=N%C3%BAll&limit=10&sort=title&cursor=[\w-]+$/,
    );
  });

  test("are linked without regard to what the request says of hosts", async () => {
    const api = await startApi({ films });
    const hostile = ["Host: evil.example", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: gopher"];
    const head = [...hostile, "Connection: close"].join("\r\n");
    const fromPath = await api.raw(`GET /v1/movies?limit=1 HTTP/1.1\r\n${head}\r\n\r\n`);
    const fromUrl = await api.raw(`GET http://evil.example/v1/movies?limit=1 HTTP/1.1\r\n${head}\r\n\r\n`);
    for (const answer of [fromPath, fromUrl]) {
      expect(answer).toMatch(/\r\nLink: <\/v1\/movies\?limit=1&cursor=[\w-]+>; rel="next"\r\n/);
      expect(answer).not.toContain("evil");
    }
  });

  test("keep their link from the text of the request", async () => {
    const api = await startApi({ films });
    const response = await api.get("/v1/movies?cast.not=%3E%3B%20rel%3D%22x%0D%0ASet-Cookie%3A%20a&limit=1");
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(response.headers.get("link")).toMatch(/^<[^<>"\s]+>; rel="next"$/);
  });
});

describe("a search that is not understood is answered with 400 and the parameter", () => {
  test.each([
    ["year[]=1999", "year[]"],
    ["colour=red", "colour"],
    ["Title=Heat", "Title"],
    ["__proto__=1", "__proto__"],
    ["constructor=1", "constructor"],
    ["minVersion=-1", "minVersion"],
    ["minVersion=now", "minVersion"],
    ["minVersion=", "minVersion"],
    ["minVersion=1&minVersion=1", "minVersion"],
    ["limit=-1", "limit"],
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=1e9", "limit"],
    ["limit=1000000000", "limit"],
    ["limit=NaN", "limit"],
    ["limit=1.0", "limit"],
    ["limit=0x10", "limit"],
    ["limit=%2010", "limit"],
    ["limit=", "limit"],
    ["limit", "limit"],
    ["limit=1&limit=1", "limit"],
    ["title=Heat&title=Ronin", "title"],
    ["sort=year&sort=year", "sort"],
    ["sort=rating", "sort"],
    ["match=exact", "match"],
    ["title=Heat&match=regex", "match"],
    ["title=", "title"],
    ["title=%20", "title"],
    ["title=%00", "title"],
    ["title=a%00b", "title"],
    ["title=%E0%A4%A", "title"],
    ["title=%FF", "title"],
    ["title=%ED%A0%80", "title"],
    ["title=%", "title"],
    ["%E0%A4%A=x", "%E0%A4%A"],
    ["cast=Al+Pacino&cast=%C3", "cast"],
    [`title=${"a".repeat(5_000)}`, "title"],
    [Array.from({ length: 51 }, (_, at) => `cast=a${at}`).join("&"), "cast"],
    ["year=99", "year"],
    ["year=1999-2001", "year"],
    ["year=2001..1999", "year"],
    ["year=%D9%A1%D9%A9%D9%A9%D9%A9", "year"],
    ["id=nonsense", "id"],
    ["cursor=nonsense", "cursor"],
    ["cursor=", "cursor"],
  ])("%s", async (query, parameter) => {
    const api = await startApi();
    const response = await api.get(`/v1/movies?${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const problem = (await response.json()) as { detail: string };
    expect(problem).toMatchObject({ title: "Bad Request", status: 400, code: "invalid-query", parameter });
    expect(problem.detail.startsWith(parameter)).toBe(true);
  });

  test("however long the name is, the problem stays short", async () => {
    const api = await startApi();
    const response = await api.get(`/v1/movies?${"x".repeat(5_000)}=1`);
    expect(response.status).toBe(400);
    expect((await response.text()).length).toBeLessThan(500);
  });
});
