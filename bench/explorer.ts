/** How long someone who types into the explorer waits for films: on the sample, in a browser on this machine. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { chromium, type Page } from "playwright-core";
import { findBrowser } from "../tools/services/browser.ts";
import { type Figure, percentile } from "./report.ts";

const BIN = resolve(import.meta.dirname, "../packages/cli/bin/movie-store.js");
/** A letter after the other, each when the films for the one before are there. */
const TEXTS = [
  "the godfather",
  "casablanca",
  "star wars",
  "amelie",
  "2001",
  "no such film",
  "alien",
  "seven samurai",
];
/** What feels like an answer to the key and not to the machine (Nielsen, Usability Engineering, 1993, chapter 5). */
const LIMIT_MS = 100;

export async function measureExplorer(): Promise<readonly Figure[]> {
  const found = await findBrowser(process.env);
  if (found.program === undefined) {
    console.error(found.notice);
    return [{ name: "explorer, from key to films", value: "not measured: no browser" }];
  }
  const data = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
  const store = spawn(process.execPath, [BIN, "start"], {
    env: { ...process.env, MOVIE_STORE_DATA: data, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "warn" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  store.stdout.setEncoding("utf8");
  const ended = once(store, "exit");
  const browser = await chromium.launch({
    executablePath: found.program,
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(await urlOf(store));
    const waits = await typed(page);
    const [median, slow] = [percentile(waits, 0.5), percentile(waits, 0.95)];
    return [
      {
        name: "explorer, from key to films",
        value: `median ${median.toFixed(1)} ms, p95 ${slow.toFixed(1)} ms of ${waits.length} keys`,
        limit: `p95 <= ${LIMIT_MS} ms`,
        met: slow <= LIMIT_MS,
      },
    ];
  } finally {
    await browser.close();
    store.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true });
  }
}

async function urlOf(store: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  for (let told = ""; ; ) {
    const [text] = await Promise.race([once(store.stdout, "data"), once(store, "exit")]);
    if (typeof text !== "string") throw new Error("the store did not start");
    told += text;
    const url = /ready: (\S+)/.exec(told)?.[1];
    if (url !== undefined) return url;
  }
}

/** Milliseconds from each key to the first picture with its films. */
async function typed(page: Page): Promise<readonly number[]> {
  const field = page.getByRole("combobox", { name: "Search films and people" });
  await page.locator(".results[aria-busy=false]").waitFor();
  await page.evaluate(WATCH);
  const waits: number[] = [];
  for (const text of TEXTS) {
    for (const letter of text) {
      if (letter === " ") {
        // Asks nothing new.
        await field.press(letter);
        continue;
      }
      const [wait] = await Promise.all([page.evaluate<number>("nextWait()"), field.press(letter)]);
      waits.push(wait);
    }
    await field.fill("");
    await page.locator(".results[aria-busy=false]").waitFor();
  }
  return waits;
}

/** In the page: a frame is drawn, and so a picture seen, before the next task. */
const WATCH = `
  let began;
  addEventListener("keydown", ({ timeStamp }) => { began = timeStamp; }, true);
  const results = document.querySelector(".results");
  globalThis.nextWait = () => new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (results.ariaBusy !== "false" || began === undefined) return;
      observer.disconnect();
      const from = began;
      began = undefined;
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
    });
    observer.observe(results, { attributes: true, attributeFilter: ["aria-busy"] });
  });
`;
