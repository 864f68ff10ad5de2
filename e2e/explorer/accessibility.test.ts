import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { browserProgram, explorerTest, PHONE } from "./visiting.ts";

/** Run as the debugger does, for the page's policy keeps all other scripts out. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface View {
  readonly name: string;
  readonly place: string;
  /** Is there once the view is whole. */
  readonly whole: string;
  readonly before?: (page: Page) => Promise<unknown>;
}

const VIEWS: readonly View[] = [
  { name: "the search", place: "/?genre=Crime&year=1970..1979", whole: ".card" },
  {
    name: "the suggestions",
    place: "/",
    whole: "[role=option]",
    before: async (page) => {
      await page.getByRole("combobox", { name: "Search films and people" }).pressSequentially("al");
      await page.locator("[role=option]").first().waitFor();
      await page.keyboard.press("ArrowDown");
    },
  },
  { name: "a search without result", place: "/?q=matirx", whole: ".notice a" },
  { name: "a film", place: "/?film=gkl14f9ub183dlfh", whole: "table" },
  { name: "a film as it was", place: "/?film=rgrm12ljbq3cd320&at=149", whole: ".then" },
  { name: "a withdrawn film", place: "/?film=gkc5nq1kgv98pfch", whole: ".time-line" },
  { name: "an unknown film", place: "/?film=0000000000000000", whole: "[role=alert]" },
  { name: "the changes", place: "/?view=changes", whole: ".sign.live" },
  { name: "ingest", place: "/?view=ingest", whole: ".rejected-list" },
];

const LOOKS = [
  { look: "light", options: { colorScheme: "light" } },
  { look: "dark", options: { colorScheme: "dark" } },
  { look: "on a phone", options: { ...PHONE, colorScheme: "light" } },
] as const;

describe.skipIf(browserProgram === undefined)("axe finds nothing to complain of in", () => {
  const test = explorerTest();

  for (const { name, place, whole, before } of VIEWS) {
    for (const { look, options } of LOOKS) {
      test(`${name}, ${look}`, async ({ visit }) => {
        const page = await visit(place, { ...options, reducedMotion: "reduce" });
        await before?.(page);
        await page.locator(whole).first().waitFor();
        await page.evaluate(AXE);
        const { violations, passes } = (await page.evaluate("axe.run()")) as AxeResults;
        expect(
          violations.map(({ id, nodes }) => [
            id,
            nodes.map(({ html, failureSummary }) => [html, failureSummary]),
          ]),
        ).toEqual([]);
        expect(passes.length).toBeGreaterThan(15);
        // Nothing is wider than the screen but what scrolls by itself.
        const [width, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        expect(width).toBeLessThanOrEqual(seen as number);
      });
    }
  }

  test("nothing moves for those who want no motion", async ({ visit }) => {
    const page = await visit("/", { reducedMotion: "reduce" });
    await page.locator(".card").first().waitFor();
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter((element) => {
          const { transitionDuration, animationName } = getComputedStyle(element);
          return animationName !== "none" || transitionDuration.split(", ").some((time) => time !== "0s");
        }).length,
    );
    expect(moving).toBe(0);
  });
});
