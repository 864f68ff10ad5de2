import type { Page, Route } from "playwright-core";
import { describe, expect } from "vitest";
import { browserProgram, explorerTest } from "./visiting.ts";

describe.skipIf(browserProgram === undefined)("the changes in the explorer", () => {
  const test = explorerTest();
  let filmsPut = 0;

  /** A film of its own for each test, so that the tests may come in any order. */
  function newFilm() {
    const id = ++filmsPut;
    return {
      key: `me/${id}.json`,
      film: { id: `${id}`, title: `New Film ${id}`, year: 2026, genres: ["Drama"] },
    };
  }

  test("are listed from the newest on, with the films' titles", async ({ visit }) => {
    const page = await visit("/?view=changes");
    await page.getByText("Topaz").first().waitFor();
    const numbers = await numbersOf(page);
    expect(numbers.length).toBeGreaterThanOrEqual(30);
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
    const merged = entryOf(page, 318);
    await expect
      .poll(() => merged.innerText())
      .toMatch(/merged\s+Léon: The Professional 1994 into Léon: The Professional/);
    await expect
      .poll(() => entryOf(page, 322).innerText())
      .toMatch(/updated\s+The Aviator 2004 · .*overview.*\s+northlight, /);
  });

  test("go back to the first one on request, without a gap", async ({ visit }) => {
    const page = await visit("/?view=changes");
    const older = page.getByRole("button", { name: "Older changes" });
    await entryOf(page, 323).waitFor();
    for (let count = await older.count(); count > 0; count = await older.count()) {
      const before = (await numbersOf(page)).length;
      await older.click();
      await expect.poll(async () => (await numbersOf(page)).length).toBeGreaterThan(before);
    }
    const numbers = await numbersOf(page);
    expect(numbers).toEqual(numbers.map((_, at) => numbers.length - at));
  });

  test("arrive while one looks, at the top, and are announced", async ({ visit, put }) => {
    const page = await visit("/?view=changes");
    await says(page, "Live");
    const { key, film } = newFilm();
    put(key, film);
    const first = page.locator(".feed li").first();
    await first.getByRole("link", { name: film.title }).waitFor();
    expect(await first.innerText()).toMatch(/^\d+\s+created\s+New Film \d+ 2026\s+me, /);
    await page
      .getByRole("status")
      .filter({ hasText: new RegExp(`^Change \\d+: ${film.title} created$`) })
      .waitFor();
    put(key, { ...film, year: 2027 });
    await expect.poll(() => first.innerText()).toMatch(/updated\s+New Film \d+ 2027 · year/);
    await first.getByRole("link", { name: film.title }).click();
    await page.getByRole("heading", { level: 1, name: film.title }).waitFor();
  });

  test("wait while they are paused, and then come all together", async ({ visit, put, url }) => {
    const page = await visit("/?view=changes");
    await says(page, "Live");
    const pause = page.getByRole("button", { name: "Pause" });
    await pause.click();
    await says(page, "Paused");
    const before = await numbersOf(page);
    const { key, film } = newFilm();
    put(key, film);
    await untilReadable(url, film.title);
    expect(await numbersOf(page)).toEqual(before);
    await pause.click();
    await page.getByRole("link", { name: film.title }).waitFor();
  });

  test("go on where they ended when the connection was lost", async ({ visit, put, url }) => {
    const page = await visit("/");
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    // The first stream ends before anything has come by it.
    const lost = async (route: Route) => {
      reached.resolve();
      await held.promise;
      await route.fulfill({ contentType: "text/event-stream", body: "retry: 10\n\n" });
    };
    await page.route("**/v1/changes", lost, { times: 1 });
    await page.getByRole("link", { name: "Changes" }).click();
    await reached.promise;
    const { key, film } = newFilm();
    put(key, film);
    await untilReadable(url, film.title);
    held.resolve();
    await page.getByRole("link", { name: film.title }).waitFor();
    await says(page, "Live");
    const numbers = await numbersOf(page);
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) - at));
  });

  test("say that there is no connection, and are there again when there is one", async ({ visit, put }) => {
    const page = await visit("/");
    await page.route("**/v1/changes", (route) => route.abort());
    await page.getByRole("link", { name: "Changes" }).click();
    await says(page, "No connection, trying again …");
    await page.unroute("**/v1/changes");
    await says(page, "Live");
    const { key, film } = newFilm();
    put(key, film);
    await page.getByRole("link", { name: film.title }).waitFor();
  });

  test("are asked for again and again where there is no stream of them", async ({ visit, put }) => {
    const page = await visit("/");
    await page.route("**/v1/changes", (route) =>
      route.fulfill({ status: 406, json: { code: "not-acceptable" } }),
    );
    await page.getByRole("link", { name: "Changes" }).click();
    await says(page, "Live");
    const { key, film } = newFilm();
    put(key, film);
    await page.getByRole("link", { name: film.title }).waitFor();
  });
});

describe.skipIf(browserProgram === undefined)("the changes of an empty store", () => {
  const test = explorerTest({ MOVIE_STORE_SAMPLE: "off" });

  test("are none until the first film comes", async ({ visit, put }) => {
    const page = await visit("/?view=changes");
    await page.getByText("Nothing has changed yet").waitFor();
    await says(page, "Live");
    put("me/first.json", { id: "1", title: "The Very First", year: 2026 });
    await page.getByRole("link", { name: "The Very First" }).waitFor();
    await page.getByText("Nothing has changed yet").waitFor({ state: "detached" });
  });
});

async function untilReadable(url: string, title: string): Promise<void> {
  const target = `${url}/v1/movies?${new URLSearchParams({ title })}`;
  await expect.poll(async () => (await fetch(target)).text()).toContain(title);
}

async function says(page: Page, sign: string): Promise<void> {
  await page.getByRole("status").filter({ hasText: sign }).waitFor();
}

function entryOf(page: Page, number: number) {
  return page
    .locator(".feed li")
    .filter({ has: page.locator(".number", { hasText: new RegExp(`^${number}$`) }) });
}

async function numbersOf(page: Page): Promise<number[]> {
  return (await page.locator(".feed .number").allInnerTexts()).map(Number);
}
