/** As many requests as a server answers: wrk, whose connections each wait for an answer before they ask again. */

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pinned } from "./measured-server.ts";

const run = promisify(execFile);
const CONNECTIONS = 32;
/** A slow server is slow and not broken: with so many asked at once, answers may well take seconds. */
const TIMEOUT_SECONDS = 30;

/** Asks for the URLs in turn. @returns answers a second. */
export async function saturate(
  base: string,
  urls: readonly string[],
  seconds: number,
  connections = CONNECTIONS,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
  try {
    const script = join(folder, "mix.lua");
    writeFileSync(script, scriptOf(urls));
    const args = [
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      `--timeout=${TIMEOUT_SECONDS}s`,
      "-s",
      script,
      base,
    ];
    const { stdout } = await run(...pinned(1, "wrk", args)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT")
        throw new Error("the load generator wrk is not installed (Debian: apt-get install wrk)");
      throw error;
    });
    if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`bad answers under load:\n${stdout}`);
    return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function scriptOf(urls: readonly string[]): string {
  const list = urls.map((url) => JSON.stringify(url)).join(",\n");
  return `local urls = {${list}}\nlocal at = 0\nrequest = function()\n  at = at % #urls + 1\n  return wrk.format("GET", urls[at])\nend\n`;
}
