import { describe, expect } from "vitest";
import { browserProgram, explorerTest } from "./visiting.ts";

describe.skipIf(browserProgram === undefined)("the health of ingest in the explorer", () => {
  const test = explorerTest();

  test("says what became of the objects, provider by provider", async ({ visit }) => {
    const page = await visit("/?view=ingest");
    await page.getByText("All 328 objects that providers have sent").waitFor();
    const figures = page.locator(".figures > div");
    expect(await figures.allInnerTexts()).toEqual([
      "accepted\n310",
      "superseded\n11",
      "duplicate\n0",
      "rejected\n7",
      // The files of the sample are dated back, so that they are no measure of this store.
      "from written to readable\n– nothing has come within a day of being written",
      expect.stringMatching(/^from received to readable\n.* ms median of 321, longest .* ms$/),
    ]);
    const row = page.getByRole("row", { name: /^northlight/ });
    expect(await row.getByRole("cell").allInnerTexts()).toEqual([
      "",
      "109",
      "11",
      "0",
      "2",
      expect.stringMatching(/20\d\d/),
    ]);
  });

  test("says why each object was rejected, and leads to its receipt", async ({ visit, url }) => {
    const page = await visit("/?view=ingest");
    const rejected = page.locator(".rejected-list li");
    await rejected.first().waitFor();
    expect(await rejected.count()).toBe(7);
    const year = rejected.filter({ hasText: "year is more than 2100" });
    expect(await year.innerText()).toMatch(
      /providers\/kinopedia\/bad-year-19999\.json\s+bad-field in year, /,
    );
    const href = await year.getByRole("link").getAttribute("href");
    expect(await (await fetch(url + href)).json()).toMatchObject({
      verdict: "rejected",
      field: "year",
    });
  });

  test("shows what comes, and how long that took", async ({ visit, put }) => {
    const page = await visit("/?view=ingest");
    await page.locator(".figures").waitFor();
    put("me/good.json", { id: "1", title: "Good", year: 2026 });
    put("me/bad.json", "{");
    await page.locator(".rejected-list li").filter({ hasText: "me/bad.json" }).waitFor();
    const latest = page.locator(".latest li").filter({ hasText: "providers/me/good.json" });
    expect(await latest.innerText()).toMatch(/^accepted/);
    await page.getByText("median of 1, longest").waitFor();
    await latest.getByRole("link", { name: "Film of providers/me/good.json" }).click();
    await page.getByRole("heading", { level: 1, name: "Good" }).waitFor();
  });
});
