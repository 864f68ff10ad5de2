/** The API as a process of its own, as a pod runs it. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const MAIN = resolve(import.meta.dirname, "../packages/http-koa/src/main.ts");

export class ApiProcess {
  readonly url: string;
  /** What it said of itself that is worse than a warning. */
  readonly errors: readonly string[];
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, url: string, errors: readonly string[]) {
    this.#process = child;
    this.url = url;
    this.errors = errors;
  }

  /**
   * @param environment of the configuration.
   * @param main of another release.
   */
  static async start(environment: NodeJS.ProcessEnv, main = MAIN): Promise<ApiProcess> {
    const child = spawn(process.execPath, ["--conditions=@movie-store/source", main], {
      env: { ...process.env, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "info", ...environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const errors: string[] = [];
    const { promise, resolve: listening, reject } = Promise.withResolvers<string>();
    createInterface({ input: child.stdout }).on("line", (line) => {
      const { level, msg, url } = JSON.parse(line) as { level: string; msg: string; url?: string };
      if (msg === "the API is listening" && url !== undefined) listening(url);
      if (level === "error" || level === "fatal") errors.push(line);
    });
    child.once("exit", (code, signal) => reject(new Error(`the API ended with ${signal ?? code}`)));
    return new ApiProcess(child, await promise, errors);
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Tells it to stop. @returns its exit code, once it has ended. */
  async stop(): Promise<number | null> {
    if (!this.hasEnded) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      await ended;
    }
    return this.#process.exitCode;
  }
}
