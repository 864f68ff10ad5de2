/** The last release with another schema of MySQL, from the history of Git, laid out so that its programs run. */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SCHEMA_VERSION } from "../../packages/adapters/src/mysql/schema.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const SCHEMA = "packages/adapters/src/mysql/schema.ts";
const OWN = "@movie-store";

const run = promisify(execFile);

async function git(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("git", ["-C", REPOSITORY, ...args], { maxBuffer: 2 ** 28 });
  return stdout;
}

/**
 * The commit before the schema got its version of today.
 *
 * @returns undefined where the history does not go back so far, or there is no Git.
 */
export async function commitBeforeSchema(): Promise<string | undefined> {
  try {
    for (const commit of (await git("rev-list", "HEAD", "--", SCHEMA)).split("\n").filter(Boolean)) {
      if ((await versionAt(commit)) < SCHEMA_VERSION) return commit;
    }
  } catch {
    // No program, no repository, or a clone without history.
  }
  return undefined;
}

async function versionAt(commit: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "movie-store-schema-"));
  try {
    const file = join(folder, "schema.mts");
    await writeFile(file, await git("show", `${commit}:${SCHEMA}`));
    const { MIGRATIONS } = (await import(file)) as { readonly MIGRATIONS: readonly unknown[] };
    return MIGRATIONS.length;
  } finally {
    await rm(folder, { recursive: true });
  }
}

export class OlderRelease {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Its own packages, and the packages of others that are installed for this release. */
  static async of(commit: string): Promise<OlderRelease> {
    const folder = await mkdtemp(join(tmpdir(), "movie-store-older-"));
    const archive = join(folder, "archive.tar");
    await git("archive", `--output=${archive}`, commit, "packages", "package.json");
    await run("tar", ["-xf", archive, "-C", folder]);
    const modules = join(folder, "node_modules");
    await mkdir(join(modules, OWN), { recursive: true });
    for (const name of await readdir(join(REPOSITORY, "node_modules"))) {
      if (name !== OWN) await symlink(join(REPOSITORY, "node_modules", name), join(modules, name));
    }
    for (const name of await readdir(join(folder, "packages"))) {
      const own = join(folder, "packages", name);
      await symlink(own, join(modules, OWN, name));
      await symlink(join(REPOSITORY, "packages", name, "node_modules"), join(own, "node_modules"));
    }
    return new OlderRelease(folder);
  }

  /** @param path of a file in the repository. */
  pathOf(path: string): string {
    return join(this.#folder, path);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
