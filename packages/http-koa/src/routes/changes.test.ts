import { describe, expect, test } from "vitest";
import { filmsOf, HEAT, RONIN } from "../../test/films.ts";
import { startApi } from "../../test/running-api.ts";

interface Feed {
  readonly changes: readonly { readonly number: number; readonly at: string; readonly kind: string }[];
  readonly next: number;
  readonly version: number;
}

describe("the feed of changes", () => {
  test("has every change by number, and where to ask on", async () => {
    const api = await startApi({ films: [HEAT, { ...HEAT, year: 1996 }, RONIN] });
    const feed = (await (await api.get("/v1/changes")).json()) as Feed;
    expect(feed).toMatchObject({
      changes: [
        { number: 1, kind: "created", provider: "acme" },
        { number: 2, kind: "updated", fields: ["year"] },
        { number: 3, kind: "created" },
      ],
      next: 3,
      version: 3,
    });
    expect(await (await api.get("/v1/changes?after=3")).json()).toEqual({ changes: [], next: 3, version: 3 });
  });

  test("is walked to its end by its links without a gap", async () => {
    const api = await startApi({ films: filmsOf(1999, 25) });
    const numbers: number[] = [];
    const targets: string[] = [];
    let target: string | undefined = "/v1/changes?limit=10";
    while (target !== undefined) {
      const response: Response = await api.get(target);
      const feed = (await response.json()) as Feed;
      targets.push(target);
      numbers.push(...feed.changes.map(({ number }) => number));
      target = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
    }
    expect(numbers).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
    expect(targets).toEqual([
      "/v1/changes?limit=10",
      ...[10, 20].map((number) =>
        expect.stringMatching(`^/v1/changes\\?limit=10&after=${number}&afterAt=20.*Z$`),
      ),
    ]);
  });

  test.each(["application/json", "text/event-stream"])(
    "refuses, as %s, to go on behind a change that is another one now",
    async (Accept) => {
      const api = await startApi({ films: filmsOf(1999, 2) });
      const feed = (await (await api.get("/v1/changes")).json()) as Feed;
      const ask = async (afterAt: string) => {
        const leaving = new AbortController();
        const options = { headers: { Accept }, signal: leaving.signal };
        const answer = await api.get(`/v1/changes?after=1&afterAt=${encodeURIComponent(afterAt)}`, options);
        if (!answer.ok) return answer;
        leaving.abort();
        return answer;
      };
      expect((await ask(feed.changes[0]?.at ?? "")).status).toBe(200);
      const refused = await ask("2026-01-01T01:00:00.000+01:00");
      expect(refused.status).toBe(409);
      expect(await refused.json()).toMatchObject({ code: "history-changed", parameter: "afterAt" });
    },
  );

  test.each([
    ["after=-1", "after"],
    ["after=one", "after"],
    ["after=", "after"],
    ["after=1e3", "after"],
    ["limit=0", "limit"],
    ["limit=1001", "limit"],
    ["limit=1&limit=2", "limit"],
    ["since=1", "since"],
    ["after=1", "after"],
    ["afterAt=2026-01-01T00:00:00Z", "afterAt"],
    ["after=0&afterAt=2026-01-01T00:00:00Z", "afterAt"],
    ["after=1&afterAt=yesterday", "afterAt"],
  ])("can't be asked for with %s", async (query, parameter) => {
    const api = await startApi();
    const response = await api.get(`/v1/changes?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid-query", parameter });
  });
});
