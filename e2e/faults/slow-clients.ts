/** Clients that hold connections of an API without using them as clients do. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";

const OF_EACH_KIND = 10;
const REQUEST = "GET /v1/movies?limit=100 HTTP/1.1\r\nHost: films\r\n";
/** More than the buffers of both ends take, so that the server has to wait for whoever does not read. */
const ANSWERS = 200;

export class SlowClients {
  readonly #sockets: readonly Socket[];

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  static async open(url: string): Promise<SlowClients> {
    const kinds = ["", `${REQUEST}X-Slow: `, `${REQUEST}\r\n`.repeat(ANSWERS)];
    const sockets = kinds.flatMap((sent) => Array.from({ length: OF_EACH_KIND }, () => ({ sent })));
    return new SlowClients(await Promise.all(sockets.map(({ sent }) => opened(url, sent))));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Nothing listens for data, so none is read. */
async function opened(url: string, sent: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(sent);
  return socket;
}
