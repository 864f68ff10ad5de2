import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findBrowser } from "./browser.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "movie-store-browser-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function program(name: string, says: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
  return path;
}

test("a browser that a variable names comes before those on PATH", async () => {
  const named = await program("my-browser", "Chromium 150.0.1 built on Debian");
  await program("chromium", "Chromium 149.0.0");
  const found = await findBrowser({ TEST_BROWSER: named, PATH: folder });
  expect(found).toEqual({ program: named, version: "Chromium 150.0.1" });
});

test("a variable that names no browser is an error, not a reason to take another", async () => {
  const named = await program("editor", "ed 1.19");
  await program("chromium", "Chromium 149.0.0");
  await expect(findBrowser({ TEST_BROWSER: named, PATH: folder })).rejects.toThrow(
    `TEST_BROWSER names no browser that runs: ${named}`,
  );
});

test("on PATH a program that only has the name of a browser is passed over", async () => {
  await program("chromium", "install chromium first");
  const chrome = await program("google-chrome", "Google Chrome 150.0.7000.1 ");
  expect(await findBrowser({ PATH: folder })).toMatchObject({ program: chrome });
});

test("where there is none, it is said what helps", async () => {
  const found = await findBrowser({ TEST_BROWSER: "", PATH: folder });
  expect(found).toMatchObject({ program: undefined, notice: expect.stringContaining("set TEST_BROWSER") });
});
