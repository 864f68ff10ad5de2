import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { createMovieStoreClient } from "@movie-store/client";
import { VARIABLES } from "@movie-store/http-koa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Running, startCli, urlOf } from "./cli.ts";

const README = readFileSync(resolve(import.meta.dirname, "../README.md"), "utf8");

/** The rows of the table of queries: what to ask, and the answer as it is written down. */
const QUERIES = [...README.matchAll(/^\| `(\/v1\/[^`]+)` \| (.+) \|$/gm)].map(
  ([, path = "", answer = ""]) => ({
    path,
    answer,
  }),
);

interface Page {
  readonly movies: readonly { readonly title: string; readonly year?: number }[];
}

describe("the README", () => {
  const data = mkdtempSync(join(tmpdir(), "movie-store-readme-"));
  let store: Running;
  let url: string;

  beforeAll(async () => {
    store = startCli(data, ["start"], { PORT: "0", MOVIE_STORE_SAMPLE: "on" });
    url = await urlOf(store);
  });

  afterAll(async () => {
    store.process.kill("SIGTERM");
    expect((await store.finished).code).toBe(0);
    rmSync(data, { recursive: true });
  });

  it("has ten queries", () => expect(QUERIES).toHaveLength(10));

  it.each(QUERIES)("tells the answer to $path", async ({ path, answer }) => {
    const response = await fetch(url + path);
    expect(response.status).toBe(200);
    const text = await response.text();
    if (path.startsWith("/v1/movies?")) {
      const { movies } = JSON.parse(text) as Page;
      const titles = movies.map(({ title, year }) => `${title} (${year})`).join(", ");
      expect(answer.replace(/: there really are two$/, "")).toBe(titles);
      return;
    }
    const quotes = [...answer.matchAll(/`([^`]+)`/g)].map(([, quote]) => quote as string);
    expect(quotes).not.toEqual([]);
    for (const quote of quotes) expect(text).toContain(quote);
  });

  it("tells where a merged and a withdrawn film lead, and what a film was", async () => {
    const [, merged, survivor] = /`(\S+)` answers 308 to `(\S+)`/.exec(README) ?? [];
    const redirect = await fetch(url + merged, { redirect: "manual" });
    expect([redirect.status, redirect.headers.get("location")]).toEqual([308, survivor]);
    const [, withdrawn] = /`(\S+)` answers 410/.exec(README) ?? [];
    expect((await fetch(url + withdrawn)).status).toBe(410);
    const [, past] = /`(\S+\?at=200)` is Blade Runner/.exec(README) ?? [];
    expect(await (await fetch(url + past)).json()).toMatchObject({
      title: "Blade Runner",
      directors: ["Tony Scott"],
    });
    const [, feed] = /`(\S+)` is the numbered feed/.exec(README) ?? [];
    const { changes } = (await (await fetch(url + feed)).json()) as { changes: { number: number }[] };
    expect(changes.map(({ number }) => number).slice(0, 3)).toEqual([311, 312, 313]);
  });

  it("shows what the client prints", async () => {
    const [, program = ""] =
      /```ts\n(import [^\n]* from "@movie-store\/client";\n.*?)```/s.exec(README) ?? [];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        "--conditions=@movie-store/source",
        "--input-type=module-typescript",
        "--eval",
        program.replace("http://localhost:3000", url),
      ],
      { cwd: import.meta.dirname },
    );
    const search = { query: { genre: ["western"], limit: 100 } };
    const { movies } = await createMovieStoreClient({ url }).get("/v1/movies", search);
    const westerns = movies.map(({ title }) => title);
    expect(westerns.length).toBeGreaterThan(2);
    const told = [...program.matchAll(/; \/\/ ([^,\n]+)/g)].map(([, comment = ""]) => comment);
    const expected = told.flatMap((comment) => (comment === "all pages" ? westerns : comment));
    expect(stdout.trimEnd().split("\n")).toEqual(expected);
  });

  it("takes in a film of one's own within a moment", async () => {
    const [, film] = /echo '(.+)' >/.exec(README) ?? [];
    mkdirSync(join(data, "inbox/me"));
    writeFileSync(join(data, "inbox/me/film.json"), film as string);
    const client = createMovieStoreClient({ url });
    const search = { query: { cast: ["me"] } };
    await expect
      .poll(async () => (await client.get("/v1/movies", search)).movies, { timeout: 30_000 })
      .toMatchObject([{ title: "My Film", year: 2026 }]);
  });

  it("has every variable of the configuration", () => {
    const told = [...README.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name);
    for (const variable of VARIABLES) expect(told).toContain(variable);
  });
});
