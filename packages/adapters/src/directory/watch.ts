/** Hands over the files of a folder tree as they come and change. */

import { isRetryable, type ReceivedObject } from "@movie-store/core";
import type { FolderTree } from "./folder-tree.ts";
import { FolderWatchers, type WatchFolder } from "./folder-watchers.ts";
import { isQuiet, type Look } from "./settled-file.ts";

export interface WatchOptions {
  /**
   * Takes a batch, one at a time; the next comes when the promise resolves. A batch that is refused with a retryable
   * error is offered again, until it is taken; one refused with another error comes again at the next rescan.
   */
  readonly onBatch: (objects: readonly ReceivedObject[]) => Promise<void>;
  /** Is told of refused batches, of files that can't be read now, and of failed scans. All are tried again. */
  readonly onError?: (error: unknown) => void;
  /** Objects of a batch, at most; default 200. A batch has at most 8 MiB and one object. */
  readonly batchSize?: number;
  /** How often everything is looked at again, whatever the system has reported; default 60,000. */
  readonly rescanMs?: number;
  /** The same where the system can't report changes; default 2,000. */
  readonly pollMs?: number;
  /** The wait before a refused batch is offered again; doubles up to 30 times as much. Default 1,000. */
  readonly retryMs?: number;
  /** Asks the system to report changes in a folder (not below it); default: `fs.watch`. */
  readonly watchFolder?: WatchFolder;
}

export interface WatchContext {
  readonly tree: FolderTree;
  readonly look: (key: string) => Promise<Look | undefined>;
  /** `undefined` when the file has changed since the look. */
  readonly read: (key: string, look: Look) => Promise<ReceivedObject | undefined>;
  readonly settleMs: number;
  readonly clock: () => number;
  readonly delay: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

interface Waiting {
  /** Of the file at the last look. */
  readonly signature: string;
  readonly dueMs: number;
}

interface Offer {
  readonly key: string;
  readonly signature: string;
  readonly object: ReceivedObject;
}

const MAX_BATCH_BYTES = 8 * 1_048_576;
const READS_AT_ONCE = 16;

/**
 * Nothing is lost: a file counts as done only when a batch with it has been taken, and every rescan compares all
 * files with what is done. A file is handed over once for each settled state; what happens to it between two of them
 * may go unseen.
 */
export class DirectoryWatch {
  /** Resolves when each file that was there at the beginning has been offered, or when the watch is closed. */
  readonly scanned: Promise<void>;
  readonly #options: Required<Omit<WatchOptions, "watchFolder">> & WatchContext;
  readonly #folders: FolderWatchers;
  readonly #running: Promise<void>;
  readonly #closing = new AbortController();
  #waking = new AbortController();
  /** Signatures of the files that have been taken, by key. */
  readonly #done = new Map<string, string>();
  /** Files that are to be looked at again. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #touched = new Set<string>();
  /** What has been read and not yet been offered. */
  readonly #offers = new Map<string, Offer>();
  #offeredBytes = 0;
  #rescanAtMs = 0;
  #markScanned: () => void = () => {};

  constructor(options: WatchOptions & WatchContext) {
    const { watchFolder, ...rest } = options;
    this.#options = {
      onError: () => {},
      batchSize: 200,
      rescanMs: 60_000,
      pollMs: 2_000,
      retryMs: 1_000,
      ...rest,
    };
    this.#folders = new FolderWatchers(options.tree, (path) => this.#touch(path), watchFolder);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.scanned = promise;
    this.#markScanned = resolve;
    this.#running = this.#run();
  }

  /** Resolves when the batch that is being taken is through. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#waking.abort();
    this.#folders.close();
    await this.#running;
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @param path below the root, its folders by name; `undefined` when the system did not say. */
  #touch(path: readonly string[] | undefined): void {
    if (path === undefined) {
      const inMs = this.#folders.complete ? 0 : this.#options.pollMs;
      this.#rescanAtMs = Math.min(this.#rescanAtMs, this.#options.clock() + inMs);
    } else this.#touched.add(path.join("/"));
    this.#waking.abort();
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#closed) {
      try {
        if (clock() >= this.#rescanAtMs) await this.#rescan();
        await this.#followTouched();
        await this.#considerAll(this.#dueKeys());
        await this.#flush();
      } catch (error) {
        this.#options.onError(error);
        this.#takeOffers();
        this.#rescanAtMs = clock() + this.#options.pollMs;
      }
      await this.#sleep();
    }
    this.#markScanned();
  }

  async #rescan(): Promise<void> {
    const { tree, clock, rescanMs, pollMs } = this.#options;
    const folders = new Set<string>();
    const present = new Set<string>();
    this.#rescanAtMs = Number.POSITIVE_INFINITY;
    const keys = tree.walk(tree.prefix, (folder) => {
      folders.add(folder.join("/"));
      this.#folders.add(folder);
    });
    await this.#considerEach(keys, (key) => present.add(key));
    await this.#flush();
    if (this.#closed) return;
    this.#folders.keep(folders);
    // Forgets the files that are gone.
    for (const key of this.#done.keys()) if (!present.has(key)) this.#done.delete(key);
    const nextAtMs = clock() + (this.#folders.complete ? rescanMs : pollMs);
    this.#rescanAtMs = Math.min(this.#rescanAtMs, nextAtMs);
    this.#markScanned();
  }

  /** What the system has reported: a file, or a folder in which files may have come before it was watched. */
  async #followTouched(): Promise<void> {
    const { tree } = this.#options;
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const path of touched) {
      const segments = path.split("/");
      if (tree.segmentsOf(tree.keyOf(segments)) !== undefined)
        await this.#considerAll([tree.keyOf(segments)]);
      else if (await tree.isFolder(segments)) {
        await this.#considerEach(tree.walk(tree.prefix, (folder) => this.#folders.add(folder), segments));
      }
    }
  }

  #dueKeys(): readonly string[] {
    const nowMs = this.#options.clock();
    return [...this.#waiting].filter(([, { dueMs }]) => dueMs <= nowMs).map(([key]) => key);
  }

  async #considerEach(keys: AsyncIterable<string>, onKey: (key: string) => void = () => {}): Promise<void> {
    let some: string[] = [];
    for await (const key of keys) {
      if (this.#closed) return;
      onKey(key);
      some.push(key);
      if (some.length >= READS_AT_ONCE) {
        await this.#considerAll(some);
        some = [];
      }
    }
    await this.#considerAll(some);
  }

  /** Reads those of the files that are settled and not done, and puts the others off. */
  async #considerAll(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length && !this.#closed; at += READS_AT_ONCE) {
      const some = keys.slice(at, at + READS_AT_ONCE);
      for (const offer of await Promise.all(some.map((key) => this.#consider(key)))) {
        if (offer === undefined) continue;
        this.#offers.set(offer.key, offer);
        this.#offeredBytes += offer.object.bytes.length;
        if (this.#offers.size >= this.#options.batchSize || this.#offeredBytes >= MAX_BATCH_BYTES)
          await this.#flush();
      }
    }
  }

  async #consider(key: string): Promise<Offer | undefined> {
    const { look: lookAt, read, clock, settleMs, rescanMs, onError } = this.#options;
    const before = this.#waiting.get(key);
    try {
      const look = await lookAt(key);
      if (look === undefined || look.signature === this.#done.get(key)) {
        this.#waiting.delete(key);
        if (look === undefined) this.#done.delete(key);
        return undefined;
      }
      const { signature } = look;
      if (this.#offers.get(key)?.signature === signature) return undefined;
      const isSettled =
        isQuiet(look, clock(), settleMs) ||
        // Where the clocks disagree (a network share), two equal looks tell.
        (before?.signature === signature && before.dueMs <= clock());
      const object = isSettled ? await read(key, look) : undefined;
      if (object === undefined) this.#waiting.set(key, { signature, dueMs: clock() + settleMs });
      else this.#waiting.delete(key);
      return object === undefined ? undefined : { key, signature, object };
    } catch (error) {
      // One file that can't be read must not keep the others waiting.
      onError(error);
      this.#waiting.set(key, { signature: before?.signature ?? "", dueMs: clock() + rescanMs });
      return undefined;
    }
  }

  #takeOffers(): readonly Offer[] {
    const offers = [...this.#offers.values()];
    this.#offers.clear();
    this.#offeredBytes = 0;
    return offers;
  }

  /** Offers what has been read until it is taken. */
  async #flush(): Promise<void> {
    const { onBatch, onError, retryMs, delay } = this.#options;
    const offers = this.#takeOffers();
    if (offers.length === 0) return;
    for (let attempt = 0; !this.#closed; attempt++) {
      try {
        await onBatch(offers.map(({ object }) => object));
        for (const { key, signature } of offers) this.#done.set(key, signature);
        return;
      } catch (error) {
        onError(error);
        if (!isRetryable(error)) return;
        // It rejects when this watch is closed.
        await delay(retryMs * Math.min(30, 2 ** attempt), this.#closing.signal).catch(() => {});
      }
    }
  }

  async #sleep(): Promise<void> {
    if (this.#closed) return;
    const { clock, delay } = this.#options;
    this.#waking = new AbortController();
    if (this.#touched.size > 0) return;
    const dueMs = [...this.#waiting.values()].map((waiting) => waiting.dueMs);
    const untilMs = dueMs.reduce((a, b) => Math.min(a, b), this.#rescanAtMs);
    const waitMs = untilMs - clock();
    // It rejects when something wakes this watch.
    if (waitMs > 0) await delay(waitMs, this.#waking.signal).catch(() => {});
  }
}
