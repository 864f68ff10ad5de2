/** What an argument of the command line stands for: the files, and for each its provider and the name in its key. */

import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { compareText, providerOf } from "@movie-store/core";
import { UsageError } from "../usage-error.ts";
import { type FileForm, formOfName } from "./file-pieces.ts";

export interface ImportFile {
  readonly path: string;
  /** Behind `<prefix><provider>/` in the key. */
  readonly name: string;
  readonly provider: string;
  readonly form: FileForm;
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
  readonly modifiedNs: bigint;
}

export interface ImportOptions {
  readonly provider?: string | undefined;
  /** Absent: each file's name tells. */
  readonly form?: FileForm | undefined;
}

/** Whose films they are where nothing says it. */
export const DEFAULT_PROVIDER = "local";

/** A file, or every file below a folder in the order of their keys. */
export async function* importFiles(
  argument: string,
  options: ImportOptions = {},
): AsyncGenerator<ImportFile> {
  if (/^[a-z0-9]+:\/\//i.test(argument)) {
    throw new UsageError(`${argument}: has to be a file or a folder, or for ingest s3://bucket/prefix`);
  }
  const path = resolve(argument);
  const stats = await statOf(path, argument);
  const { provider } = options;
  if (provider !== undefined && providerOf(`${provider}/x`, "") !== provider) {
    const rule = "a letter or a digit, then up to 63 letters, digits, dots, underscores or dashes";
    throw new UsageError(`--provider: ${JSON.stringify(provider)} is no name of a provider: ${rule}`);
  }
  if (stats.isDirectory()) {
    for await (const names of walk(path, [])) {
      const form = options.form ?? formOfName(names.at(-1) ?? "");
      if (form === undefined) continue;
      const file = join(path, ...names);
      yield fileOf(file, placeOf(path, names, provider), form, await statOf(file, file));
    }
    return;
  }
  const form = options.form ?? formOfName(path);
  if (form === undefined) {
    throw new UsageError(`${argument}: the name does not tell the format; say --format json, ndjson or csv`);
  }
  yield fileOf(path, placeOf(dirname(path), [basename(path)], provider), form, stats);
}

interface Place {
  readonly provider: string;
  readonly name: string;
}

/**
 * The provider as given; else the folder below one called `providers`, wherever in the path; else the first folder
 * below the folder that is taken in.
 */
function placeOf(folder: string, names: readonly string[], provider: string | undefined): Place {
  if (provider !== undefined) return { provider, name: names.join("/") };
  const path = [...folder.split(sep), ...names];
  const at = path.lastIndexOf("providers", path.length - 3);
  if (at >= 0) return { provider: path[at + 1] ?? "", name: path.slice(at + 2).join("/") };
  const [first = "", ...below] = names;
  return below.length > 0
    ? { provider: first, name: below.join("/") }
    : { provider: DEFAULT_PROVIDER, name: first };
}

type Stats = Awaited<ReturnType<typeof statOf>>;

async function statOf(path: string, shown: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw isMissing ? new UsageError(`${shown}: there is no such file or folder`) : error;
  }
}

function fileOf(path: string, place: Place, form: FileForm, stats: Stats): ImportFile {
  const { size, mtimeNs } = stats;
  const modifiedMs = Number(mtimeNs / 1_000_000n);
  return { path, ...place, form, sizeBytes: Number(size), modifiedMs, modifiedNs: mtimeNs };
}

/** In the order of the whole keys, see `DirectoryUpdateSource`; links and names that begin with a dot are left out. */
async function* walk(root: string, folder: readonly string[]): AsyncGenerator<readonly string[]> {
  const names: string[] = [];
  for (const entry of await readdir(join(root, ...folder), { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) names.push(`${entry.name}/`);
    else if (entry.isFile()) names.push(entry.name);
  }
  for (const name of names.sort(compareText)) {
    if (name.endsWith("/")) yield* walk(root, [...folder, name.slice(0, -1)]);
    else yield [...folder, name];
  }
}
