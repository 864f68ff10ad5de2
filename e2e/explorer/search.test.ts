import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { browserProgram, explorerTest } from "./visiting.ts";

describe.skipIf(browserProgram === undefined)("the search of the explorer", () => {
  const test = explorerTest();

  test("begins with the newest films, each with a tile, its year and a genre", async ({ visit }) => {
    const page = await visit("/");
    await shows(page, "The first 24 films");
    const first = page.locator(".card").first();
    expect(await first.textContent()).toContain("2023 · ");
    expect(await first.locator(".poster svg").count()).toBe(1);
    expect(await page.locator(".card").count()).toBe(24);
  });

  test("finds films while one types, and says how many", async ({ visit }) => {
    const page = await visit("/");
    const field = searchField(page);
    await field.pressSequentially("the god");
    await shows(page, "2 films");
    expect(await titles(page)).toEqual(["The Godfather: Part II", "The Godfather"]);
    await field.pressSequentially("father part");
    await shows(page, "1 film");
    expect(await titles(page)).toEqual(["The Godfather: Part II"]);
    expect(await page.title()).toBe("the godfather part · Movie Store");
  });

  test("gives up the question before when one types on, and shows the answer to the newest", async ({
    visit,
  }) => {
    const page = await visit("/");
    await shows(page, "The first 24 films");
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    await page.route("**/v1/movies?title=matri&*", async (route) => {
      reached.resolve();
      await held.promise;
      await route.continue().catch(() => {});
    });
    const givenUp = page.waitForEvent("requestfailed", (request) => request.url().includes("title=matri&"));
    await searchField(page).fill("matri");
    await reached.promise;
    await searchField(page).fill("casablanca");
    await expect.poll(() => titles(page)).toEqual(["Casablanca"]);
    held.resolve();
    await givenUp;
    expect(await titles(page)).toEqual(["Casablanca"]);
  });

  test("keeps what was found on the page until the next answer is there", async ({ visit }) => {
    const page = await visit("/?q=alien");
    await shows(page, "3 films");
    const held = Promise.withResolvers<void>();
    await page.route("**/v1/movies?title=jaws&*", async (route) => {
      await held.promise;
      await route.continue();
    });
    const asked = page.waitForRequest("**/v1/movies?title=jaws&*");
    await searchField(page).fill("jaws");
    await asked;
    expect(await titles(page)).toHaveLength(3);
    held.resolve();
    await expect.poll(() => titles(page)).toEqual(["Jaws"]);
  });

  test("suggests films, one of which opens at a click", async ({ visit }) => {
    const page = await visit("/");
    await searchField(page).pressSequentially("jurassic");
    await page.getByRole("option", { name: /Jurassic Park\s+1993/ }).click();
    await page.getByRole("heading", { level: 1, name: "Jurassic Park" }).waitFor();
  });

  test("suggests people by any of their names, whose films are then shown", async ({ visit }) => {
    const page = await visit("/");
    await searchField(page).pressSequentially("pacino");
    await page.getByRole("option", { name: /Al Pacino/ }).click();
    await page.getByRole("button", { name: "Remove Al Pacino" }).waitFor();
    await expect.poll(() => titles(page)).toContain("Scarface");
    expect(new URL(page.url()).search).toBe("?cast=Al+Pacino");
    expect(await searchField(page).inputValue()).toBe("");
  });

  test("knows what is meant where no title has what was typed", async ({ visit }) => {
    const page = await visit("/?q=matirx");
    await page.getByRole("heading", { name: "No title has “matirx”" }).waitFor();
    await page
      .getByRole("main")
      .getByRole("link", { name: /The Matrix/ })
      .click();
    await page.getByRole("heading", { level: 1, name: "The Matrix" }).waitFor();
  });

  test("narrowed to nothing leads back to more", async ({ visit }) => {
    const page = await visit("/?q=matrix&genre=Western");
    await page.getByRole("heading", { name: "No title has “matrix”" }).waitFor();
    await page.getByRole("link", { name: "Look in all years, genres and casts" }).click();
    await expect.poll(() => titles(page)).toEqual(["The Matrix"]);
    await page.getByRole("button", { name: "Drama" }).click();
    await page.getByRole("link", { name: "Show all films" }).click();
    await shows(page, "The first 24 films");
    expect(await searchField(page).inputValue()).toBe("");
  });

  test("shows further films on request, each once, until there are no more", async ({ visit }) => {
    const page = await visit("/?year=1990..&sort=title");
    const more = page.getByRole("button", { name: "Show more films" });
    for (let shown = 24; shown < 58; shown += 24) {
      await expect.poll(() => page.locator(".card").count()).toBe(shown);
      await more.click();
    }
    await more.waitFor({ state: "detached" });
    const found = await page
      .locator(".card")
      .evaluateAll((cards) => cards.map((card) => card.getAttribute("href")));
    expect(new Set(found).size).toBe(found.length);
    await shows(page, `${found.length} films`);
    expect(found.length).toBeGreaterThan(48);
  });

  test("sorts as is asked for", async ({ visit }) => {
    const page = await visit("/");
    await page.getByLabel("Sort").selectOption("Oldest first");
    await expect.poll(async () => (await titles(page))[0]).toBe("Le Voyage dans la Lune");
    await page.getByLabel("Sort").selectOption("Title, A to Z");
    await expect.poll(async () => (await titles(page))[0]).toBe("12 Angry Men");
    expect(new URL(page.url()).search).toBe("?sort=title");
  });

  test("is at every state an address that can be loaded, shared and gone back to", async ({ visit }) => {
    const page = await visit("/");
    await page.getByRole("button", { name: "1970s" }).click();
    await page.getByRole("button", { name: /^Horror/ }).click();
    await searchField(page).fill("alien");
    await expect.poll(() => titles(page)).toEqual(["Alien"]);
    expect(new URL(page.url()).search).toBe("?q=alien&year=1970..1979&genre=Horror");
    await page.reload();
    await expect.poll(() => titles(page)).toEqual(["Alien"]);
    expect(await searchField(page).inputValue()).toBe("alien");
    await page.locator(".card").first().click();
    await page.getByRole("heading", { level: 1, name: "Alien" }).waitFor();
    await page.goBack();
    await expect.poll(() => titles(page)).toEqual(["Alien"]);
    await page.goBack();
    await page.getByRole("button", { name: "Remove Horror" }).waitFor({ state: "detached" });
    expect(new URL(page.url()).search).toBe("?year=1970..1979");
  });
});

describe.skipIf(browserProgram === undefined)("the filters of the explorer", () => {
  const test = explorerTest();

  test("take a decade by its bar, and drop it again", async ({ visit }) => {
    const page = await visit("/");
    const bar = page.getByRole("button", { name: /^1930s, \d+ films$/ });
    await bar.click();
    await page.getByRole("button", { name: "Remove 1930–1939" }).waitFor();
    expect(await bar.getAttribute("aria-pressed")).toBe("true");
    const count = /\d+/.exec((await bar.getAttribute("aria-label"))?.replace("1930s", "") ?? "")?.[0];
    await shows(page, `${count} films`);
    expect(await yearField(page, "From").inputValue()).toBe("1930");
    await bar.click();
    await shows(page, "The first 24 films");
  });

  test("take any range of years, in either order, with open ends", async ({ visit }) => {
    const page = await visit("/?sort=year");
    await yearField(page, "From").fill("1999");
    await page.getByRole("button", { name: "Remove from 1999" }).waitFor();
    await yearField(page, "To").fill("1995");
    await page.getByRole("button", { name: "Remove 1995–1999" }).waitFor();
    await expect
      .poll(async () => (await years(page)).every((year) => year >= 1995 && year <= 1999))
      .toBe(true);
    await yearField(page, "From").fill("");
    await page.getByRole("button", { name: "Remove up to 1999" }).waitFor();
  });

  test("wait until a year is whole", async ({ visit }) => {
    const page = await visit("/");
    await yearField(page, "From").pressSequentially("198");
    expect(new URL(page.url()).search).toBe("");
    await yearField(page, "From").press("2");
    expect(new URL(page.url()).search).toBe("?year=1982..");
  });

  test("take several genres, all of which a film has", async ({ visit }) => {
    const page = await visit("/");
    await page.getByRole("button", { name: /^Science Fiction/ }).click();
    await page.getByRole("button", { name: /^Horror/ }).click();
    await page.getByRole("button", { name: "Remove Horror" }).waitFor();
    await expect.poll(() => titles(page)).toContain("Alien");
    expect(await titles(page)).not.toContain("The Matrix");
    await page.getByRole("button", { name: "Remove all" }).click();
    await shows(page, "The first 24 films");
  });

  test("show all genres when asked to", async ({ visit }) => {
    const page = await visit("/");
    const rare = page.getByRole("button", { name: /^Western/ });
    await page.getByRole("button", { name: /^All \d+ genres$/ }).click();
    await rare.click();
    await expect.poll(() => titles(page)).toContain("True Grit");
    await page.getByRole("button", { name: "Fewer genres" }).click();
    expect(await rare.getAttribute("aria-pressed")).toBe("true");
  });

  test("take people of the cast, all of whom a film has", async ({ visit }) => {
    const page = await visit("/");
    const field = page.getByRole("combobox", { name: "Add a person of the cast" });
    await field.pressSequentially("pacino");
    await page.getByRole("option", { name: /Al Pacino/ }).click();
    await expect.poll(() => titles(page)).toEqual(["Scarface", "The Godfather: Part II", "The Godfather"]);
    await field.pressSequentially("marlon");
    await page.getByRole("option", { name: /Marlon Brando/ }).click();
    await expect.poll(() => titles(page)).toEqual(["The Godfather"]);
    await page.getByRole("button", { name: "Remove Marlon Brando" }).click();
    await expect.poll(() => titles(page)).toHaveLength(3);
  });
});

function searchField(page: Page) {
  return page.getByRole("combobox", { name: "Search films and people" });
}

function yearField(page: Page, name: "From" | "To") {
  return page.getByRole("textbox", { name, exact: true });
}

/** The titles on the page, in their order. */
function titles(page: Page): Promise<string[]> {
  return page.locator(".card .title").allTextContents();
}

async function years(page: Page): Promise<number[]> {
  return (await page.locator(".card .aside").allTextContents()).map((text) => Number(text.slice(0, 4)));
}

/** Waits until the page says so to those who can't see it change, too. */
async function shows(page: Page, status: string): Promise<void> {
  await page
    .getByRole("status")
    .filter({ hasText: new RegExp(`^${status}$`) })
    .waitFor();
}
