/** A store with the sample, and a browser that looks at its page and minds what the page does. */

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, inject, test } from "vitest";
import { type Running, startCli, urlOf } from "../cli.ts";

/** `undefined`: tests of the page are skipped, and the set-up has said so. */
export const browserProgram = inject("browser");

export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;

interface Visit extends BrowserContextOptions {
  /** Hosts besides the store's own that the page may ask; their requests are up to the test. */
  readonly mayAsk?: readonly string[];
}

interface Fixtures {
  /** Opens the page at a place, such as `/?q=heat`. After the test everything that the page may not do fails it. */
  readonly visit: (place: string, visit?: Visit) => Promise<Page>;
  /** Puts an object into the inbox, whole at once. */
  readonly put: (key: string, content: unknown) => void;
  readonly url: string;
  /** What the page has done so far that it may not. */
  readonly offences: string[];
}

/** Within a `describe`: one store and one browser for all its tests. */
export function explorerTest(environment: NodeJS.ProcessEnv = {}) {
  let data: string;
  let store: Running;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "movie-store-explorer-"));
    store = startCli(data, ["start"], {
      PORT: "0",
      HOST: "127.0.0.1",
      MOVIE_STORE_SAMPLE: "on",
      ...environment,
    });
    [url, browser] = await Promise.all([urlOf(store), launch()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    store.process.kill("SIGTERM");
    await store.finished;
    rmSync(data, { recursive: true });
  });

  return test.extend<Fixtures>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from it what the fixture needs.
    url: async ({}, use) => use(url),
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    put: async ({}, use) =>
      use((key, content) => {
        const path = join(data, "inbox", key);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(join(data, "next"), typeof content === "string" ? content : JSON.stringify(content));
        renameSync(join(data, "next"), path);
      }),
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    offences: async ({}, use) => use([]),
    visit: async ({ offences }, use) => {
      const opened: Page[] = [];
      await use(async (place, { mayAsk = [], ...options } = {}) => {
        const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", ...options });
        const page = await context.newPage();
        opened.push(page);
        page.setDefaultTimeout(10_000);
        watch(page, [new URL(url).host, ...mayAsk], offences);
        await page.goto(url + place);
        return page;
      });
      await Promise.all(opened.map((page) => page.context().close()));
      if (offences.length > 0) throw new Error(`The page did what it may not:\n${offences.join("\n")}`);
    },
  });
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserProgram as string,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

/** Notes what is thrown, what is complained of (as breaches of the content security policy are), and who is asked. */
function watch(page: Page, hosts: readonly string[], offences: string[]): void {
  page.on("pageerror", (error) => offences.push(`thrown: ${error.stack}`));
  page.on("console", (message) => {
    // That an answer was not 200, or not there, is what some tests are about; what the page makes of it they check.
    if (message.text().startsWith("Failed to load resource")) return;
    if (["error", "warning", "assert"].includes(message.type())) offences.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "data:" && !hosts.includes(host)) offences.push(`asked: ${request.url()}`);
  });
}
