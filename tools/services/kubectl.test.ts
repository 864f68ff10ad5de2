import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findKubectl } from "./kubectl.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "movie-store-kubectl-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function program(name: string, says: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho 'Client Version: v1.0.0'\necho '${says}'\n`);
  await chmod(path, 0o755);
  return path;
}

test("a kubectl that a variable names comes before one on PATH", async () => {
  const named = await program("my-kubectl", "Kustomize Version: v5.5.0");
  await program("kubectl", "Kustomize Version: v5.0.1");
  expect(await findKubectl({ TEST_KUBECTL: named, PATH: folder })).toEqual({
    program: named,
    version: "Kustomize Version: v5.5.0",
  });
});

test("a variable that names an old kubectl is an error, not a reason to take another", async () => {
  const named = await program("my-kubectl", "Kustomize Version: v4.5.7");
  await program("kubectl", "Kustomize Version: v5.0.1");
  await expect(findKubectl({ TEST_KUBECTL: named, PATH: folder })).rejects.toThrow(
    "TEST_KUBECTL names no kubectl",
  );
});

test.each(["Kustomize Version: v4.5.7", "something else"])(
  "on PATH one that says %s is passed over, and it is said what helps",
  async (says) => {
    await program("kubectl", says);
    const found = await findKubectl({ PATH: folder });
    expect(found).toMatchObject({ program: undefined, notice: expect.stringContaining("set TEST_KUBECTL") });
  },
);
