/** Stands between a repository and its server, and does to connections what networks and machines do. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * `pass`: on to the server. `hold`: nothing of this connection goes on any more, in either direction. `cut`: the
 * connection ends before the server hears of it. `lose-reply`: the server gets it, and its answer is lost.
 */
export type Fate = "pass" | "hold" | "cut" | "lose-reply";

export class TcpProxy {
  /** What becomes of a piece of what a client sends; statements are readable in it. */
  decide: (sent: string) => Fate = () => "pass";
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param target the URL of a server. */
  static async start(target: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    const proxy = new TcpProxy(server);
    server.on("connection", (client) => proxy.#connect(client, connect(Number(port) || 3306, hostname)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  /** The same URL by way of the proxy. */
  through(target: string): string {
    const url = new URL(target);
    url.hostname = "127.0.0.1";
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #connect(client: Socket, server: Socket): void {
    let fate: Fate = "pass";
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (data) => {
      if (fate === "pass") fate = this.decide(data.toString("latin1"));
      if (fate === "cut") client.destroy();
      else if (fate !== "hold") server.write(data);
    });
    server.on("data", (data) => {
      if (fate === "lose-reply") client.destroy();
      else if (fate !== "hold") client.write(data);
    });
  }
}
