/** The cache as RedisCache does it, command by command, on a simulated server. */

import type { Cache, Lookup, Snapshot } from "@movie-store/core";
import { currentValue, packEntry } from "../../packages/adapters/src/redis/entry.ts";
import { PendingInvalidations } from "../../packages/adapters/src/redis/pending-invalidations.ts";
import type { CacheServer } from "./cache-server.ts";
import type { SimulatedProcess } from "./process.ts";

const EPOCH = "epoch";
const UNUSABLE = "!";
const OUTAGE_MS = 100;

export class SimulatedCache implements Cache {
  readonly shared = true;
  readonly #process: SimulatedProcess;
  readonly #server: CacheServer;
  readonly #nameOf: (key: string) => string;
  readonly #pending = new PendingInvalidations();
  /** The server that it is connected to. */
  #connected: number | undefined;
  #attempt: Promise<void> | undefined;
  readonly #firstAttempt: Promise<void>;
  #repeating: Promise<void> | undefined;
  #failedInvalidations = 0;
  #isCutOff = false;

  /** @param nameOf what stories call an entry. */
  constructor(process: SimulatedProcess, server: CacheServer, nameOf: (key: string) => string) {
    this.#process = process;
    this.#server = server;
    this.#nameOf = nameOf;
    this.#firstAttempt = this.#connect();
  }

  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  get isConnected(): boolean {
    return !this.#isCutOff && this.#connected === this.#server.process;
  }

  async get(key: string, tags: readonly string[]): Promise<Lookup> {
    if (this.#pending.includes(tags) && !(await this.#repeated(tags))) return this.#unusableMiss();
    const tagKeys = [EPOCH, ...tags.map(keyOfTag)];
    const found = await this.#request(`looks up ${this.#nameOf(key)}`, () =>
      this.#server.get([keyOf(key), ...tagKeys]),
    );
    if (found === undefined) return this.#unusableMiss();
    const [packed, ...nonces] = found;
    const snapshot = snapshotOf(nonces) ?? (await this.#createNonces(key, tagKeys));
    if (snapshot === undefined) return this.#unusableMiss();
    const value = packed && currentValue(packed, snapshot, this.#process.timeOfDay());
    return value === undefined ? { hit: false, snapshot } : { hit: true, value, layer: "l2" };
  }

  async set(key: string, value: string, snapshot: Snapshot, ttlMs: number): Promise<void> {
    if (snapshot.startsWith(UNUSABLE)) return;
    const entry = packEntry({ snapshot, expiresAtMs: this.#process.timeOfDay() + ttlMs, value });
    await this.#request(`keeps ${this.#nameOf(key)}`, () => this.#server.set(keyOf(key), entry));
  }

  async invalidate(tags: readonly string[]): Promise<boolean> {
    const distinct = [...new Set(tags)];
    const call = this.#pending.begin();
    await this.#firstAttempt;
    if (await this.#removeTags(distinct)) {
      this.#pending.succeeded(call, distinct);
      return true;
    }
    this.#pending.failed(call, distinct);
    this.#failedInvalidations++;
    return false;
  }

  async close(): Promise<void> {}

  cutOff(): void {
    this.#isCutOff = true;
    this.#connected = undefined;
  }

  reach(): void {
    this.#isCutOff = false;
  }

  async #createNonces(key: string, tagKeys: readonly string[]): Promise<Snapshot | undefined> {
    const created = await this.#request(`gives nonces to the tags of ${this.#nameOf(key)}`, () => {
      for (const tagKey of tagKeys) {
        const nonce = this.#server.newNonce();
        this.#server.setIfAbsent(tagKey, tagKey === EPOCH ? `${this.#server.origin}.${nonce}` : nonce);
      }
      return this.#server.get(tagKeys);
    });
    return created && snapshotOf(created);
  }

  async #repeated(tags: readonly string[]): Promise<boolean> {
    this.#repeating ??= this.#repeatPending().finally(() => {
      this.#repeating = undefined;
    });
    await this.#repeating;
    return !this.#pending.includes(tags);
  }

  async #repeatPending(): Promise<void> {
    const call = this.#pending.begin();
    const { tags } = this.#pending;
    if (await this.#removeTags(tags)) this.#pending.succeeded(call, tags);
  }

  async #removeTags(tags: readonly string[]): Promise<boolean> {
    const isDone = await this.#request("invalidates", () => {
      this.#server.remove(tags.map(keyOfTag));
      this.#server.publish(tags);
      return true;
    });
    return isDone === true;
  }

  /** `undefined`: not done, as far as can be told. */
  async #request<T>(name: string, effect: () => T): Promise<T | undefined> {
    if (!this.isConnected) {
      this.#process.trouble();
      void this.#connect();
      return undefined;
    }
    return this.#send(name, effect);
  }

  #send<T>(name: string, effect: () => T): Promise<T | undefined> {
    const server = this.#server.process;
    const onConnection = () => {
      if (server === this.#server.process) return effect();
      throw new Error("the connection was lost");
    };
    return this.#process.change(name, onConnection).catch(() => undefined);
  }

  #connect(): Promise<void> {
    if (this.#isCutOff) return Promise.resolve();
    this.#attempt ??= this.#prepare().finally(() => {
      this.#attempt = undefined;
    });
    return this.#attempt;
  }

  /** An epoch of another server goes before anything is read. */
  async #prepare(): Promise<void> {
    const found = await this.#send("connects to the cache", () => {
      const [epoch] = this.#server.get([EPOCH]);
      return {
        server: this.#server.process,
        isForeign: epoch?.startsWith(`${this.#server.origin}.`) === false,
      };
    });
    if (found === undefined) return;
    if (found.isForeign) {
      const isGone = await this.#send("removes the epoch of another server", () => {
        this.#server.remove([EPOCH]);
        return true;
      });
      if (isGone === undefined) return;
    }
    this.#connected = found.server;
  }

  #unusableMiss(): Lookup {
    const moment = Math.floor(this.#process.timeOfDay() / OUTAGE_MS);
    return { hit: false, snapshot: `${UNUSABLE}${this.#failedInvalidations}.${moment}` };
  }
}

function keyOf(key: string): string {
  return `entry ${key}`;
}

function keyOfTag(tag: string): string {
  return `tag ${tag}`;
}

function snapshotOf(nonces: readonly (string | undefined)[]): Snapshot | undefined {
  return nonces.includes(undefined) ? undefined : nonces.join(" ");
}
