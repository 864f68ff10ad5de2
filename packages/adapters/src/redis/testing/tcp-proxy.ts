/** Stands between a client and a server, and does what networks do. */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

export class TcpProxy {
  /** Where new connections lead. */
  targetPort: number;
  /** How many connections it has taken. */
  connections = 0;
  /** Called with everything a client sends; `false` loses it, and the connection with it. */
  onRequest: (text: string) => boolean = () => true;
  /** Called with everything a server sends; `false` loses it, and all that follows on this connection, which stays open. */
  onReply: (text: string) => boolean = () => true;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.targetPort = targetPort;
    this.#server = createServer((client) => this.#forward(client));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resets every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #forward(client: Socket): void {
    this.connections++;
    const server = connect(this.targetPort, "127.0.0.1");
    this.#tie(client, server);
    this.#tie(server, client);
    client.on("data", (data) => {
      if (this.onRequest(data.toString("latin1"))) server.write(data);
      else client.resetAndDestroy();
    });
    let isDeaf = false;
    server.on("data", (data) => {
      isDeaf ||= !this.onReply(data.toString("latin1"));
      if (!isDeaf) client.write(data);
    });
  }

  #tie(one: Socket, other: Socket): void {
    this.#sockets.add(one);
    one.on("error", () => {});
    one.on("close", () => {
      this.#sockets.delete(one);
      other.destroy();
    });
  }
}
