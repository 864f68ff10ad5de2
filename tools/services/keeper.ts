/**
 * Runs a server for as long as somebody holds the other end of its standard input, then kills it and removes its
 * folder. So nothing is left behind, even when the test run is killed.
 *
 * `node keeper.ts <folder> <commands as JSON>`: each command is a program with its arguments; all but the last prepare
 * the folder and have to succeed.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const [folder = "", commands = "[]"] = process.argv.slice(2);
const output = join(folder, "output.log");
const outputFile = openSync(output, "a");
let running: ChildProcess | undefined;

process.stdin.on("end", () => finish(0)).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => finish(0));

try {
  for (const command of JSON.parse(commands)) await run(command);
  process.stderr.write("the server has ended by itself");
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}`);
}
process.stderr.write(`\n${lastLines()}`);
finish(1);

/** Resolves when the command has ended well. */
function run([program = "", ...options]: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    // A group of its own, so that what it starts itself can be killed with it.
    running = spawn(program, options, {
      cwd: folder,
      detached: true,
      stdio: ["ignore", outputFile, outputFile],
    });
    running.once("error", (error) => fail(new Error(`${program} can't be run: ${error.message}`)));
    running.once("exit", (code, signal) => {
      if (code === 0) done();
      else fail(new Error(`${program} ended with ${signal ?? code}`));
    });
  });
}

function lastLines(): string {
  return readFileSync(output, "utf8").trimEnd().split("\n").slice(-20).join("\n");
}

function finish(exitCode: number): void {
  if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) {
    removeAndExit(exitCode);
  } else {
    running.once("exit", () => removeAndExit(exitCode));
    process.kill(-running.pid, "SIGKILL");
  }
}

function removeAndExit(exitCode: number): never {
  // What the server itself started may still write a last file.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  process.exit(exitCode);
}
