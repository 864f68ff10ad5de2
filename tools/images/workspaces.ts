/** The packages of this repository, as their package.json files tell. */

import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Workspace {
  readonly name: string;
  /** From the root of the repository, such as `packages/core`. */
  readonly folder: string;
  /** Whether it is never published. */
  readonly isPrivate: boolean;
  /** What it needs of the others when it runs, by name. */
  readonly needs: readonly string[];
  /** What is published of it, by the entries of `files`. */
  readonly files: readonly string[];
}

export function readWorkspaces(repository: string): readonly Workspace[] {
  const manifests = globSync("packages/*/package.json", { cwd: repository }).map((path) => {
    const manifest = JSON.parse(readFileSync(join(repository, path), "utf8"));
    const { name, private: isPrivate = false, dependencies = {}, files = [] } = manifest;
    return { name, folder: dirname(path), isPrivate, dependencies: Object.keys(dependencies), files };
  });
  const names = new Set(manifests.map(({ name }) => name));
  return manifests.map(({ dependencies, ...workspace }) => ({
    ...workspace,
    needs: dependencies.filter((name) => names.has(name)),
  }));
}

/** These and all they need, each behind what it needs itself. */
export function closureOf(roots: readonly string[], workspaces: readonly Workspace[]): readonly Workspace[] {
  const closure = new Set<Workspace>();
  const visit = (name: string) => {
    const workspace = workspaces.find((one) => one.name === name);
    if (workspace === undefined) throw new Error(`no package is named ${name}`);
    for (const need of workspace.needs) visit(need);
    closure.add(workspace);
  };
  for (const root of roots) visit(root);
  return [...closure];
}
