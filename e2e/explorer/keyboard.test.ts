import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { browserProgram, explorerTest } from "./visiting.ts";

describe.skipIf(browserProgram === undefined)("without a mouse", () => {
  const test = explorerTest();

  test("a film is found, opened and left again", async ({ visit }) => {
    const page = await visit("/");
    await page.keyboard.press("/");
    expect(await focused(page)).toBe("Search films and people");
    await page.keyboard.type("casabl");
    await suggestions(page).first().waitFor();
    await page.keyboard.press("ArrowDown");
    const field = page.getByRole("combobox", { name: "Search films and people" });
    const chosen = suggestions(page).and(page.locator("[aria-selected=true]"));
    expect(await field.getAttribute("aria-activedescendant")).toBe(await chosen.getAttribute("id"));
    expect(await field.inputValue()).toBe("casabl");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Casablanca" }).waitFor();
    await page.goBack();
    await expect.poll(() => field.inputValue()).toBe("casabl");
  });

  test("the suggestions are gone through in a circle, and closed by Esc, which then empties the field", async ({
    visit,
  }) => {
    const page = await visit("/");
    await page.keyboard.press("/");
    await page.keyboard.type("al");
    const options = suggestions(page);
    await options.first().waitFor();
    const count = await options.count();
    const field = page.getByRole("combobox", { name: "Search films and people" });
    expect(await field.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("ArrowUp");
    expect(await options.nth(count - 1).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("ArrowDown");
    expect(await field.getAttribute("aria-activedescendant")).toBeNull();
    await page.keyboard.press("ArrowDown");
    expect(await options.nth(0).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("Escape");
    await options.first().waitFor({ state: "hidden" });
    expect(await field.getAttribute("aria-expanded")).toBe("false");
    expect(await field.inputValue()).toBe("al");
    await page.keyboard.press("Escape");
    expect(await field.inputValue()).toBe("");
  });

  test("Enter without a choice closes the suggestions and leaves the films that were found", async ({
    visit,
  }) => {
    const page = await visit("/");
    await page.keyboard.press("/");
    await page.keyboard.type("alien");
    await suggestions(page).first().waitFor();
    await page.keyboard.press("Enter");
    await suggestions(page).first().waitFor({ state: "hidden" });
    await page.getByRole("status").filter({ hasText: "3 films" }).waitFor();
    expect(await focused(page)).toBe("Search films and people");
  });

  test("arrows go from film to film, across and down", async ({ visit }) => {
    const page = await visit("/");
    const cards = page.locator(".card");
    await cards.first().waitFor();
    await cards.first().focus();
    const placeOfFocus = () =>
      cards.evaluateAll((all) => all.indexOf(document.activeElement as (typeof all)[number]));
    await page.keyboard.press("ArrowRight");
    expect(await placeOfFocus()).toBe(1);
    await page.keyboard.press("ArrowDown");
    const below = await placeOfFocus();
    const [upper, lower] = [await cards.nth(1).boundingBox(), await cards.nth(below).boundingBox()];
    expect(lower?.x).toBe(upper?.x);
    expect(lower?.y).toBeGreaterThan(upper?.y ?? 0);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowLeft");
    expect(await placeOfFocus()).toBe(0);
    await page.keyboard.press("ArrowLeft");
    expect(await placeOfFocus()).toBe(0);
    await page.keyboard.press("Enter");
    await page.locator(".facts").waitFor();
  });

  test("the first stop leads past the head to the content", async ({ visit }) => {
    const page = await visit("/?film=gkl14f9ub183dlfh");
    await page.locator(".facts").waitFor();
    await page.keyboard.press("Tab");
    expect(
      await page
        .getByRole("link", { name: "Skip to the content" })
        .evaluate((link) => link === document.activeElement),
    ).toBe(true);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("1999");
  });

  test("another view begins at its content", async ({ visit }) => {
    const page = await visit("/");
    for (const view of ["Changes", "Ingest", "Films"]) {
      await page.getByRole("navigation").getByRole("link", { name: view }).press("Enter");
      await page.getByRole("heading", { level: 1, name: view }).waitFor();
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("content");
      expect(await page.locator("nav [aria-current=page]").innerText()).toBe(view);
    }
  });

  test("every stop has a focus that can be seen", async ({ visit }) => {
    const page = await visit("/");
    await page.locator(".card").first().waitFor();
    for (let stop = 0; stop < 30; stop++) {
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(
        () => getComputedStyle(document.activeElement as Element).outlineStyle,
      );
      expect([stop, await focused(page), outline]).toEqual([stop, expect.anything(), "solid"]);
    }
  });

  test("a slash in a field is a slash", async ({ visit }) => {
    const page = await visit("/");
    const field = page.getByRole("combobox", { name: "Add a person of the cast" });
    await field.focus();
    await page.keyboard.type("a/c");
    expect(await field.inputValue()).toBe("a/c");
  });
});

function suggestions(page: Page) {
  return page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
}

/** What has the focus, by its label or text. */
function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(
    () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "",
  );
}
