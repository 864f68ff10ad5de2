/** The command line as a process of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const BIN = resolve(import.meta.dirname, "../packages/cli/bin/movie-store.js");

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** @param bin of another release. */
export function startCli(
  data: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  bin = BIN,
): Running {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { ...process.env, MOVIE_STORE_DATA: data, LOG_LEVEL: "warn", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => done({ code, signal, stdout, stderr }));
  });
  return { process: child, finished };
}

export function runCli(
  data: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  bin = BIN,
): Promise<Finished> {
  return startCli(data, args, env, bin).finished;
}

/** The address that the process tells when it is ready. */
export async function urlOf({ process: child, finished }: Running): Promise<string> {
  const ended = finished.then(({ stderr }) => Promise.reject(new Error(`it ended: ${stderr}`)));
  for (let told = ""; ; ) {
    const [text] = (await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), ended])) as [
      string,
    ];
    told += text;
    const url = /ready: (\S+)/.exec(told)?.[1];
    if (url !== undefined) {
      ended.catch(() => {});
      return url;
    }
  }
}
