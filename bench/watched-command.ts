/** A command of `movie-store` in a process of its own, with the memory that it takes. */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const BIN = resolve(import.meta.dirname, "../packages/cli/bin/movie-store.js");
const WATCH_EVERY_MS = 250;

interface Ran {
  /** Start of the process included. */
  readonly seconds: number;
  /** Resident memory every 250 ms, without mapped files. */
  readonly residentMib: readonly number[];
}

export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ran> {
  const residentMib: number[] = [];
  const started = performance.now();
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const timer = setInterval(() => residentMib.push(residentOf(child.pid)), WATCH_EVERY_MS);
  const code = await new Promise<number | null>((done) => child.on("close", done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`movie-store ${args[0]} ended with ${code}`);
  return { seconds: (performance.now() - started) / 1_000, residentMib };
}

/** Memory of its own, without the mapped pages of the database, which the system takes back at will. */
function residentOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
