/** Makes the page from its sources. */

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Metafile, OutputFile } from "esbuild";
import { type Explorer, type ExplorerFile, FILES_PATH, mediaTypeOf } from "./explorer.ts";

export const PAGE_FOLDER = fileURLToPath(new URL("../page/", import.meta.url));

/** The page names them as they lie beside it. */
const ENTRIES = ["main.tsx", "main.css", "icon.svg"] as const;

/** All that may get into a browser. Of the other packages the page knows the types alone. */
const MAY_CONTAIN = /^(page\/|(\.\.\/)*node_modules\/preact\/)/;

/** @throws Error when a source is wrong, or where esbuild is not installed. */
export async function bundle(): Promise<Explorer> {
  const { build } = await import("esbuild");
  const { metafile, outputFiles } = await build({
    absWorkingDir: join(PAGE_FOLDER, ".."),
    entryPoints: ENTRIES.map((name) => `page/${name}`),
    outdir: "dist",
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".svg": "copy" },
    legalComments: "none",
    logLevel: "silent",
  });
  checkContents(metafile);
  let page = await readFile(join(PAGE_FOLDER, "index.html"), "utf8");
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint !== undefined)
      page = page.replaceAll(`"${basename(entryPoint)}"`, `"${FILES_PATH}${basename(path)}"`);
  }
  return { page, files: outputFiles.map(compressed) };
}

function checkContents({ inputs }: Metafile): void {
  for (const path of Object.keys(inputs)) {
    if (!MAY_CONTAIN.test(path)) throw new Error(`${path} is no part of the page: import its types alone`);
  }
}

function compressed({ path, contents: bytes }: OutputFile): ExplorerFile {
  const name = basename(path);
  return {
    name,
    mediaType: mediaTypeOf(name),
    bytes,
    brotli: brotliCompressSync(bytes),
    gzip: gzipSync(bytes, { level: 9 }),
  };
}
