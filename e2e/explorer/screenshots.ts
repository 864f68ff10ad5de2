/** `npm run screenshots`: the pictures of the explorer in docs/images, of the sample. */

import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findBrowser } from "../../tools/services/browser.ts";
import { startCli, urlOf } from "../cli.ts";

interface Picture {
  readonly name: string;
  readonly place: string;
  /** Is there once the view is whole. */
  readonly whole: string;
  readonly options: BrowserContextOptions;
  readonly before?: (page: Page) => Promise<unknown>;
}

const FOLDER = resolve(import.meta.dirname, "../../docs/images");
/** A README has to be there at once on a slow line, too. */
const MAX_BYTES = 300_000;
const DESK = { viewport: { width: 1200, height: 760 } };
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 1.5 };

const PICTURES: readonly Picture[] = [
  {
    name: "explorer-search",
    place: "/?genre=Crime&year=..2008",
    whole: ".search:has(.chip[aria-pressed]) .card",
    options: { ...DESK, colorScheme: "light" },
  },
  {
    name: "explorer-suggestions",
    place: "/",
    whole: ".search:has(.chip[aria-pressed]) .card",
    options: { ...DESK, colorScheme: "dark" },
    before: async (page) => {
      await page.getByRole("combobox", { name: "Search films and people" }).pressSequentially("ali");
      await page.getByRole("listbox", { name: "Suggestions" }).getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
    },
  },
  {
    name: "explorer-film",
    place: "/?film=gkl14f9ub183dlfh",
    whole: "table",
    options: { viewport: { width: 1200, height: 1000 }, colorScheme: "light" },
  },
  {
    name: "explorer-history",
    place: "/?film=rgrm12ljbq3cd320&at=149",
    whole: ".time-line",
    options: { viewport: { width: 1200, height: 1000 }, colorScheme: "dark" },
  },
  {
    name: "explorer-changes",
    place: "/?view=changes",
    whole: ".sign.live",
    options: { ...DESK, colorScheme: "light" },
  },
  {
    name: "explorer-ingest",
    place: "/?view=ingest",
    whole: ".rejected-list",
    options: { ...DESK, colorScheme: "dark" },
  },
  {
    name: "explorer-phone-search",
    place: "/?genre=Crime&year=..2008",
    whole: ".search:has(.chip[aria-pressed]) .card",
    options: { ...PHONE, colorScheme: "dark" },
  },
  {
    name: "explorer-phone-film",
    place: "/?film=rgrm12ljbq3cd320",
    whole: "table",
    options: { ...PHONE, colorScheme: "light" },
  },
];

const found = await findBrowser(process.env);
if (found.program === undefined) throw new Error(found.notice);
const data = mkdtempSync(join(tmpdir(), "movie-store-screenshots-"));
const store = startCli(data, ["start"], { PORT: "0", HOST: "127.0.0.1", MOVIE_STORE_SAMPLE: "on" });
const browser = await chromium.launch({
  executablePath: found.program,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  mkdirSync(FOLDER, { recursive: true });
  const url = await urlOf(store);
  for (const picture of PICTURES) await take(browser, url, picture);
} finally {
  await browser.close();
  store.process.kill("SIGTERM");
  await store.finished;
  rmSync(data, { recursive: true });
}

async function take(browser: Browser, url: string, picture: Picture): Promise<void> {
  const { name, place, whole, options, before } = picture;
  const context = await browser.newContext({
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  await page.goto(url + place);
  await page.locator(whole).first().waitFor();
  await before?.(page);
  await page.evaluate(() => document.fonts.ready);
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  await context.close();
  const bytes = statSync(path).size;
  process.stdout.write(`${name}.png: ${Math.round(bytes / 1_000)} kB\n`);
  if (bytes > MAX_BYTES) throw new Error(`${name}.png is larger than ${MAX_BYTES / 1_000} kB`);
}
