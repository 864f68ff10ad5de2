import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { browserProgram, explorerTest } from "./visiting.ts";

// The fixture fails a test whose page asks another origin or meets its content security policy.

function operation(page: Page, id: string) {
  return page.locator(`.opblock[id$="-${id}"]`);
}

describe.skipIf(browserProgram === undefined)("the page of the API", () => {
  const test = explorerTest();

  test("shows every operation of the document", async ({ visit, url }) => {
    const page = await visit("/docs");
    await operation(page, "findMovies").waitFor();
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      readonly paths: Readonly<Record<string, { readonly get: { readonly operationId: string } }>>;
    };
    const ids = Object.values(document.paths).map(({ get }) => get.operationId);
    expect(await page.locator(".opblock").count()).toBe(ids.length);
    for (const id of ids) expect(await operation(page, id).count(), id).toBe(1);
    expect(await page.title()).toBe("Movie Store API");
  });

  test("asks the API and shows what it answers", async ({ visit }) => {
    const page = await visit("/docs");
    const search = operation(page, "findMovies");
    await search.getByRole("button", { name: "GET /v1/movies", exact: false }).first().click();
    await search.getByPlaceholder("title").fill("godfather");
    await search.getByRole("button", { name: "Execute" }).click();
    const answer = search.locator(".live-responses-table");
    await answer.waitFor();
    expect(await answer.locator("tbody .response-col_status").first().innerText()).toMatch(/^200/);
    expect(await answer.innerText()).toContain("The Godfather: Part II");
  });
});

describe.skipIf(browserProgram === undefined)("the page of an API with keys", () => {
  const test = explorerTest({ API_KEYS: "web:key-of-web" });

  test("is open, and asks with the key that it was told", async ({ visit }) => {
    const page = await visit("/docs");
    const search = operation(page, "findMovies");
    await search.getByRole("button", { name: "GET /v1/movies", exact: false }).first().click();
    const status = search.locator(".live-responses-table tbody .response-col_status").first();
    await search.getByRole("button", { name: "Execute" }).click();
    await status.filter({ hasText: "401" }).waitFor();
    await page.getByRole("button", { name: "Authorize" }).first().click();
    const dialog = page.locator(".dialog-ux");
    await dialog.locator("input").first().fill("key-of-web");
    await dialog.getByRole("button", { name: "Apply credentials" }).first().click();
    await dialog.getByRole("button", { name: "Close" }).first().click();
    await search.getByRole("button", { name: "Execute" }).click();
    await status.filter({ hasText: "200" }).waitFor();
  });
});
