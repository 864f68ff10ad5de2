/** The page in the packages and images: read as `build.ts` made it. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Explorer, type ExplorerFile, mediaTypeOf } from "./explorer.ts";

export { type Explorer, type ExplorerFile, FILES_PATH } from "./explorer.ts";

const FOLDER = fileURLToPath(new URL("page/", import.meta.url));

let explorer: Promise<Explorer> | undefined;

/** @throws Error with the code ENOENT where the page was not built. */
export async function loadExplorer(): Promise<Explorer> {
  explorer ??= read();
  try {
    return await explorer;
  } catch (error) {
    explorer = undefined;
    throw error;
  }
}

async function read(): Promise<Explorer> {
  const page = await readFile(join(FOLDER, "index.html"), "utf8");
  const names = (await readdir(FOLDER)).filter((name) => /\.(css|js|svg)$/.test(name));
  return { page, files: await Promise.all(names.map(readCompressed)) };
}

async function readCompressed(name: string): Promise<ExplorerFile> {
  const path = join(FOLDER, name);
  const [bytes, brotli, gzip] = await Promise.all([
    readFile(path),
    readFile(`${path}.br`),
    readFile(`${path}.gz`),
  ]);
  return { name, mediaType: mediaTypeOf(name), bytes, brotli, gzip };
}
