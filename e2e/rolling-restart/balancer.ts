/** HAProxy before processes of the API, as a load balancer is before pods. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../../tools/services/free-port.ts";
import { programsNamed } from "../../tools/services/programs.ts";
import type { Server } from "../../tools/services/server.ts";
import { startThrowAway } from "../../tools/services/throw-away-server.ts";

/** Undefined where there is none on PATH. Debian keeps it where only root looks. */
export const [HAPROXY] = programsNamed("haproxy", { PATH: `${process.env["PATH"]}:/usr/sbin` });

/** What a person would set, and no tries again that would hide a request that failed. */
const configuration = (port: number, statisticsPort: number, ports: readonly number[]) => `
defaults
  mode http
  option http-keep-alive
  option httpchk GET /health/ready
  retries 0
  timeout check 5s
  timeout connect 1s
  timeout client 60s
  timeout server 30s
frontend api
  bind 127.0.0.1:${port}
  default_backend pods
frontend statistics
  bind 127.0.0.1:${statisticsPort}
  stats enable
  stats uri /
backend pods
  balance roundrobin
${ports.map((each) => `  server pod-${each} 127.0.0.1:${each} check inter 100ms fall 1 rise 1`).join("\n")}
`;

export class Balancer {
  readonly url: string;
  readonly #server: Server;
  readonly #statisticsUrl: string;

  private constructor(server: Server, statisticsUrl: string) {
    this.#server = server;
    this.url = server.url;
    this.#statisticsUrl = statisticsUrl;
  }

  static async start(program: string, ports: readonly number[]): Promise<Balancer> {
    const statisticsPort = await freePort();
    const server = await startThrowAway({
      program,
      url: (port) => `http://127.0.0.1:${port}`,
      commands: async (folder, port) => {
        const file = join(folder, "haproxy.cfg");
        await writeFile(file, configuration(port, statisticsPort, ports));
        return [[program, "-db", "-f", file]];
      },
      ping: (url) => fetch(url),
    });
    return new Balancer(server, `http://127.0.0.1:${statisticsPort}/;csv`);
  }

  /** Of the process on this port, as the balancer sees it: `UP` or something else. */
  async stateOf(port: number): Promise<string | undefined> {
    const [head = "", ...lines] = (await (await fetch(this.#statisticsUrl)).text()).split("\n");
    const status = head.split(",").indexOf("status");
    return lines.find((line) => line.startsWith(`pods,pod-${port},`))?.split(",")[status];
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}
