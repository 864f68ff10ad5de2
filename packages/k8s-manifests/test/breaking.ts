/** Breaks manifests on purpose, to see a check fail. */

import type { Manifest } from "./manifests.ts";

/**
 * What to change: a kind, or a kind and the beginning of a name; the path of a field as in a JSON Pointer, `""` for the
 * whole manifest; its new value, `undefined` to leave it out.
 */
export type Break = readonly [target: string, path: string, value?: unknown];

/** @throws Error where there is nothing of that name to break. */
export function broken(manifests: readonly Manifest[], [target, path, value]: Break): readonly Manifest[] {
  const [kind, name] = target.split(" ");
  const index = manifests.findIndex(
    (manifest) => manifest.kind === kind && (name === undefined || manifest.metadata.name.startsWith(name)),
  );
  const found = manifests[index];
  if (found === undefined) throw new Error(`no ${target} to break`);
  if (path === "") return manifests.toSpliced(index, 1);
  const copy = structuredClone(found);
  const steps = path.split("/").map((step) => step.replaceAll("~1", "/"));
  const last = steps.pop() as string;
  let parent = copy as unknown as Record<string, unknown>;
  for (const step of steps) {
    const next = parent[step];
    if (typeof next !== "object" || next === null) throw new Error(`${target} has no ${path}`);
    parent = next as Record<string, unknown>;
  }
  if (value === undefined && !(last in parent)) throw new Error(`${target} has no ${path}`);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return manifests.with(index, copy);
}
