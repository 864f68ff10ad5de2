/** The in-process cache: the nonce-tag rule over two maps, bounded by the bytes it takes, least recently used out first. */

import type { Cache, Lookup, Snapshot } from "../cache.ts";

export interface MemoryCacheOptions {
  /** What the entries may take together, in bytes as V8 keeps them. Default: 16 million. */
  readonly maxBytes?: number;
  readonly clock?: () => number;
}

interface Entry {
  readonly value: string;
  readonly snapshot: Snapshot;
  readonly expiresAtMs: number;
  readonly bytes: number;
}

const DEFAULT_MAX_BYTES = 16_000_000;

export class MemoryCache implements Cache {
  readonly shared = false;
  readonly #entries = new Map<string, Entry>();
  /** Tags that were invalidated, with the number of the invalidation: a number is never used twice. */
  readonly #nonces = new Map<string, number>();
  readonly #maxBytes: number;
  readonly #clock: () => number;
  #bytes = 0;
  #closed = false;
  #lastNonce = 0;
  /** Tags without a nonce of their own have this one: forgetting tags takes a new one, which only costs misses. */
  #commonNonce = 0;

  constructor(options: MemoryCacheOptions = {}) {
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#clock = options.clock ?? Date.now;
  }

  async get(key: string, tags: readonly string[]): Promise<Lookup> {
    const value = this.getNear(key, tags);
    return value === undefined
      ? { hit: false, snapshot: this.#snapshot(tags) }
      : { hit: true, value, layer: "l1" };
  }

  getNear(key: string, tags: readonly string[]): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.snapshot !== this.#snapshot(tags) || entry.expiresAtMs <= this.#clock()) {
      this.#bytes -= entry.bytes;
      return undefined;
    }
    this.#entries.set(key, entry);
    return entry.value;
  }

  async set(key: string, value: string, snapshot: Snapshot, ttlMs: number): Promise<void> {
    this.remove(key);
    const bytes = ENTRY_BYTES + bytesOf(key) + bytesOf(value) + bytesOf(snapshot);
    if (this.#closed || bytes > this.#maxBytes) return;
    this.#entries.set(key, { value, snapshot, expiresAtMs: this.#clock() + ttlMs, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.remove(oldest);
    }
  }

  async invalidate(tags: readonly string[]): Promise<boolean> {
    for (const tag of tags) this.#nonces.set(tag, ++this.#lastNonce);
    if (this.#nonces.size > MAX_NONCES) {
      this.#nonces.clear();
      this.#commonNonce = ++this.#lastNonce;
    }
    return true;
  }

  /** Drops the entry under `key`. */
  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  /** Drops everything; what is set with a snapshot from before is a miss as well. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
    this.#nonces.clear();
    this.#commonNonce = ++this.#lastNonce;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#entries.clear();
    this.#bytes = 0;
  }

  #snapshot(tags: readonly string[]): Snapshot {
    let snapshot = "";
    for (const tag of tags) snapshot += `${this.#nonces.get(tag) ?? this.#commonNonce} `;
    return snapshot;
  }
}

/** Some 100 bytes each: 20 MB. */
const MAX_NONCES = 200_000;

/** An object, its place in the map, and the heads of three texts. */
const ENTRY_BYTES = 200;

/** V8 keeps a text that has a character beyond Latin-1 with two bytes for each. */
function bytesOf(text: string): number {
  return /[\u0100-\uffff]/.test(text) ? 2 * text.length : text.length;
}
