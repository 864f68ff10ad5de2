/** A server to measure, in a process of its own on the first core; what asks it runs on the second. */

import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { programsNamed } from "../tools/services/programs.ts";

interface MeasuredServer extends AsyncDisposable {
  readonly url: string;
}

/** @param name of a file in `servers`, which gets the arguments and says its URL on standard error. */
export async function startServer(name: string, args: readonly string[]): Promise<MeasuredServer> {
  const script = join(import.meta.dirname, "servers", `${name}.ts`);
  const command = pinned(0, process.execPath, ["--conditions=@movie-store/source", script, ...args]);
  const child: ChildProcess = spawn(...command, {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const url = await new Promise<string>((ready, failed) => {
    child.stderr?.setEncoding("utf8").once("data", (text: string) => ready(text.trim()));
    child.once("exit", (code) => failed(new Error(`${name} ended with ${code}`)));
  });
  if (!URL.canParse(url)) throw new Error(`${name}: ${url}`);
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const CAN_PIN = availableParallelism() > 1 && programsNamed("taskset", process.env).length > 0;

/** A command on one core, where there is more than one and taskset to choose it. */
export function pinned(core: number, command: string, args: readonly string[]): [string, string[]] {
  if (!CAN_PIN) return [command, [...args]];
  return ["taskset", ["-c", String(core), command, ...args]];
}
