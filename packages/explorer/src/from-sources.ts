/** The page in the repository: made from its sources when it is asked for, and again when one of them has changed. */

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { bundle, PAGE_FOLDER } from "./bundle.ts";
import type { Explorer } from "./explorer.ts";

export { type Explorer, type ExplorerFile, FILES_PATH } from "./explorer.ts";

let last: { readonly stamp: string; readonly explorer: Promise<Explorer> } | undefined;

/** @throws Error when a source is wrong, or where esbuild is not installed. */
export async function loadExplorer(): Promise<Explorer> {
  const stamp = await stampOf(PAGE_FOLDER);
  if (last?.stamp !== stamp) last = { stamp, explorer: bundle() };
  return last.explorer;
}

/** Another one whenever a file was changed, added or removed. */
async function stampOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const stats = await Promise.all(names.sort().map((name) => stat(join(folder, name))));
  return stats.map(({ mtimeMs, ino }) => `${ino}:${mtimeMs}`).join();
}
