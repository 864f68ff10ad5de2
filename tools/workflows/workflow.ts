/** The workflows of GitHub as far as the checks of this project need them. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export interface Workflow {
  readonly permissions?: unknown;
  readonly defaults?: { readonly run?: { readonly shell?: string } };
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  /** Another workflow that it consists of. */
  readonly uses?: string;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

export interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly "working-directory"?: string;
}

/** By their paths in the repository. */
export function readWorkflows(repository: string): ReadonlyMap<string, string> {
  const paths = globSync(".github/workflows/*.yml", { cwd: repository });
  return new Map(paths.map((path) => [path, readFileSync(join(repository, path), "utf8")]));
}

export function parseWorkflow(text: string): Workflow {
  return parse(text);
}

export function stepsOf(workflow: Workflow): readonly Step[] {
  return Object.values(workflow.jobs).flatMap(({ steps = [] }) => steps);
}
