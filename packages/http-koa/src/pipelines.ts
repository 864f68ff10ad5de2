/** Requests that a connection sends without waiting for the answers to those before. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Node takes in all requests of a chunk before it looks at whether anybody reads the answers, and 64 KiB of the shortest
 * requests would be 2,000 answers to keep. Hardly any client sends two.
 */
const MAX_PENDING = 32;

export class Pipelines {
  readonly #pending = new WeakMap<Duplex, number>();

  /** @returns whether the request is to be answered; where it is one too many, its connection is cut off. */
  begin({ socket }: IncomingMessage, res: ServerResponse): boolean {
    const pending = this.pendingOf(socket) + 1;
    if (pending > MAX_PENDING) {
      socket.destroy();
      return false;
    }
    this.#pending.set(socket, pending);
    res.once("close", () => this.#pending.set(socket, this.pendingOf(socket) - 1));
    return true;
  }

  /** Requests under way. */
  pendingOf(socket: Duplex): number {
    return this.#pending.get(socket) ?? 0;
  }
}
