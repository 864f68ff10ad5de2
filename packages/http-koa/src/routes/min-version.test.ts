import { MovieStore } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { HEAT, RONIN } from "../../test/films.ts";
import { ingest, startApi, TroubledRepository } from "../../test/running-api.ts";

describe("an answer that has to reflect a change", () => {
  test("is given as soon as the store has come to it, and not before", async () => {
    const api = await startApi({ films: [HEAT] });
    const [{ id }] = (await api.store.find({})).movies as unknown as readonly [{ readonly id: string }];
    const targets = [
      "/v1/movies?cast=al+pacino",
      `/v1/movies/${id}`,
      "/v1/movies/x",
      `/v1/movies/${id}?at=1`,
    ].map((target) => `${target}${target.includes("?") ? "&" : "?"}minVersion=2`);
    for (const target of targets) {
      const early = await api.get(target);
      expect(early.status, target).toBe(503);
      expect(early.headers.get("retry-after")).toBe("1");
      expect(early.headers.get("cache-control")).toBe("no-store");
      expect(await early.json()).toMatchObject({ code: "not-yet", parameter: "minVersion" });
    }
    await ingest(api.store, [RONIN]);
    const statuses = await Promise.all(targets.map(async (target) => (await api.get(target)).status));
    expect(statuses).toEqual([200, 200, 404, 200]);
    expect((await api.get(targets[0] ?? "")).headers.get("movie-store-version")).toBe("2");
  });

  test("shows at once what another process has committed", async () => {
    const { repository } = new TroubledRepository();
    const api = await startApi({ repository, films: [HEAT] });
    const titles = async (query: string) =>
      (await (await api.get(`/v1/movies?sort=title${query}`)).text()).match(/Heat|Ronin/g);
    expect(await titles("")).toEqual(["Heat"]);
    await ingest(new MovieStore({ repository, cache: null }), [RONIN]);
    expect(await titles("&minVersion=2")).toEqual(["Heat", "Ronin"]);
    expect(await titles("")).toEqual(["Heat", "Ronin"]);
  });

  test("leads on to pages of which the same is true", async () => {
    const api = await startApi({ films: [HEAT, RONIN] });
    const response = await api.get("/v1/movies?limit=1&minVersion=2");
    expect(response.headers.get("link")).toMatch(
      /^<\/v1\/movies\?limit=1&minVersion=2&cursor=[\w-]+>; rel="next"$/,
    );
  });

  test.each(["-1", "1.5", "now", "", "1&minVersion=1"])("can't be asked for as of %j", async (minVersion) => {
    const api = await startApi();
    const response = await api.get(`/v1/movies/x?minVersion=${minVersion}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid-query", parameter: "minVersion" });
  });
});
