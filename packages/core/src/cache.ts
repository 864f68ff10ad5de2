/** The Cache port: answers that are never served once one of their tags has changed. */

/**
 * The values of an answer's tags, taken before the answer was computed. Only the cache that made it can read it.
 * Lookups of the same tags have different ones once this cache was told to invalidate one of them in between, also
 * when what is shared can't be reached: who reads the store at a miss may wait for a read with the same snapshot.
 */
export type Snapshot = string;

export type Lookup =
  /** A finished answer, none of whose tags has changed since its snapshot was taken; `layer` says who had it. */
  | { readonly hit: true; readonly value: string; readonly layer: CacheLayer }
  /** Nothing to serve. Read the store *after* this, then `set` the answer with this snapshot. */
  | { readonly hit: false; readonly snapshot: Snapshot };

/** `l1`: in this process. `l2`: in a cache that processes share. */
export type CacheLayer = "l1" | "l2";

/**
 * Each tag has a current value that is never used twice (a nonce). An entry is kept with the values its tags had
 * before its answer was read from the store; it is a hit only while all of them are current. So an entry that was
 * read before a change can't be served after the change's `invalidate` has returned, however late its `set` came.
 *
 * Failures: a cache never throws. What can't be read is a miss; an `invalidate` that can't be done now is kept and
 * done before the next hit. Losing entries or tags at any time only costs misses.
 */
export interface Cache {
  /** Whether processes share what it holds: then it may have entries from before this process began. */
  readonly shared: boolean;

  /**
   * The entry under `key`, if it is there, not over its time to live, and the values of `tags` are those it was set
   * with. At a miss, tags without a value get one.
   *
   * @param tags 1 to 200; the same for every call with this key.
   */
  get(key: string, tags: readonly string[]): Promise<Lookup>;

  /**
   * What `get` would answer with at this moment as a hit of layer `l1`, without a promise; `undefined`: ask `get`. A
   * cache that has nothing in this process does without it.
   */
  getNear?(key: string, tags: readonly string[]): string | undefined;

  /**
   * Keeps an answer. It replaces an entry of the same key. A value that is too large for the cache is not kept.
   *
   * @param snapshot from a `get` with the same tags, of this key or another, that came before the answer was read.
   * @param ttlMs 1 or more; an upper bound on its age, for memory's sake, not for correctness. A cache with a bound
   * of its own for readers in other processes (see `invalidate`) may exceed it by that.
   */
  set(key: string, value: string, snapshot: Snapshot, ttlMs: number): Promise<void>;

  /**
   * Gives each of the tags a new value: at once for every reader of this cache, or, for readers in other processes,
   * within the bound that the cache states. Unknown tags are fine.
   *
   * @returns true: done for every reader. False: what is shared could not be reached, or may not have been. This
   * instance serves no answer with these tags until it has repeated it by itself, but for the other readers the
   * caller has to come back. A cache that is not shared always says true.
   */
  invalidate(tags: readonly string[]): Promise<boolean>;

  /** Frees what the cache holds; every later `get` is a miss. */
  close(): Promise<void>;
}
