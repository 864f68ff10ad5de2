/**
 * A bucket under a second name, on a server of its own: what replication makes of it in another region. Keys, versions,
 * bytes and dates are the same, which no emulator can do between two buckets of its own.
 */

import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export class ReplicaBucket {
  readonly name: string;
  readonly url: string;
  readonly #server: Server;

  private constructor(name: string, server: Server) {
    this.name = name;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#server = server;
  }

  /** @param endpoint of the service that has the original. */
  static async start(endpoint: string, original: string): Promise<ReplicaBucket> {
    const name = `${original}-2`;
    const server = createServer((incoming, response) => {
      const { url = "", method, headers } = incoming;
      const [path = "", query = ""] = [...url.split(/(?=\?)/)];
      // The original is not to be reached by its own name: it is in the region that is gone.
      if (path !== `/${name}` && !path.startsWith(`/${name}/`)) {
        incoming.resume().on("end", () => response.writeHead(503).end());
        return;
      }
      const target = new URL(`/${original}${path.slice(name.length + 1)}${query}`, endpoint);
      const outgoing = request(target, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }).on("error", () => response.destroy());
      incoming.pipe(outgoing);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new ReplicaBucket(name, server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
