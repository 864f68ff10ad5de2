/**
 * Bundles the handler and the worker into one file each, and holds the handler to a size and an import time: both are
 * what a cold start waits for.
 *
 *     node build.ts            into dist, and measures
 *     node build.ts <folder>   into another folder, and measures nothing
 */

import { execFileSync } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { leanMysql2 } from "./bundle/lean-mysql2.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/**
 * AWS SDK, mysql2, ioredis, Powertools and zod come to a little less. Beyond this something has come in twice, or
 * something large that a cold start should not wait for.
 */
const MAX_BYTES = 1_500_000;
/**
 * As a multiple of what the start of Node itself takes, both in time of the processor, so that the bound holds on slow,
 * fast and busy machines; 8 is usual.
 */
const MAX_START_RATIO = 11;
const STARTS = 5;

/** Packages in the CommonJS form call `require`, which a bundle in the ESM form does not have. */
const BANNER = `import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`;

async function bundle(outdir: string): Promise<void> {
  await build({
    entryPoints: [join(FOLDER, "src/handler.ts"), join(FOLDER, "src/worker.ts")],
    outdir,
    bundle: true,
    minify: true,
    // Class names are in log lines: MovieStoreError and the like.
    keepNames: true,
    sourcemap: "external",
    platform: "node",
    target: "node24",
    format: "esm",
    // The forms of the packages that can be taken in part: half of the AWS SDK is left out so.
    mainFields: ["module", "main"],
    conditions: ["@movie-store/source", "module"],
    plugins: [leanMysql2],
    banner: { js: BANNER },
    logLevel: "warning",
  });
}

interface Start {
  readonly ms: number;
  readonly processorMs: number;
}

/** Of a fresh process that runs this code. */
function start(code: string): Start {
  const environment = { MYSQL_URL: "mysql://nobody@127.0.0.1:1/none", LOG_LEVEL: "silent" };
  const report =
    "const { user, system } = process.cpuUsage(); process.stdout.write(String(user + system)); process.exit(0)";
  const args = ["--input-type=module", "--eval", `${code}; ${report}`];
  const before = performance.now();
  const output = execFileSync(process.execPath, args, { env: environment, encoding: "utf8" });
  return { ms: performance.now() - before, processorMs: Number(output) / 1_000 };
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number;
}

function measure(handler: string): void {
  const bytes = statSync(handler).size;
  // By turns, so that whatever else the machine does slows both.
  const starts = Array.from({ length: STARTS }, () => ({
    bare: start(""),
    whole: start(`await import(${JSON.stringify(handler)})`),
  }));
  const ms = median(starts.map(({ whole }) => whole.ms)) - median(starts.map(({ bare }) => bare.ms));
  const ratio =
    median(starts.map(({ whole }) => whole.processorMs)) / median(starts.map(({ bare }) => bare.processorMs));
  process.stdout.write(
    `handler.js: ${(bytes / 1_000).toFixed(0)} kB, imported in ${ms.toFixed(0)} ms, ` +
      `its start takes ${ratio.toFixed(1)} times the processor time of a bare Node\n`,
  );
  if (bytes > MAX_BYTES) fail(`it is larger than ${MAX_BYTES / 1_000} kB`);
  if (ratio > MAX_START_RATIO) fail(`its start takes more than ${MAX_START_RATIO} times that of a bare Node`);
}

function fail(why: string): void {
  process.stderr.write(`handler.js is refused: ${why}\n`);
  process.exitCode = 1;
}

const [folder] = process.argv.slice(2);
const outdir = resolve(folder ?? join(FOLDER, "dist"));
await bundle(outdir);
// Where the bundle is unpacked, Node would else read it once as CommonJS before it finds out what it is.
writeFileSync(join(outdir, "package.json"), '{ "type": "module" }\n');
if (folder === undefined) measure(join(outdir, "handler.js"));
