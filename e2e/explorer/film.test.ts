import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { browserProgram, explorerTest } from "./visiting.ts";

const MATRIX = "/?film=gkl14f9ub183dlfh";
const BLADE_RUNNER = "/?film=rgrm12ljbq3cd320";

describe.skipIf(browserProgram === undefined)("the page of a film", () => {
  const test = explorerTest();

  test("says what the film is, and leads to others like it", async ({ visit }) => {
    const page = await visit(MATRIX);
    await opens(page, "The Matrix");
    expect(await page.title()).toBe("The Matrix · Movie Store");
    const facts = page.locator(".facts");
    const text = await facts.innerText();
    for (const fact of [
      "2 h 16 min",
      "Lana Wachowski, Lilly Wachowski",
      "31 March 1999",
      "United States",
      "English",
    ])
      expect(text).toContain(fact);
    expect(await facts.getByRole("link", { name: "IMDb tt0133093" }).getAttribute("href")).toBe(
      "https://www.imdb.com/title/tt0133093",
    );
    for (const [link, query] of [
      ["1999", "?year=1999"],
      ["Action", "?genre=Action"],
      ["Keanu Reeves", "?cast=Keanu+Reeves"],
    ] as const) {
      await facts.getByRole("link", { name: link, exact: true }).click();
      await expect.poll(() => page.locator(".card .title").allTextContents()).toContain("The Matrix");
      expect(new URL(page.url()).search).toBe(query);
      await page.goBack();
    }
  });

  test("says who said what, whose word holds, and why", async ({ visit }) => {
    const page = await visit(MATRIX);
    const table = page.getByRole("table");
    expect(await table.getByRole("columnheader").allInnerTexts()).toEqual([
      "Fact",
      expect.stringMatching(/^northlight\s+20 Dec 2024$/),
      expect.stringMatching(/^cinegraph/),
      expect.stringMatching(/^reelbase/),
      expect.stringMatching(/^kinopedia/),
    ]);
    const runtime = table.getByRole("row", { name: /^Runtime/ });
    expect(await runtime.getByRole("rowheader").innerText()).toMatch(/disputed\s+northlight said so last/);
    const cells = runtime.getByRole("cell");
    expect(await cells.allInnerTexts()).toEqual([
      "✓ 136",
      "136",
      "138",
      expect.stringContaining("says nothing"),
    ]);
    expect(await cells.nth(0).getByRole("img", { name: "holds" }).count()).toBe(1);
    expect(await cells.nth(1).getAttribute("class")).toBe("agrees");
    expect(await cells.nth(2).getAttribute("class")).toBe("differs");
    const title = table.getByRole("row", { name: /^Title/ });
    expect(await title.innerText()).not.toContain("disputed");
    await page.getByText("4 providers describe this film. Of 15 facts 5 are disputed").waitFor();
  });

  test("tells its changes in their order, with what was before and after", async ({ visit }) => {
    const page = await visit(BLADE_RUNNER);
    const entries = page.locator(".time-line > li");
    await entries.first().waitFor();
    expect(await entries.count()).toBe(6);
    const director = entries.filter({ hasText: "change 314" });
    expect(await director.locator("del").innerText()).toBe("Tony Scott");
    expect(await director.locator("ins").innerText()).toBe("Ridley Scott");
    const created = entries.first();
    expect(await created.innerText()).toMatch(/^Created\s+by cinegraph/);
    await created.getByText("12 facts").click();
    await created.getByText("117", { exact: true }).waitFor();
  });

  test("shows the film as it was after a change, and leads back", async ({ visit }) => {
    const page = await visit(BLADE_RUNNER);
    await page.getByRole("link", { name: "As it was then, after change 149" }).click();
    await page.getByText("This is the film as it was after change 149").waitFor();
    expect(await page.locator(".facts").innerText()).toContain("Tony Scott");
    // What providers say is known as it is now alone.
    expect(await page.getByRole("table").count()).toBe(0);
    const shown = page.locator(".time-line > [aria-current=step]");
    expect(await shown.innerText()).toContain("change 149");
    await page.reload();
    await page.getByRole("link", { name: "Show it as it is now" }).click();
    await page.getByRole("table").waitFor();
    expect(await page.locator(".facts").innerText()).toContain("Ridley Scott");
  });

  test("of a film that turned out to be another one is the other one's", async ({ visit }) => {
    const page = await visit("/?film=bkltb8lovgaiji2r");
    await opens(page, "Léon: The Professional");
    await page.getByRole("status").filter({ hasText: "bkltb8lovgaiji2r, which you asked for" }).waitFor();
    expect(new URL(page.url()).search).toBe("?film=r484tio1dck64qls");
    await page.getByRole("table").waitFor();
  });

  test("of a withdrawn film says so, and keeps its history", async ({ visit }) => {
    const page = await visit("/?film=gkc5nq1kgv98pfch");
    await opens(page, "Topaz");
    await page.getByText("Every provider that described this film has withdrawn it.").waitFor();
    await page.getByRole("link", { name: /^As it was then/ }).click();
    await page.locator(".facts").getByText("Topaz").waitFor();
    expect(await page.locator(".time-line > .withdrawn").count()).toBe(1);
  });

  test("before anyone had described the film says so", async ({ visit }) => {
    const page = await visit(`${MATRIX}&at=1`);
    await page.getByText("No provider had described this film at change 1.").waitFor();
  });

  test("for an id that is no film's says so, and leads to all films", async ({ visit }) => {
    const page = await visit("/?film=0000000000000000");
    await page.getByRole("alert").filter({ hasText: "No film has this id" }).waitFor();
    await page.getByRole("link", { name: "Show all films" }).click();
    await page.getByRole("heading", { level: 1, name: "Films" }).waitFor();
  });

  test("for a change that lies in the future says what is wrong", async ({ visit }) => {
    const page = await visit(`${MATRIX}&at=999999`);
    await page.getByRole("alert").filter({ hasText: "at lies in the future" }).waitFor();
  });

  test("changes while it is looked at, when the film does", async ({ visit, put }) => {
    const film = { id: "1", title: "A Film of Today", year: 2025, updatedAt: "2026-01-01T00:00:00Z" };
    put("me/today.json", film);
    const page = await visit("/?q=a film of today");
    await expect
      .poll(async () => {
        await page.reload();
        return page.locator(".card").count();
      })
      .toBe(1);
    await page.locator(".card").click();
    await opens(page, "A Film of Today");
    put("me/tomorrow.json", { ...film, title: "A Film of Tomorrow", updatedAt: "2026-01-02T00:00:00Z" });
    await opens(page, "A Film of Tomorrow");
    expect(await page.locator(".time-line > li").count()).toBe(2);
  });
});

async function opens(page: Page, title: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}
