/** InvalidationChannel on Redis publish and subscribe, with a connection of its own. */

import type { InvalidationChannel, InvalidationListener } from "@movie-store/core";
import { KeySpace } from "./key-space.ts";
import { DEFAULT_PREFIX, type RedisOptions } from "./options.ts";
import { PrimaryConnection } from "./primary-connection.ts";

/**
 * Live: subscribed at the primary, and every heartbeat was answered in time. An answer comes behind all messages that
 * were sent before it, so a heartbeat that is answered proves that none is missing. Without an answer for two
 * heartbeats, or without a connection, there is a gap.
 *
 * @example
 * ```ts
 * const cache = new LayeredCache({
 *   near: new MemoryCache(),
 *   far: RedisCache.open({ url }),
 *   channel: RedisInvalidationChannel.open({ url }),
 * });
 * ```
 */
export class RedisInvalidationChannel implements InvalidationChannel {
  readonly #connection: PrimaryConnection;
  #listener: InvalidationListener | undefined;

  private constructor(options: RedisOptions) {
    const { channel } = new KeySpace(options.prefix ?? DEFAULT_PREFIX);
    this.#connection = new PrimaryConnection({
      ...options,
      connection: "channel",
      prepare: (client) => client.subscribe(channel),
      onMessage: (message) => this.#receive(message),
      onUp: () => this.#listener?.onLive(),
      onDown: () => this.#listener?.onGap(),
    });
  }

  /**
   * Connects in the background, and for as long as it is open.
   *
   * @throws MovieStoreError `invalid-argument` for a URL that is none.
   */
  static open(options: RedisOptions): RedisInvalidationChannel {
    return new RedisInvalidationChannel(options);
  }

  listen(listener: InvalidationListener): void {
    this.#listener = listener;
    if (this.#connection.server !== undefined) listener.onLive();
  }

  async close(): Promise<void> {
    this.#connection.close();
    this.#listener = undefined;
  }

  #receive(message: string): void {
    const tags = readMessage(message);
    if (tags !== undefined) this.#listener?.onTags(tags);
    else if (this.#connection.server !== undefined) {
      this.#listener?.onGap();
      this.#listener?.onLive();
    }
  }
}

/** Says that every tag has a new value. */
export const ALL_TAGS = "all";

export function writeMessage(tags: readonly string[]): string {
  return JSON.stringify(tags);
}

/** @returns undefined for all tags, which is also what a message stands for that can't be read. */
function readMessage(message: string): readonly string[] | undefined {
  try {
    const tags: unknown = JSON.parse(message);
    return Array.isArray(tags) ? tags : undefined;
  } catch {
    return undefined;
  }
}
