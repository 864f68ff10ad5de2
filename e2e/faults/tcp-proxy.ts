/** Stands between a client and a server, and does to connections what networks do. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What becomes of the bytes that go one way. */
interface Passage {
  /** Each piece comes so much later; default 0. */
  readonly latencyMs?: number;
  /** Nothing arrives until this is over, as behind a switch that drops packets; then everything does. */
  readonly isBlocked?: boolean;
  /** The connection ends when so many bytes more have arrived. */
  readonly cutAfterBytes?: number;
}

export interface Conditions {
  readonly toServer?: Passage;
  readonly toClient?: Passage;
}

type Direction = keyof Conditions;

interface Target {
  readonly host: string;
  readonly port: number;
}

function targetOf(url: string): Target {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

const HEALTHY: Conditions = {};

export class TcpProxy {
  #target: Target;
  readonly #sockets = new Set<Socket>();
  #listener: Server | undefined;
  #port = 0;
  #conditions = HEALTHY;
  #changed = Promise.withResolvers<void>();

  private constructor(target: string) {
    this.#target = targetOf(target);
  }

  /** @param target the URL of a server, with its port. */
  static async start(target: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.#listen();
    return proxy;
  }

  /** The same URL by way of the proxy. */
  through(target: string): string {
    const url = new URL(target);
    url.hostname = "127.0.0.1";
    url.port = `${this.#port}`;
    return url.href;
  }

  /** From now on, for the connections that there are as well. */
  impose(conditions: Conditions): void {
    this.#conditions = conditions;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** New connections are accepted, and nothing goes through any: neither bytes nor the end of a connection. */
  blackHole(): void {
    this.impose({ toServer: { isBlocked: true }, toClient: { isBlocked: true } });
  }

  /** To another server from now on, as an address does after a fail-over. The connections that there are end. */
  lead(target: string): void {
    this.#target = targetOf(target);
    this.reset();
  }

  /** Ends every connection with a reset. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Lets nobody connect any more; the connections that there are stay. */
  refuse(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  /** As at the start. */
  async heal(): Promise<void> {
    this.impose(HEALTHY);
    if (this.#listener === undefined) await this.#listen();
  }

  async stop(): Promise<void> {
    this.refuse();
    this.impose(HEALTHY);
    this.reset();
  }

  async #listen(): Promise<void> {
    const listener = createServer({ allowHalfOpen: true }, (client) => this.#join(client));
    listener.listen(this.#port, "127.0.0.1");
    await once(listener, "listening");
    this.#listener = listener;
    this.#port = (listener.address() as AddressInfo).port;
  }

  #join(client: Socket): void {
    const server = connect({ ...this.#target, allowHalfOpen: true });
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      // The reader of the socket is told of the error as well.
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    }
    void this.#carry(client, server, "toServer");
    void this.#carry(server, client, "toClient");
  }

  async #carry(from: Socket, to: Socket, direction: Direction): Promise<void> {
    const cut = new Cut();
    try {
      for await (const data of from as AsyncIterable<Buffer>) {
        await this.#passed(direction);
        const whole = cut.left(this.#conditions[direction], data);
        const isDrained = to.write(whole);
        if (whole.length < data.length) throw new Error("cut");
        if (!isDrained && !to.destroyed) await Promise.race([once(to, "drain"), once(to, "close")]);
      }
      await this.#passed(direction);
      to.end();
    } catch {
      await this.#passed(direction);
      from.destroy();
      // What was written before goes out first.
      to.destroySoon();
    }
  }

  async #passed(direction: Direction): Promise<void> {
    while (this.#conditions[direction]?.isBlocked === true) await this.#changed.promise;
    const { latencyMs = 0 } = this.#conditions[direction] ?? {};
    if (latencyMs > 0) await pause(latencyMs);
  }
}

/** Counts what may still pass of one way of a connection, from when it was imposed. */
class Cut {
  #passage: Passage | undefined;
  #passed = 0;

  /** As much of the data as may pass. */
  left(passage: Passage | undefined, data: Buffer): Buffer {
    if (this.#passage !== passage) this.#passed = 0;
    this.#passage = passage;
    const whole = data.subarray(0, Math.max(0, (passage?.cutAfterBytes ?? Infinity) - this.#passed));
    this.#passed += whole.length;
    return whole;
  }
}
