import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** With openapi-fetch, minified. */
const MAX_GZIPPED_BYTES = 5_000;

async function bundleOf(target: string) {
  const { outputFiles } = await build({
    stdin: {
      contents: 'export { createMovieStoreClient, MovieStoreProblem } from "./index.ts";',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target,
    write: false,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

it("costs a page at most five thousand bytes", async () => {
  const bytes = gzipSync(await bundleOf("es2022")).length;
  expect(bytes).toBeGreaterThan(1_000);
  expect(bytes).toBeLessThan(MAX_GZIPPED_BYTES);
});
