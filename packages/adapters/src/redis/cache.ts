/** Cache on Redis, shared by all processes that open it with the same prefix. */

import { randomBytes } from "node:crypto";
import type { Cache, Lookup, Snapshot } from "@movie-store/core";
import type { ChainableCommander, Redis } from "ioredis";
import { Deadline } from "./deadline.ts";
import { currentValue, packEntry } from "./entry.ts";
import { ALL_TAGS, writeMessage } from "./invalidation-channel.ts";
import { KeySpace } from "./key-space.ts";
import { DEFAULT_PREFIX, type RedisOptions } from "./options.ts";
import { PendingInvalidations } from "./pending-invalidations.ts";
import { PrimaryConnection } from "./primary-connection.ts";
import { originOf, type ServerInfo } from "./server-info.ts";

export interface RedisCacheOptions extends RedisOptions {
  /** How long a reader waits for Redis before it goes without. Default: 20. */
  readonly requestTimeoutMs?: number;
  /** How long a writer waits for Redis. Default: 250. */
  readonly invalidateTimeoutMs?: number;
  /** By which entries expire; correctness does not depend on it. Default: the time of day. */
  readonly clock?: () => number;
}

const DEFAULT_REQUEST_TIMEOUT_MS = 20;
const DEFAULT_INVALIDATE_TIMEOUT_MS = 250;
/** Larger ones would hold up the readers behind them. */
const MAX_VALUE_BYTES = 1_048_576;
/** Tags that nobody asks for any more go; losing one only costs misses. No entry lives longer. */
const TAG_TTL_MS = 86_400_000;
const NONCE_BYTES = 16;
const TAGS_A_COMMAND = 1_000;
const OUTAGE_MS = 100;
/** Begins the snapshots of misses that no answer can be set with. */
const UNUSABLE = "!";

/**
 * Tags are keys whose values are nonces. Invalidating tags deletes them: whoever needs one next gives it a new random
 * nonce (`SET NX`, then read back, as others may be doing the same), and no entry has that one. So an invalidation
 * needs no memory, and tags that nobody asks for take none.
 *
 * One more tag, the epoch, is part of every snapshot. It says on which server, and in which history of its data, it
 * was made. Wherever invalidations can have been lost (a replica was promoted, a crashed server came back with an
 * older dump) this differs, and every connection deletes a foreign epoch before it is used.
 *
 * A command that was given up may still be done later. That is safe: a late `SET` brings an answer with the nonces
 * from before it was read; a late `SET NX` a nonce that nobody has used; a late `DEL` only costs misses.
 */
export class RedisCache implements Cache {
  readonly shared = true;
  readonly #keys: KeySpace;
  readonly #connection: PrimaryConnection;
  readonly #requests: Deadline;
  readonly #invalidations: Deadline;
  readonly #clock: () => number;
  readonly #pending = new PendingInvalidations();
  #repeating: Promise<unknown> | undefined;
  #failedInvalidations = 0;

  private constructor(options: RedisCacheOptions) {
    this.#keys = new KeySpace(options.prefix ?? DEFAULT_PREFIX);
    this.#requests = new Deadline(options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS);
    this.#invalidations = new Deadline(options.invalidateTimeoutMs ?? DEFAULT_INVALIDATE_TIMEOUT_MS);
    this.#clock = options.clock ?? Date.now;
    this.#connection = new PrimaryConnection({
      ...options,
      connection: "cache",
      prepare: (client, server) => this.#dropForeignEpoch(client, server),
    });
  }

  /**
   * Connects in the background, and for as long as it is open: without Redis every `get` is a miss.
   *
   * @throws MovieStoreError `invalid-argument` for a URL that is none.
   */
  static open(options: RedisCacheOptions): RedisCache {
    return new RedisCache(options);
  }

  /** Waits for the first attempt to connect, 2 s at most. @returns whether it succeeded. */
  connected(): Promise<boolean> {
    return this.#connection.firstAttempt;
  }

  async get(key: string, tags: readonly string[]): Promise<Lookup> {
    if (this.#pending.includes(tags) && !(await this.#repeated(tags))) return this.#unusableMiss();
    const tagKeys = [this.#keys.epoch, ...tags.map((tag) => this.#keys.tag(tag))];
    const found = await this.#request((client) => client.mget(this.#keys.entry(key), ...tagKeys));
    if (found === undefined) return this.#unusableMiss();
    const [packed, ...nonces] = found;
    const snapshot = snapshotOf(nonces) ?? (await this.#createNonces(tagKeys, nonces));
    if (snapshot === undefined) return this.#unusableMiss();
    const value = packed ? currentValue(packed, snapshot, this.#clock()) : undefined;
    return value === undefined ? { hit: false, snapshot } : { hit: true, value, layer: "l2" };
  }

  async set(key: string, value: string, snapshot: Snapshot, ttlMs: number): Promise<void> {
    // Redis keeps UTF-8, in which a lone surrogate is lost.
    if (snapshot.startsWith(UNUSABLE) || !value.isWellFormed()) return;
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES) return;
    const entry = packEntry({ snapshot, expiresAtMs: this.#clock() + ttlMs, value });
    const lifeMs = Math.ceil(Math.min(ttlMs, TAG_TTL_MS));
    await this.#request((client) => client.set(this.#keys.entry(key), entry, "PX", lifeMs));
  }

  async invalidate(tags: readonly string[]): Promise<boolean> {
    const distinct = [...new Set(tags)];
    const call = this.#pending.begin();
    // A process that has only just begun to write is about to be connected.
    await this.connected();
    if (await this.#deleteTags(distinct)) {
      this.#pending.succeeded(call, distinct);
      return true;
    }
    this.#pending.failed(call, distinct);
    this.#failedInvalidations++;
    return false;
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  async #dropForeignEpoch(client: Redis, server: ServerInfo): Promise<void> {
    const epoch = await client.get(this.#keys.epoch);
    if (epoch !== null && !epoch.startsWith(epochPrefix(server))) await client.del(this.#keys.epoch);
  }

  async #createNonces(
    tagKeys: readonly string[],
    nonces: readonly (string | null)[],
  ): Promise<Snapshot | undefined> {
    const missing = new Set(tagKeys.filter((_, at) => nonces[at] === null));
    const server = this.#connection.server;
    if (server === undefined) return undefined;
    const created = await this.#request(async (client) => {
      const commands = client.pipeline();
      for (const key of missing) {
        // The epoch has no end: all answers would be gone with it.
        if (key === this.#keys.epoch) commands.set(key, epochPrefix(server) + newNonce(), "NX");
        else commands.set(key, newNonce(), "PX", TAG_TTL_MS, "NX");
      }
      const answers = await answersOf(commands.mget(...tagKeys));
      return answers.at(-1) as (string | null)[];
    });
    return created && snapshotOf(created);
  }

  /** Repeats what failed, one attempt at a time. @returns whether none of the tags is pending any more. */
  async #repeated(tags: readonly string[]): Promise<boolean> {
    this.#repeating ??= this.#repeatPending().finally(() => {
      this.#repeating = undefined;
    });
    await this.#requests.within(this.#repeating).catch(() => {});
    return !this.#pending.includes(tags);
  }

  async #repeatPending(): Promise<void> {
    const call = this.#pending.begin();
    if (this.#pending.isAll) {
      if (await this.#delete([this.#keys.epoch], ALL_TAGS)) this.#pending.allSucceeded(call);
      return;
    }
    const { tags } = this.#pending;
    if (await this.#deleteTags(tags)) this.#pending.succeeded(call, tags);
  }

  async #deleteTags(tags: readonly string[]): Promise<boolean> {
    for (let at = 0; at < tags.length; at += TAGS_A_COMMAND) {
      const some = tags.slice(at, at + TAGS_A_COMMAND);
      const keys = some.map((tag) => this.#keys.tag(tag));
      if (!(await this.#delete(keys, writeMessage(some)))) return false;
    }
    return true;
  }

  /** The message last: who drops an answer because of it must not find the old nonces. */
  async #delete(keys: readonly string[], message: string): Promise<boolean> {
    const answers = await this.#connection.request(
      (client) =>
        answersOf(
          client
            .pipeline()
            .del(...keys)
            .publish(this.#keys.channel, message),
        ),
      this.#invalidations,
    );
    return answers !== undefined;
  }

  #request<T>(send: (client: Redis) => Promise<T>): Promise<T | undefined> {
    return this.#connection.request(send, this.#requests);
  }

  /**
   * Equal snapshots let misses share one read of the store. Without Redis nobody can tell what has changed in the
   * meantime, except for a failed invalidation of this instance, so only those of the same moment share one.
   */
  #unusableMiss(): Lookup {
    const moment = Math.floor(performance.now() / OUTAGE_MS);
    return { hit: false, snapshot: `${UNUSABLE}${this.#failedInvalidations}.${moment}` };
  }
}

function snapshotOf(nonces: readonly (string | null)[]): Snapshot | undefined {
  return nonces.includes(null) ? undefined : nonces.join(" ");
}

/** Never a counter: one that is lost and begins again repeats itself. */
function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString("base64url");
}

/** An epoch begins with where it was made. */
function epochPrefix(server: ServerInfo): string {
  return `${originOf(server)}.`;
}

async function answersOf(commands: ChainableCommander): Promise<readonly unknown[]> {
  const answers = (await commands.exec()) ?? [];
  return answers.map(([error, answer]) => {
    if (error !== null) throw error;
    return answer;
  });
}
