/** The server that a Lambda function asks for its next event, as small as the runtime interface client needs it. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly timeoutMs: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What the function, or its runtime, reported. */
class FunctionError extends Error {
  override readonly name = "FunctionError";
}

/** The path is `/2018-06-01/runtime/…`. (AWS Lambda Developer Guide, "Using the Lambda runtime API".) */
const PATH =
  /^\/2018-06-01\/runtime\/(?:invocation\/(?<id>[^/]+)(?:\/(?<verb>response|error))?|(?<init>init\/error))$/;

export class RuntimeApi {
  readonly #server: Server;
  readonly #queue: Invocation[] = [];
  /** Execution environments that have asked for an event and wait. */
  readonly #waiting: ServerResponse[] = [];
  readonly #running = new Map<string, Invocation>();
  #count = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      this.#answer(request, response).catch((error) => response.destroy(error));
    });
  }

  static async start(): Promise<RuntimeApi> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new RuntimeApi(server);
  }

  /** For the variable AWS_LAMBDA_RUNTIME_API. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /**
   * Hands an event to the next environment that is free.
   *
   * @returns what the function answers.
   * @throws FunctionError for an error that it reports, and when it has not answered in time.
   */
  invoke(event: unknown, timeoutMs = 30_000): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = `00000000-0000-0000-0000-${`${++this.#count}`.padStart(12, "0")}`;
    this.#queue.push({ id, event, timeoutMs, resolve, reject });
    this.#handOut();
    return promise;
  }

  async close(): Promise<void> {
    for (const { reject } of [...this.#queue.splice(0), ...this.#running.values()]) {
      reject(new FunctionError("the runtime API was closed"));
    }
    this.#running.clear();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { id, verb, init } = PATH.exec(request.url ?? "")?.groups ?? {};
    if (request.method === "GET" && id === "next") {
      this.#waiting.push(response);
      response.once("close", () => this.#forget(response));
      this.#handOut();
      return;
    }
    const body = await json(request).catch(() => null);
    if (init !== undefined) this.#failAll(errorOf(body));
    else if (verb === "response") this.#take(id)?.resolve(body);
    else if (verb === "error") this.#take(id)?.reject(errorOf(body));
    response.writeHead(202).end("{}");
  }

  #handOut(): void {
    while (this.#waiting.length > 0 && this.#queue.length > 0) {
      const response = this.#waiting.shift() as ServerResponse;
      const invocation = this.#queue.shift() as Invocation;
      this.#running.set(invocation.id, invocation);
      const timer = setTimeout(() => {
        this.#take(invocation.id)?.reject(new FunctionError("the function has not answered in time"));
      }, invocation.timeoutMs);
      timer.unref();
      response.writeHead(200, {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": invocation.id,
        "Lambda-Runtime-Deadline-Ms": `${Date.now() + invocation.timeoutMs}`,
        "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:ingest",
      });
      response.end(JSON.stringify(invocation.event));
    }
  }

  #take(id: string | undefined): Invocation | undefined {
    const invocation = this.#running.get(id ?? "");
    this.#running.delete(id ?? "");
    return invocation;
  }

  #forget(response: ServerResponse): void {
    const at = this.#waiting.indexOf(response);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  /** A function that can't start answers nobody. */
  #failAll(error: Error): void {
    for (const { reject } of this.#queue.splice(0)) reject(error);
  }
}

function errorOf(body: unknown): FunctionError {
  const { errorType, errorMessage } = (body ?? {}) as Record<string, unknown>;
  return new FunctionError(`${errorType}: ${errorMessage}`);
}
