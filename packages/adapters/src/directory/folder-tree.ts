/** A folder tree read as a bucket: which files are objects, what their keys are, and in which order they come. */

import type { Dirent } from "node:fs";
import { lstat, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { compareText, MovieStoreError } from "@movie-store/core";
import { unlessGone } from "./errors.ts";

const OBJECT_NAME = /\.(json|csv)(\.gz)?$/i;
/** Where writers put what is not finished. */
const UNFINISHED_NAME = /^\.|(\.tmp|\.part|~)$/i;

export class FolderTree {
  readonly root: string;
  readonly prefix: string;

  constructor(root: string, prefix: string) {
    this.root = root;
    this.prefix = prefix;
  }

  keyOf(segments: readonly string[]): string {
    return this.prefix + segments.join("/");
  }

  /** The names of the folders and the file that a key leads through; `undefined` if no object can have that key. */
  segmentsOf(key: string): readonly string[] | undefined {
    if (!key.startsWith(this.prefix)) return undefined;
    const segments = key.slice(this.prefix.length).split("/");
    if (!segments.every(isVisible) || !isObjectName(segments.at(-1) ?? "")) return undefined;
    return segments;
  }

  pathOf(segments: readonly string[]): string {
    return join(this.root, ...segments);
  }

  /** The path of an object; `undefined` if there is none, or if a symbolic link lies on the way to it. */
  async locate(key: string): Promise<string | undefined> {
    const segments = this.segmentsOf(key);
    if (segments === undefined) return undefined;
    const root = await this.#realRoot();
    const path = await unlessGone(realpath(this.pathOf(segments)));
    return path === join(root, ...segments) ? path : undefined;
  }

  async isFolder(segments: readonly string[]): Promise<boolean> {
    const stats = await unlessGone(lstat(this.pathOf(segments)));
    return stats?.isDirectory() === true;
  }

  /**
   * The keys that start with `keyPrefix`, in the order of their UTF-8 bytes. Holds the names of one folder of each
   * level at a time.
   *
   * @param onFolder is told of each folder before its names are read.
   * @param from the folder to begin at.
   */
  async *walk(
    keyPrefix: string,
    onFolder: (segments: readonly string[]) => void = () => {},
    from: readonly string[] = [],
  ): AsyncGenerator<string> {
    if (from.length === 0) await this.#realRoot();
    yield* this.#walkFolder(from, keyPrefix, onFolder);
  }

  async *#walkFolder(
    folder: readonly string[],
    keyPrefix: string,
    onFolder: (segments: readonly string[]) => void,
  ): AsyncGenerator<string> {
    onFolder(folder);
    for (const name of await this.#namesOf(folder)) {
      const isFolder = name.endsWith("/");
      const key = this.keyOf([...folder, name]);
      if (!key.startsWith(keyPrefix) && !(isFolder && keyPrefix.startsWith(key))) continue;
      if (isFolder) yield* this.#walkFolder([...folder, name.slice(0, -1)], keyPrefix, onFolder);
      else yield key;
    }
  }

  /**
   * A folder's name ends with a slash: it sorts among its siblings as the keys below it do, so that `a-b/x` comes
   * before `a.json`, and that before `a/x`.
   */
  async #namesOf(folder: readonly string[]): Promise<readonly string[]> {
    const path = this.pathOf(folder);
    const names: string[] = [];
    for (const entry of (await unlessGone(readdir(path, { withFileTypes: true }))) ?? []) {
      if (!isVisible(entry.name)) continue;
      const kind = await kindOf(entry);
      if (kind === "folder") names.push(`${entry.name}/`);
      else if (kind === "file" && isObjectName(entry.name)) names.push(entry.name);
    }
    return names.sort(compareText);
  }

  async #realRoot(): Promise<string> {
    const root = await unlessGone(realpath(this.root));
    if (root === undefined) {
      throw new MovieStoreError("unavailable", `the directory is not there: ${this.root}`);
    }
    return root;
  }
}

type Kind = "file" | "folder" | "other";

async function kindOf(entry: Dirent): Promise<Kind> {
  const known = kind(entry);
  if (known !== undefined) return known;
  // Some file systems do not tell the type with the name.
  const stats = await unlessGone(lstat(join(entry.parentPath, entry.name)));
  return (stats === undefined ? undefined : kind(stats)) ?? "other";
}

function kind(
  entry: Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink" | "isFIFO" | "isSocket">,
): Kind | undefined {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() || entry.isFIFO() || entry.isSocket() ? "other" : undefined;
}

function isObjectName(name: string): boolean {
  return OBJECT_NAME.test(name);
}

/** A name that is not UTF-8 comes with U+FFFD in place of the bytes, and can't be opened by it. */
export function isVisible(name: string): boolean {
  return name !== "" && !UNFINISHED_NAME.test(name) && !name.includes("\ufffd");
}
