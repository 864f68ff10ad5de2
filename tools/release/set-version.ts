/**
 * Gives every package that is published the version of a release, and the repository that npm's provenance names:
 *
 *     node tools/release/set-version.ts 1.2.3 https://github.com/owner/name [folder of the repository]
 *
 * In Git all versions are 0.0.0, and a tag says what a release is.
 */

import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Ranges;
  readonly devDependencies?: Ranges;
}

type Ranges = Readonly<Record<string, string>>;

/** As npm writes the lock file: by their folders. */
interface Lock {
  readonly packages: Readonly<Record<string, Manifest>>;
}

const [version = "", url = "", folder = resolve(import.meta.dirname, "../..")] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version)) fail(`"${version}" is no version such as 1.2.3`);
if (!/^https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+$/.test(url)) fail(`"${url}" is no address of a repository`);

const { workspaces } = read<{ readonly workspaces: readonly string[] }>("package.json");
const paths = globSync(
  workspaces.map((workspace) => `${workspace}/package.json`),
  { cwd: folder },
);
const names = new Set(paths.map((path) => read<Manifest>(path).name));

for (const path of paths) {
  const manifest = released(read<Manifest>(path));
  const repository = { type: "git", url: `git+${url}.git`, directory: dirname(path) };
  write(path, manifest.private === true ? manifest : { ...manifest, repository });
}
// `npm ci` compares the two.
const lock = read<Lock>("package-lock.json");
const packages = Object.entries(lock.packages).map(([path, entry]) => [
  path,
  names.has(entry.name) ? released(entry) : entry,
]);
write("package-lock.json", { ...lock, packages: Object.fromEntries(packages) });

function released(manifest: Manifest): Manifest {
  const ranges = Object.fromEntries(
    (["dependencies", "devDependencies"] as const).flatMap((kind) => {
      const own = manifest[kind];
      return own === undefined ? [] : [[kind, ofRelease(own)]];
    }),
  );
  return { ...manifest, version, ...ranges };
}

function ofRelease(ranges: Ranges): Ranges {
  return Object.fromEntries(
    Object.entries(ranges).map(([name, range]) => [name, names.has(name) ? version : range]),
  );
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(folder, path), "utf8"));
}

function write(path: string, content: unknown): void {
  writeFileSync(join(folder, path), `${JSON.stringify(content, undefined, 2)}\n`);
}

function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
