/** A Redis server of a test's own, which it can stop, kill and start again. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Redis } from "ioredis";

/** Those of the programs that are on PATH. */
export const REDIS_PROGRAMS: readonly string[] = ["redis-server", "valkey-server"].filter(
  (program) => spawnSync(program, ["--version"]).error === undefined,
);

export const [REDIS_PROGRAM] = REDIS_PROGRAMS;

export class RedisProcess {
  readonly port: number;
  readonly folder: string;
  /** Sends commands as an operator would. */
  readonly operator: Redis;
  readonly #program: string;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(program: string, folder: string, port: number, options: readonly string[]) {
    this.#program = program;
    this.folder = folder;
    this.port = port;
    this.#options = options;
    this.operator = new Redis(port, { lazyConnect: true, retryStrategy: () => 20 });
    this.operator.on("error", () => {});
  }

  /** @param options as on the command line of the server. */
  static async start(options: readonly string[] = [], program = REDIS_PROGRAM): Promise<RedisProcess> {
    if (program === undefined) throw new Error("there is no redis-server on PATH");
    const folder = await mkdtemp(join(tmpdir(), "movie-store-redis-"));
    const server = new RedisProcess(program, folder, await freePort(), options);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it with what it finds in its folder. */
  async restart(): Promise<void> {
    const own = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.folder, "--save", ""];
    // A replica would be made to wait for others that might come.
    own.push("--repl-diskless-sync-delay", "0");
    const child = spawn(this.#program, [...own, ...this.#options], { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    const log: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      log.push(line);
      if (line.includes("Ready to accept connections")) break;
    }
    if (child.exitCode !== null) throw new Error(`${this.#program} did not start:\n${log.join("\n")}`);
    child.stdout.resume();
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  /** It takes connections and bytes, and does nothing with them. */
  hang(): void {
    this.#process?.kill("SIGSTOP");
  }

  goOn(): void {
    this.#process?.kill("SIGCONT");
  }

  async remove(): Promise<void> {
    this.operator.disconnect();
    await this.kill();
    await rm(this.folder, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
  return address.port;
}
