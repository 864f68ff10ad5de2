/** The kubectl for the tests of the manifests, which they ask to render them. It needs no cluster. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { programsNamed } from "./programs.ts";

const run = promisify(execFile);

/** The first Kustomize that replaces as the manifests do. */
const KUSTOMIZE_MAJOR = 5;

export type FoundKubectl =
  | { readonly program: string; readonly version: string }
  /** Why tests are skipped, and what helps. */
  | { readonly program: undefined; readonly notice: string };

/** @throws Error when TEST_KUBECTL names no kubectl that will do. */
export async function findKubectl(environment: NodeJS.ProcessEnv): Promise<FoundKubectl> {
  const given = environment["TEST_KUBECTL"];
  if (given) {
    const version = await kustomizeVersion(given);
    if (version === "")
      throw new Error(`TEST_KUBECTL names no kubectl with Kustomize ${KUSTOMIZE_MAJOR}: ${given}`);
    return { program: given, version };
  }
  for (const program of programsNamed("kubectl", environment)) {
    const version = await kustomizeVersion(program);
    if (version !== "") return { program, version };
  }
  return { program: undefined, notice: NOTICE };
}

/** Empty for an older one, and for any other program. */
async function kustomizeVersion(program: string): Promise<string> {
  try {
    const { stdout } = await run(program, ["version", "--client"]);
    const [version, major = "0"] = /^Kustomize Version: v(\d+)\.[\w.+-]+$/m.exec(stdout) ?? [];
    return version !== undefined && Number(major) >= KUSTOMIZE_MAJOR ? version : "";
  } catch {
    return "";
  }
}

const NOTICE = `No kubectl: tests that need it are skipped.
  - TEST_KUBECTL is not set
  - no kubectl with Kustomize ${KUSTOMIZE_MAJOR} on PATH
  Either of two helps: set TEST_KUBECTL to the program, or put kubectl 1.27 or later on PATH.`;
