import { describe, expect, test } from "vitest";
import { HEAT, RONIN } from "../../test/films.ts";
import { ingest, startApi } from "../../test/running-api.ts";

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

interface Updates {
  readonly updates: readonly { readonly key: string; readonly verdict: string }[];
  readonly next: number | null;
}

describe("the receipt of an update", () => {
  test("says when it came, what it changed and from when on it could be read", async () => {
    const api = await startApi();
    const [receipt] = await ingest(api.store, [HEAT]);
    const response = await api.get(`/v1/updates/${receipt?.updateId}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("movie-store-version")).toBe("1");
    expect(await response.json()).toEqual({
      updateId: receipt?.updateId,
      verdict: "accepted",
      provider: "acme",
      bucket: "films",
      key: "providers/acme/heat.json",
      eventTime: isoTime,
      receivedAt: isoTime,
      readableAt: isoTime,
      sourceId: receipt?.sourceId,
      movieId: receipt?.movieId,
      changes: [1],
    });
  });

  test("says why it was rejected", async () => {
    const api = await startApi();
    const [receipt] = await ingest(api.store, [{ ...HEAT, year: 19_999 }]);
    const body = await (await api.get(`/v1/updates/${receipt?.updateId}`)).json();
    expect(body).toMatchObject({ verdict: "rejected", code: "bad-field", field: "year", changes: [] });
    expect(body).toHaveProperty("reason", expect.stringContaining("year"));
    expect(body).not.toHaveProperty("readableAt");
  });

  test("names the update that superseded it", async () => {
    const api = await startApi();
    const [first, second] = await ingest(api.store, [HEAT, { ...HEAT, year: 1996 }]);
    const response = await api.get(`/v1/updates/${first?.updateId}`);
    expect(await response.json()).toMatchObject({ verdict: "superseded", supersededBy: second?.updateId });
  });

  test("that does not exist is 404", async () => {
    const api = await startApi();
    const response = await api.get("/v1/updates/nothing");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "unknown-update" });
  });
});

describe("the list of updates", () => {
  const films = [HEAT, RONIN, { ...HEAT, provider: "zenith", id: "z", year: -1 }];

  test.each([
    ["", ["providers/zenith/z.json", "providers/acme/ronin.json", "providers/acme/heat.json"]],
    ["?provider=acme", ["providers/acme/ronin.json", "providers/acme/heat.json"]],
    ["?provider=acme&key=providers/acme/heat.json", ["providers/acme/heat.json"]],
    ["?key=providers%2Facme%2Fronin.json", ["providers/acme/ronin.json"]],
    ["?verdict=rejected", ["providers/zenith/z.json"]],
    ["?provider=nobody", []],
  ])("of %j has the newest first", async (query, keys) => {
    const api = await startApi({ films });
    const response = await api.get(`/v1/updates${query}`);
    expect(response.status).toBe(200);
    const { updates, next } = (await response.json()) as Updates;
    expect(updates.map(({ key }) => key)).toEqual(keys);
    expect(next).toBeNull();
  });

  test("is walked to its end by its links", async () => {
    const api = await startApi({ films });
    const keys: string[] = [];
    let target: string | undefined = "/v1/updates?limit=1";
    while (target !== undefined) {
      const response: Response = await api.get(target);
      keys.push(...((await response.json()) as Updates).updates.map(({ key }) => key));
      target = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
    }
    expect(keys).toEqual([
      "providers/zenith/z.json",
      "providers/acme/ronin.json",
      "providers/acme/heat.json",
    ]);
  });

  test.each([
    ["verdict=accepted", "verdict"],
    ["provider=", "provider"],
    ["provider=a&provider=b", "provider"],
    [`provider=${"a".repeat(65)}`, "provider"],
    [`key=${"a".repeat(1_025)}`, "key"],
    ["key=%00", "key"],
    ["before=0", "before"],
    ["before=x", "before"],
    ["limit=1001", "limit"],
    ["id=1", "id"],
  ])("can't be asked for with %s", async (query, parameter) => {
    const api = await startApi();
    const response = await api.get(`/v1/updates?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid-query", parameter });
  });
});
