/** The browser for the tests of pages: a Chromium or Chrome that is on the machine. None is downloaded. */

import { programsNamed, versionOf } from "./programs.ts";

/** In order of preference. */
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"] as const;

export type FoundBrowser =
  | { readonly program: string; readonly version: string }
  /** Why tests are skipped, and what helps. */
  | { readonly program: undefined; readonly notice: string };

/** @throws Error when TEST_BROWSER names what is no browser: whoever set it wants that browser and no other. */
export async function findBrowser(environment: NodeJS.ProcessEnv): Promise<FoundBrowser> {
  const given = environment["TEST_BROWSER"];
  if (given) {
    const version = await browserVersion(given);
    if (version === "") throw new Error(`TEST_BROWSER names no browser that runs: ${given}`);
    return { program: given, version };
  }
  for (const program of NAMES.flatMap((name) => programsNamed(name, environment))) {
    const version = await browserVersion(program);
    if (version !== "") return { program, version };
  }
  return { program: undefined, notice: NOTICE };
}

/** Empty for any other program. */
async function browserVersion(program: string): Promise<string> {
  return /^(?:Chromium|Google Chrome)\D* [\d.]+/m.exec(await versionOf(program))?.[0] ?? "";
}

const NOTICE = `No browser: tests that need it are skipped.
  - TEST_BROWSER is not set
  - no ${NAMES.join(" or ")} on PATH
  Either of two helps: set TEST_BROWSER to the program of a Chromium or Chrome, or put one on PATH (Debian's package is chromium).`;
