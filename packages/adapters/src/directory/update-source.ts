/** UpdateSource on a folder tree: `<root>/<provider>/<anything>.json` stands for a bucket. */

import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import {
  DEFAULT_PREFIX,
  MAX_OBJECT_BYTES,
  MovieStoreError,
  type ObjectAddress,
  type ReceivedObject,
  type UpdateSource,
} from "@movie-store/core";
import { FolderTree } from "./folder-tree.ts";
import { isQuiet, type Look, lookAt, readUnchanged } from "./settled-file.ts";
import { DirectoryWatch, type WatchOptions } from "./watch.ts";

export interface DirectoryUpdateSourceOptions {
  /** The folder; it has to be there. */
  readonly root: string;
  /** What the keys begin with; default `providers/`. */
  readonly prefix?: string;
  /** The bucket's name in addresses and receipts; default `inbox`. */
  readonly bucket?: string;
  /** How long a file must not have changed before it is read; default 100. */
  readonly settleMs?: number;
  /** Milliseconds since 1970, by the clock that dates the files. */
  readonly clock?: () => number;
  /** Resolves after `ms`, rejects when the signal aborts. */
  readonly delay?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** A file that is still being written after so many looks is left for later. */
const MAX_LOOKS = 50;

/**
 * Files named `*.json`, `*.csv`, or either with `.gz` are objects, at any depth; the key is the prefix and the path.
 * Names that begin with a dot or end with `.tmp`, `.part` or `~` are not: a writer who writes under such a name and
 * then renames can be sure that nothing is read half. Of writers who write in place, a file is read once it has not
 * changed for `settleMs`. Symbolic links are not followed; fifos, sockets and devices are no objects, nor are files
 * whose names are not UTF-8.
 *
 * A version is told by the time of modification and the content: A, B, A written one after the other are three. Only
 * the newest can be read, any other is `gone`. There is no sequencer.
 *
 * @example
 * ```ts
 * import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
 * import { DirectoryUpdateSource } from "@movie-store/adapters/directory";
 *
 * const store = new MovieStore({ repository: new MemoryMovieRepository() });
 * const inbox = new DirectoryUpdateSource({ root: "./inbox" });
 * await store.ingestFrom(inbox, "providers/acme/");
 * await inbox.close();
 * ```
 */
export class DirectoryUpdateSource implements UpdateSource {
  readonly #tree: FolderTree;
  readonly #bucket: string;
  readonly #settleMs: number;
  readonly #clock: () => number;
  readonly #delay: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly #closing = new AbortController();
  readonly #watches = new Set<DirectoryWatch>();

  constructor(options: DirectoryUpdateSourceOptions) {
    this.#tree = new FolderTree(options.root, options.prefix ?? DEFAULT_PREFIX);
    this.#bucket = options.bucket ?? "inbox";
    this.#settleMs = options.settleMs ?? 100;
    this.#clock = options.clock ?? Date.now;
    this.#delay = options.delay ?? ((ms, signal) => setTimeout(ms, undefined, { signal }));
  }

  async read(address: ObjectAddress): Promise<ReceivedObject> {
    this.#open();
    const found = address.bucket === this.#bucket ? await this.#readSettled(address.key) : undefined;
    this.#open();
    if (found === undefined || (address.versionId !== undefined && address.versionId !== found.versionId)) {
      return goneObject(address);
    }
    return found;
  }

  async *list(prefix: string): AsyncGenerator<ObjectAddress> {
    this.#open();
    for await (const key of this.#tree.walk(prefix)) {
      yield { bucket: this.#bucket, key };
      this.#open();
    }
  }

  /**
   * Hands over every file that is there, then each that comes or changes, until the returned watch, or this source,
   * is closed. See {@link WatchOptions}.
   */
  watch(options: WatchOptions): DirectoryWatch {
    this.#open();
    const watch = new DirectoryWatch({
      ...options,
      tree: this.#tree,
      look: (key) => this.#lookAt(key),
      read: (key, look) => this.#readOnce(key, look),
      settleMs: this.#settleMs,
      clock: this.#clock,
      delay: this.#delay,
    });
    this.#watches.add(watch);
    return watch;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#watches].map((watch) => watch.close()));
  }

  async #readSettled(key: string): Promise<ReceivedObject | undefined> {
    let before: Look | undefined;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const look = await this.#lookAt(key);
      if (look === undefined) return undefined;
      // Where the clocks disagree (a network share), two equal looks tell.
      if (isQuiet(look, this.#clock(), this.#settleMs) || before?.signature === look.signature) {
        const object = await this.#readOnce(key, look);
        if (object !== undefined) return object;
      }
      before = look;
      await this.#pause();
    }
    throw new MovieStoreError("unavailable", `${key} is still being written`);
  }

  async #lookAt(key: string): Promise<Look | undefined> {
    const path = await this.#tree.locate(key);
    return path === undefined ? undefined : lookAt(path);
  }

  /** `undefined` when the file is no longer the one that `look` saw. */
  async #readOnce(key: string, look: Look): Promise<ReceivedObject | undefined> {
    const { sizeBytes, modifiedNs } = look;
    const common = { bucket: this.#bucket, key, eventTimeMs: Number(modifiedNs / 1_000_000n) };
    if (sizeBytes > MAX_OBJECT_BYTES) {
      const reason = `an object has at most ${MAX_OBJECT_BYTES} bytes, this one ${sizeBytes}`;
      const fault = { code: "too-large", reason } as const;
      return { ...common, versionId: `${modifiedNs}-${sizeBytes}`, bytes: new Uint8Array(), fault };
    }
    const bytes = await readUnchanged(look);
    if (bytes === undefined) return undefined;
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    return { ...common, versionId: `${modifiedNs}-${hash}`, bytes };
  }

  async #pause(): Promise<void> {
    // It rejects when this source is closed.
    await this.#delay(this.#settleMs, this.#closing.signal).catch(() => {});
    this.#open();
  }

  #open(): void {
    if (this.#closing.signal.aborted) throw new MovieStoreError("closed", "the source has been closed");
  }
}

function goneObject(address: ObjectAddress): ReceivedObject {
  const fault = { code: "gone", reason: "the object no longer existed when it was to be read" } as const;
  return { ...address, eventTimeMs: address.eventTimeMs ?? 0, bytes: new Uint8Array(), fault };
}
