/** Runs the open loop in a process of its own on the second core, where no other work delays it. */

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pinned } from "./measured-server.ts";
import type { OfferedLoad, Outcome } from "./open-loop.ts";
import { type Figure, percentile } from "./report.ts";

const run = promisify(execFile);
const GENERATOR = join(import.meta.dirname, "servers", "load-generator.ts");

/**
 * @returns milliseconds of each request, in the order in which they were due.
 * @throws Error for an answer that is no 200.
 */
export async function offeredLatency(load: OfferedLoad): Promise<readonly number[]> {
  return (await generated("times", load)) as number[];
}

/** @returns the outcome of each request, in the order in which they were due. */
export async function offeredOutcomes(load: OfferedLoad): Promise<readonly Outcome[]> {
  return (await generated("outcomes", load)) as Outcome[];
}

async function generated(wanted: "times" | "outcomes", load: OfferedLoad): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
  try {
    const [asked, told] = [join(folder, "load.json"), join(folder, "times.json")];
    writeFileSync(asked, JSON.stringify(load));
    await run(...pinned(1, process.execPath, [GENERATOR, wanted, asked, told]));
    return JSON.parse(readFileSync(told, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param limitMs of the p99; without one the figure is only told. */
export function latencyFigure(name: string, times: readonly number[], limitMs?: number): Figure {
  const [p50, p99, p999] = [percentile(times, 0.5), percentile(times, 0.99), percentile(times, 0.999)];
  return {
    name,
    value: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, p99.9 ${p999.toFixed(2)} ms`,
    amounts: { p50, p99, "p99.9": p999 },
    ...(limitMs === undefined ? {} : { limit: `p99 < ${limitMs} ms`, met: p99 < limitMs }),
  };
}
