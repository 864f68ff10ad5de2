/** One watcher for each folder of a tree. */

import { watch } from "node:fs";
import type { FolderTree } from "./folder-tree.ts";
import { isVisible } from "./folder-tree.ts";

/**
 * Reports the names that come, change or go in a folder, `undefined` where the system did not say which. Throws, or
 * calls `onError` later, where that can't be done.
 */
export type WatchFolder = (
  path: string,
  onName: (name: string | undefined) => void,
  onError: (error: unknown) => void,
) => { close(): void };

/** A recursive `fs.watch` is no help on Linux: there Node watches every single file, and the system's limit is soon met. */
const systemWatch: WatchFolder = (path, onName, onError) =>
  watch(path, (_, name) => onName(name ?? undefined)).on("error", onError);

export class FolderWatchers {
  readonly #tree: FolderTree;
  readonly #onTouched: (path: readonly string[] | undefined) => void;
  readonly #watchFolder: WatchFolder;
  readonly #watchers = new Map<string, { close(): void }>();
  readonly #failed = new Set<string>();

  constructor(
    tree: FolderTree,
    onTouched: (path: readonly string[] | undefined) => void,
    watchFolder: WatchFolder = systemWatch,
  ) {
    this.#tree = tree;
    this.#onTouched = onTouched;
    this.#watchFolder = watchFolder;
  }

  /** Whether the system reports every folder that was added. */
  get complete(): boolean {
    return this.#failed.size === 0;
  }

  /** Watches a folder, anew if it is watched already: another one may have taken its name. */
  add(folder: readonly string[]): void {
    const id = folder.join("/");
    const before = this.#watchers.get(id);
    const fail = () => {
      this.#watchers.get(id)?.close();
      this.#watchers.delete(id);
      this.#failed.add(id);
      this.#onTouched(undefined);
    };
    try {
      const report = (name: string | undefined) => this.#report(folder, name);
      this.#watchers.set(id, this.#watchFolder(this.#tree.pathOf(folder), report, fail));
      this.#failed.delete(id);
    } catch {
      this.#watchers.delete(id);
      this.#failed.add(id);
    }
    before?.close();
  }

  /** Lets go of every folder that is not among these. */
  keep(folders: ReadonlySet<string>): void {
    for (const [id, watcher] of this.#watchers) {
      if (folders.has(id)) continue;
      watcher.close();
      this.#watchers.delete(id);
    }
    for (const id of this.#failed) if (!folders.has(id)) this.#failed.delete(id);
  }

  close(): void {
    this.keep(new Set());
  }

  #report(folder: readonly string[], name: string | undefined): void {
    if (name === undefined) this.#onTouched(undefined);
    else if (isVisible(name)) this.#onTouched([...folder, name]);
  }
}
