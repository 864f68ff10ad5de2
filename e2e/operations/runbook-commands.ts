/** Commands of docs/runbook.md, run as they stand there. */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";

const RUNBOOK = readFileSync(resolve(import.meta.dirname, "../../docs/runbook.md"), "utf8");
const BIN = resolve(import.meta.dirname, "../../packages/cli/bin/movie-store.js");

/** The block of commands whose first line is `# <name>`. */
export function runbookCommands(name: string): string {
  const [, commands] = new RegExp(`^\`\`\`sh\n# ${name}\n(.+?)^\`\`\``, "ms").exec(RUNBOOK) ?? [];
  if (commands === undefined) throw new Error(`docs/runbook.md has no block that begins with # ${name}`);
  return commands;
}

export interface Place {
  /** Where the commands find and leave their files. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the programs of MySQL, before all others. */
  readonly mysqlFolder: string;
}

/**
 * Runs them one after the other; the first that fails ends it. What a job does in a cluster, a process does here.
 *
 * @returns what they print.
 * @throws Error with what they said when one of them fails.
 */
export async function runCommands(commands: string, place: Place): Promise<string> {
  const script = `set -euo pipefail\nmovie_store() { "$NODE" "$BIN" "$@"; }\n${commands}`;
  const { stdout } = await promisify(execFile)("bash", ["-c", script], {
    cwd: place.folder,
    env: {
      ...process.env,
      ...place.environment,
      NODE: process.execPath,
      BIN,
      LOG_LEVEL: "warn",
      MOVIE_STORE_DATA: place.folder,
      PATH: [place.mysqlFolder, dirname(process.execPath), process.env["PATH"]].join(":"),
    },
  });
  return stdout;
}
