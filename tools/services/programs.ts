/** Programs on PATH. */

import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Every program of this name, in the order of PATH. */
export function programsNamed(name: string, environment: NodeJS.ProcessEnv): string[] {
  return (environment["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .filter(isProgram);
}

/**
 * The first program of one of the names, the names in order of preference.
 *
 * @throws Error that says what is missing.
 */
export function requireProgram(names: readonly string[], environment: NodeJS.ProcessEnv): string {
  for (const name of names) {
    const [first] = programsNamed(name, environment);
    if (first !== undefined) return first;
  }
  throw new Error(`no ${names.join(" or ")} on PATH`);
}

/** What the program prints for `--version`; empty when it does not run. */
export async function versionOf(program: string): Promise<string> {
  try {
    return (await run(program, ["--version"])).stdout;
  } catch {
    return "";
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
