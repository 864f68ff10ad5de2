/** Stands before a bucket and lets nobody write: such is one whose policy was forgotten. */

import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

const DENIED = `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`;

export class ReadOnlyBucket {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param endpoint of the service that has the bucket. */
  static async start(endpoint: string): Promise<ReadOnlyBucket> {
    const server = createServer((incoming, response) => {
      if (incoming.method !== "GET") {
        incoming.resume().on("end", () => response.writeHead(403).end(DENIED));
        return;
      }
      const { url = "", headers } = incoming;
      request(new URL(url, endpoint), { headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      })
        .on("error", () => response.destroy())
        .end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new ReadOnlyBucket(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
