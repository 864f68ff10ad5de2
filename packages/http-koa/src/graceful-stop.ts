/** How a server stops without dropping a request. */

import type { Server } from "node:http";
import type { Socket } from "node:net";

/** After a second without a request, no client is in the middle of a series of them. */
const QUIET_MS = 1_000;
const LOOK_EVERY_MS = 25;

/** Watches the connections of a server from its start, so that it can be stopped well. */
export class GracefulStop {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #lastConnectionMs = -Infinity;

  /** @param server not listening yet. */
  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      this.#lastConnectionMs = performance.now();
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /**
   * Closes the server, whose answers say `Connection: close` already.
   *
   * First it goes on serving, new connections included, so that clients with open connections learn with their next
   * answer that they are to go: to close a connection while a request is on its way would drop the request. That
   * lasts until nobody has asked for a second, or half of the time is over. That no connection is left is no reason to
   * end it: a balancer that has not looked at readiness yet opens the next one. Then it stops listening, closes the
   * connections that are idle and lets the rest finish. At the deadline everything left is cut off: `close` alone would
   * wait for a silent client for ever.
   *
   * @returns how many connections were cut off.
   */
  async stop(graceMs: number): Promise<number> {
    const startedMs = performance.now();
    await this.#quiet(startedMs + graceMs / 2);

    const { promise: closed, resolve } = Promise.withResolvers<void>();
    // It closes the idle connections as well, but not those that never sent anything: browsers open some in advance.
    this.#server.close(() => resolve());
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();

    let cutOff = 0;
    const deadline = setTimeout(
      () => {
        cutOff = this.#sockets.size;
        this.#server.closeAllConnections();
      },
      Math.max(0, startedMs + graceMs - performance.now()),
    );
    await closed;
    clearTimeout(deadline);
    return cutOff;
  }

  async #quiet(untilMs: number): Promise<void> {
    // Who has no clients ends at once.
    let lastRequestMs = this.#sockets.size > 0 ? performance.now() : this.#lastConnectionMs;
    const onRequest = () => {
      lastRequestMs = performance.now();
    };
    this.#server.on("request", onRequest);
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      const nowMs = performance.now();
      if (nowMs >= untilMs || nowMs >= lastRequestMs + QUIET_MS) resolve();
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    look();
    await promise;
    clearInterval(timer);
    this.#server.off("request", onRequest);
  }
}
