import { describe, expect, test } from "vitest";
import { AMELIE, filmsOf, HEAT, RONIN } from "../../test/films.ts";
import { startApi } from "../../test/running-api.ts";

const films = [HEAT, RONIN, AMELIE];

describe("the values that films can be searched for", () => {
  test.each([
    [
      "/v1/genres",
      [
        { value: "Action", films: 1 },
        { value: "Crime", films: 2 },
      ],
    ],
    ["/v1/genres?prefix=CR", [{ value: "Crime", films: 2 }]],
    ["/v1/years", [1995, 1998, 2001].map((value) => ({ value, films: 1 }))],
    ["/v1/cast?prefix=rob", [{ value: "Robert De Niro", films: 2 }]],
    ["/v1/cast?prefix=nobody", []],
  ])("are counted by %s", async (target, values) => {
    const api = await startApi({ films });
    const response = await api.get(target);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ values, next: null, version: 3 });
    expect(response.headers.get("movie-store-version")).toBe("3");
    expect(response.headers.get("etag")).toMatch(/^"[\w-]{22}"$/);
    expect(response.headers.get("link")).toBeNull();
    expect((await api.get(target)).headers.get("server-timing")).toMatch(/^l1;/);
  });

  test.each(["/v1/genres", "/v1/years", "/v1/cast", "/v1/cast?prefix=robert%20d"])(
    "are walked to the end of %s by its links",
    async (target) => {
      const api = await startApi({ films: [...films, ...filmsOf(1999, 3)] });
      const whole = (await (await api.get(target)).json()) as { readonly values: readonly unknown[] };
      const walked: unknown[] = [];
      let next: string | undefined = `${target}${target.includes("?") ? "&" : "?"}limit=1`;
      while (next !== undefined) {
        const response: Response = await api.get(next);
        walked.push(...((await response.json()) as typeof whole).values);
        next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
      }
      expect(walked).toEqual(whole.values);
    },
  );

  test.each([
    ["/v1/genres?limit=0", "limit"],
    ["/v1/years?limit=1001", "limit"],
    ["/v1/years?prefix=19", "prefix"],
    ["/v1/cast?q=a", "q"],
    ["/v1/cast?prefix=%00", "prefix"],
    [`/v1/cast?prefix=${"a".repeat(301)}`, "prefix"],
    ["/v1/cast?after=a&after=b", "after"],
    ["/v1/suggest", "q"],
    ["/v1/suggest?q=a&limit=21", "limit"],
    [`/v1/suggest?q=${"a".repeat(201)}`, "q"],
  ])("can't be asked for by %s", async (target, parameter) => {
    const response = await (await startApi()).get(target);
    expect(response.status).toBe(400);
    const problem = await response.json();
    expect(problem).toMatchObject({ code: "invalid-query", parameter });
    expect(problem).toHaveProperty("detail", expect.stringMatching(new RegExp(`^${parameter} (is|has) `)));
  });
});

test("films and people are suggested while somebody types", async () => {
  const api = await startApi({ films });
  const suggested = async (q: string) => (await (await api.get(`/v1/suggest?q=${q}`)).json()) as object;
  expect(await suggested("he")).toMatchObject({
    suggestions: [{ kind: "movie", title: "Heat", year: 1995 }],
    version: 3,
  });
  expect(await suggested("niro")).toMatchObject({
    suggestions: [{ kind: "person", name: "Robert De Niro", films: 2 }],
  });
  expect(await suggested("")).toEqual({ suggestions: [], version: 3 });
});
