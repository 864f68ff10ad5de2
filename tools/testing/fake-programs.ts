/** Programs of another name and no effect, to see what a script would do with the real ones. */

import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** What one call says and ends with; of several, each call takes the next, and the last one stays. */
export interface Answer {
  readonly says?: string | readonly string[];
  readonly code?: number;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class FakePrograms {
  readonly folder: string = mkdtempSync(join(tmpdir(), "movie-store-fakes-"));
  readonly #log = join(this.folder, "calls.log");

  /** @param answers by the beginning of the arguments; any other call says nothing and ends with 0. */
  add(name: string, answers: Readonly<Record<string, Answer>> = {}): void {
    const path = join(this.folder, name);
    const cases = Object.entries(answers).map(([beginning, { says = [], code = 0 }], at) => {
      const lines = [says].flat();
      for (const [nth, line] of lines.entries()) writeFileSync(`${path}.${at}.${nth}`, line);
      return `if [[ "$*" == ${quoted(beginning)}* ]]; then
  nth=$(cat ${quoted(`${path}.${at}.count`)} 2>/dev/null || echo 0)
  echo $((nth < ${lines.length - 1} ? nth + 1 : nth)) >${quoted(`${path}.${at}.count`)}
  ${lines.length > 0 ? `cat ${quoted(`${path}.${at}.`)}$nth` : ":"}
  exit ${code}
fi`;
    });
    const script = `#!/usr/bin/env bash\necho "${name} $*" >>${quoted(this.#log)}\n${cases.join("\n")}\n`;
    writeFileSync(path, script);
    chmodSync(path, 0o755);
  }

  /** Every call so far, a line each. */
  calls(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, "utf8") : "";
  }

  run(
    script: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    const PATH = [this.folder, process.env["PATH"]].join(delimiter);
    return new Promise((done) => {
      execFile(script, args, { env: { ...process.env, PATH, ...environment } }, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
