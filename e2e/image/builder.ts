/** What builds and runs container images on this machine: Docker, or Podman. */

import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const REPOSITORY = resolve(import.meta.dirname, "../..");
const PULL_DEADLINE_MS = 120_000;
const BUILD_DEADLINE_MS = 900_000;
/** Any moment will do; all that is built is dated so. */
const EPOCH = "1700000000";

export interface Builder {
  readonly program: "docker" | "podman";
  readonly bases: Bases;
}

export type FoundBuilder =
  | { readonly builder: Builder }
  /** Why tests are skipped, and what helps. */
  | { readonly builder: undefined; readonly notice: string };

/** The bases in the Dockerfiles, and the variables that name others. */
export interface Bases {
  readonly NODE_IMAGE: string;
  readonly RUNTIME_IMAGE: string;
}

export async function findBuilder(defaults: Bases, environment: NodeJS.ProcessEnv): Promise<FoundBuilder> {
  const bases: Bases = {
    NODE_IMAGE: environment["TEST_NODE_IMAGE"] || defaults.NODE_IMAGE,
    RUNTIME_IMAGE: environment["TEST_RUNTIME_IMAGE"] || defaults.RUNTIME_IMAGE,
  };
  const reasons: string[] = [];
  for (const program of ["docker", "podman"] as const) {
    try {
      await run(program, ["info"]);
      for (const image of Object.values(bases)) await ensureImage(program, image);
      return { builder: { program, bases } };
    } catch (error) {
      reasons.push(`${program}: ${lastLine(error)}`);
    }
  }
  return { builder: undefined, notice: missingNotice(reasons) };
}

async function ensureImage(program: string, image: string): Promise<void> {
  try {
    await run(program, ["image", "inspect", image]);
  } catch {
    await run(program, ["pull", "--quiet", image], { timeout: PULL_DEADLINE_MS });
  }
}

/**
 * Builds from nothing: what Podman has in its cache may be dated otherwise.
 *
 * @returns the name of the image, which is the caller's to remove.
 */
export async function buildImage(
  { program, bases }: Builder,
  dockerfile: string,
  name: string,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  const how =
    program === "docker"
      ? ["buildx", "build", "--output", "type=docker,rewrite-timestamp=true"]
      : // Only Docker's format has the health check.
        ["build", "--format", "docker", "--timestamp", EPOCH, "--network", "host"];
  const image = `localhost/${name}`;
  const what = ["--no-cache", "--file", dockerfile, "--tag", image];
  for (const [key, value] of Object.entries({ ...bases, ...values, SOURCE_DATE_EPOCH: EPOCH })) {
    what.push("--build-arg", `${key}=${value}`);
  }
  await run(program, [...how, ...what, "."], {
    cwd: REPOSITORY,
    timeout: BUILD_DEADLINE_MS,
    maxBuffer: 2 ** 26,
  });
  return image;
}

function lastLine(error: unknown): string {
  const { stderr = "", message } = error as Error & { stderr?: string };
  return (stderr.trim() || message).split("\n").at(-1) ?? "";
}

function missingNotice(reasons: readonly string[]): string {
  return `No builder of container images: the tests of the images are skipped.
${reasons.map((reason) => `  - ${reason}`).join("\n")}
  What helps: Docker or Podman, and a registry to pull the base images from, or TEST_NODE_IMAGE and TEST_RUNTIME_IMAGE,
  which name images that are there: one with node and npm in /usr/local/bin, one with the C++ library that Node needs.`;
}
