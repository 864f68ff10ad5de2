/** Makes the page into `dist/page`, and holds it to the size that a slow phone can take. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./src/bundle.ts";

const FOLDER = fileURLToPath(new URL("dist/page/", import.meta.url));

/** JavaScript and CSS with gzip. More than this and a framework has come in, or something that is not needed. */
const MAX_GZIP_BYTES = 50_000;

const { page, files } = await bundle();
mkdirSync(FOLDER, { recursive: true });
writeFileSync(join(FOLDER, "index.html"), page);
let gzipBytes = 0;
for (const { name, bytes, brotli, gzip } of files) {
  writeFileSync(join(FOLDER, name), bytes);
  writeFileSync(join(FOLDER, `${name}.br`), brotli);
  writeFileSync(join(FOLDER, `${name}.gz`), gzip);
  process.stdout.write(
    `${name}: ${kilobytes(bytes.length)}, ${kilobytes(gzip.length)} with gzip, ${kilobytes(brotli.length)} with brotli\n`,
  );
  if (!name.endsWith(".svg")) gzipBytes += gzip.length;
}
process.stdout.write(`JavaScript and CSS: ${kilobytes(gzipBytes)} with gzip\n`);
if (gzipBytes > MAX_GZIP_BYTES) {
  process.stderr.write(`the page is refused: it is larger than ${kilobytes(MAX_GZIP_BYTES)}\n`);
  process.exitCode = 1;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}
