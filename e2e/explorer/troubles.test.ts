import { describe, expect } from "vitest";
import { browserProgram, explorerTest } from "./visiting.ts";

describe.skipIf(browserProgram === undefined)("when the store does not answer, the explorer", () => {
  const test = explorerTest();

  test.for([
    ["/", "**/v1/movies?*", ".card"],
    ["/?film=gkl14f9ub183dlfh", "**/v1/movies/*", ".facts"],
    ["/?view=changes", "**/v1/changes?*", ".feed li"],
    ["/?view=ingest", "**/v1/updates?*", ".figures"],
  ] as const)("says so at %s, and tries again when told to", async ([place, target, content], { visit }) => {
    const page = await visit("/docs");
    const problem = { status: 503, code: "unavailable", detail: "the store can't answer now; try again" };
    await page.route(target, (route) => route.fulfill({ status: 503, json: problem }));
    await page.goto(new URL(place, page.url()).href);
    const alert = page.getByRole("alert");
    await alert.getByRole("heading", { name: "The store can’t answer just now" }).waitFor();
    expect(await alert.innerText()).toContain("the store can't answer now");
    expect(await page.locator(content).count()).toBe(0);
    await page.unroute(target);
    await alert.getByRole("button", { name: "Try again" }).click();
    await page.locator(content).first().waitFor();
    expect(await alert.count()).toBe(0);
  });

  test("says that there is no connection", async ({ visit }) => {
    const page = await visit("/");
    await page.locator(".card").first().waitFor();
    await page.context().setOffline(true);
    await page.getByRole("combobox", { name: "Search films and people" }).fill("heat");
    await page.getByRole("heading", { name: "No connection" }).waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
  });

  test("says what a search may not be, and goes on with the next letter", async ({ visit }) => {
    const page = await visit(`/?q=${encodeURIComponent("\u0301")}`);
    await page.getByRole("heading", { name: "The store does not understand this" }).waitFor();
    await page.getByRole("combobox", { name: "Search films and people" }).fill("jaws");
    await page.locator(".card", { hasText: "Jaws" }).waitFor();
  });

  test("keeps the films it has when further ones do not come", async ({ visit }) => {
    const page = await visit("/");
    await page.locator(".card").first().waitFor();
    await page.route("**/v1/movies?*cursor=*", (route) => route.abort());
    await page.getByRole("button", { name: "Show more films" }).click();
    await page.getByRole("heading", { name: "No connection" }).waitFor();
    expect(await page.locator(".card").count()).toBe(24);
    await page.unroute("**/v1/movies?*cursor=*");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => page.locator(".card").count()).toBe(48);
  });
});

describe.skipIf(browserProgram === undefined)("with a store that asks for a key, the explorer", () => {
  const test = explorerTest({ API_KEYS: "reader:let-me-read" });

  test("asks for it, keeps it in this tab, and shows all that it showed without", async ({ visit, put }) => {
    const page = await visit("/");
    const field = page.getByLabel("API key");
    await field.fill("let-me-reed");
    await page.getByRole("button", { name: "Use this key" }).click();
    await page.getByRole("alert").filter({ hasText: "The key that was given is not known." }).waitFor();
    await field.fill("let-me-read");
    await field.press("Enter");
    await page.locator(".card").first().waitFor();
    await page.reload();
    await page.locator(".card").first().waitFor();
    expect(await page.getByRole("button", { name: /^1970s/ }).count()).toBe(1);
    await page.getByRole("link", { name: "Changes" }).click();
    await page.getByRole("status").filter({ hasText: "Live" }).waitFor();
    put("me/1.json", { id: "1", title: "Seen With a Key", year: 2026 });
    await page.getByRole("link", { name: "Seen With a Key" }).waitFor();
    expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, ""]);
  });

  test("asks for it at every view", async ({ visit }) => {
    for (const place of ["/?film=gkl14f9ub183dlfh", "/?view=changes", "/?view=ingest"]) {
      const page = await visit(place);
      await page.getByLabel("API key").fill("let-me-read");
      await page.getByRole("button", { name: "Use this key" }).click();
      await page.getByLabel("API key").waitFor({ state: "detached" });
    }
  });

  test("forgets a wrong one when told to", async ({ visit }) => {
    const page = await visit("/");
    await page.getByLabel("API key").fill("wrong-one");
    await page.getByRole("button", { name: "Use this key" }).click();
    await page.getByRole("button", { name: "Forget it" }).click();
    await page.getByRole("button", { name: "Forget it" }).waitFor({ state: "detached" });
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });
});
