/** Stands for Redis: texts under keys, messages to those who listen, and a replica that may take over. */

import type { Step } from "./step.ts";

export interface Subscriber {
  send(tags: readonly string[]): void;
  /** Messages are lost from now on. */
  lose(): void;
}

export class CacheServer {
  readonly subscribers = new Set<Subscriber>();
  readonly #isOneOrigin: boolean;
  #texts = new Map<string, string>();
  #replica: ReadonlyMap<string, string> = new Map();
  #takeovers = 0;
  #nonces = 0;

  /** @param options.isOneOrigin whether one that takes over can't be told from the one before it. */
  constructor({ isOneOrigin }: { readonly isOneOrigin: boolean }) {
    this.#isOneOrigin = isOneOrigin;
  }

  /** Which server, and which history of its data. */
  get origin(): string {
    return this.#isOneOrigin ? "origin" : `origin ${this.#takeovers}`;
  }

  /** Connections are made to it, and end with it. */
  get process(): number {
    return this.#takeovers;
  }

  newNonce(): string {
    return `${++this.#nonces}`;
  }

  get(keys: readonly string[]): readonly (string | undefined)[] {
    return keys.map((key) => this.#texts.get(key));
  }

  set(key: string, text: string): void {
    this.#texts.set(key, text);
  }

  setIfAbsent(key: string, text: string): void {
    if (!this.#texts.has(key)) this.#texts.set(key, text);
  }

  remove(keys: readonly string[]): void {
    for (const key of keys) this.#texts.delete(key);
  }

  publish(tags: readonly string[]): void {
    for (const subscriber of this.subscribers) subscriber.send(tags);
  }

  /** @param onTakeover after the replica has taken over. */
  *steps(onTakeover: () => void): Iterable<Step> {
    yield { kind: "forget", name: "the cache forgets everything", happen: () => this.#texts.clear() };
    for (const key of this.#texts.keys()) {
      yield { kind: "forget", name: `the cache forgets ${key}`, happen: () => this.remove([key]) };
    }
    const replicate = () => {
      this.#replica = new Map(this.#texts);
    };
    yield { kind: "replicate", name: "the replica of the cache is brought up to date", happen: replicate };
    const takeOver = () => {
      this.#takeovers++;
      this.#texts = new Map(this.#replica);
      for (const subscriber of this.subscribers) subscriber.lose();
      onTakeover();
    };
    yield { kind: "fail over", name: "the replica of the cache takes over", happen: takeOver };
  }
}
