/** An execution environment: the bundled handler in a process of its own, run by Lambda's runtime interface client. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const BUILD = fileURLToPath(new URL("../../packages/lambda-ingest/build.ts", import.meta.url));
const CLIENT = fileURLToPath(import.meta.resolve("aws-lambda-ric"));
/** The client has a part that is compiled where it is installed. */
const HAS_CLIENT = existsSync(join(dirname(CLIENT), "rapid-client.node"));
const OUR_LOOP = fileURLToPath(new URL("runtime-loop.ts", import.meta.url));

/** Who runs the handler, for the names of tests. */
export const RUN_BY = HAS_CLIENT ? "the runtime interface client" : "a loop of our own";

/**
 * Bundles the handler and the worker into a folder.
 *
 * @param build that of another release.
 */
export async function bundleInto(folder: string, build = BUILD): Promise<void> {
  await promisify(execFile)(process.execPath, [build, folder]);
}

export interface FunctionOptions {
  /** With `handler.js` in it. */
  readonly folder: string;
  /** Of the runtime API. */
  readonly address: string;
  /** The function's own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

export class IngestFunction {
  readonly #process: ChildProcess;
  /** When it has ended, by itself or by `kill`. */
  readonly exited: Promise<void>;
  #output = "";

  private constructor(options: FunctionOptions) {
    const { folder, address, environment } = options;
    const args = HAS_CLIENT ? [CLIENT, "handler.handler"] : [OUR_LOOP, join(folder, "handler.js")];
    this.#process = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_REGION: "us-east-1",
        AWS_LAMBDA_FUNCTION_NAME: "ingest",
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
        AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
        AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/ingest",
        AWS_LAMBDA_LOG_STREAM_NAME: "ingest",
        AWS_LAMBDA_RUNTIME_API: address,
        LAMBDA_TASK_ROOT: folder,
        _HANDLER: "handler.handler",
        ...environment,
      },
    });
    const keep = (chunk: Buffer) => {
      this.#output += chunk.toString();
    };
    this.#process.stdout?.on("data", keep);
    this.#process.stderr?.on("data", keep);
    this.exited = new Promise((resolve) => this.#process.once("exit", () => resolve()));
  }

  static start(options: FunctionOptions): IngestFunction {
    return new IngestFunction(options);
  }

  /** All that it has written so far: its log and its metrics, a line each. */
  get output(): string {
    return this.#output;
  }

  /** Lambda ends environments without a word. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.exited;
  }
}
