/** A real API on a free port over the store in memory, for tests; it stops when the test has ended. */

import { connect, type Socket } from "node:net";
import {
  MemoryMovieRepository,
  type MovieRepository,
  type MovieStore,
  type Receipt,
} from "@movie-store/core";
import { onTestFinished } from "vitest";
import { type Config, loadConfig } from "../src/config.ts";
import { createContainer, STORE } from "../src/container.ts";
import { createLogger } from "../src/logger.ts";
import { openObservation } from "../src/observation.ts";
import type { ReadTurns } from "../src/read-turns.ts";
import { type RunningServer, type ServerOptions, startServer } from "../src/server.ts";

export interface RunningApi {
  readonly url: string;
  readonly port: number;
  readonly store: MovieStore;
  readonly server: RunningServer;
  readonly log: LogLines;
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Sends text as it stands, and reads until the server closes. */
  raw(text: string | Buffer): Promise<string>;
}

interface ApiOptions extends Partial<Omit<ServerOptions, "store" | "config" | "log">> {
  readonly environment?: Readonly<Record<string, string>>;
  readonly repository?: MovieRepository;
  readonly readTurns?: ReadTurns;
  /** Films to begin with. */
  readonly films?: readonly FilmUpdate[];
}

export async function startApi(options: ApiOptions = {}): Promise<RunningApi> {
  const config: Config = loadConfig({
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "debug",
    ...options.environment,
  });
  const log = new LogLines();
  const logger = createLogger(config.logLevel, log);
  const observation = await openObservation(config, logger);
  const container = createContainer(config, {
    logger,
    observation,
    repository: options.repository ?? new MemoryMovieRepository(),
    ...(options.readTurns === undefined ? {} : { readTurns: options.readTurns }),
  });
  const store = container.resolve(STORE);
  await ingest(store, options.films ?? []);
  const { environment: _, repository: __, films: ___, readTurns: ____, ...serverOptions } = options;
  const server = await startServer({ observation, ...serverOptions, store, config, log: logger });
  onTestFinished(async () => {
    await server.stop(0);
    await container.close();
    await observation.close();
  });
  const { url, port } = server;
  return {
    url,
    port,
    store,
    server,
    log,
    get: (path, init) => fetch(url + path, { redirect: "manual", ...init }),
    raw: async (text) => {
      const socket = await openSocket(port);
      socket.write(text);
      return readToEnd(socket);
    },
  };
}

/** Takes the place of standard output. */
export class LogLines {
  readonly lines: Record<string, unknown>[] = [];
  readonly #waiting = new Set<() => void>();

  write(text: string): void {
    this.lines.push(JSON.parse(text));
    for (const look of this.#waiting) look();
  }

  /** The first line that has these values, as soon as it is there. */
  async line(wanted: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
    const look = () => {
      const found = this.lines.find((line) =>
        Object.entries(wanted).every(([name, value]) => line[name] === value),
      );
      if (found !== undefined) resolve(found);
    };
    this.#waiting.add(look);
    look();
    return promise.finally(() => this.#waiting.delete(look));
  }
}

export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("connect", resolve).once("error", reject);
  await promise;
  return socket;
}

/** What comes until the other side ends or resets the connection. */
export function readToEnd(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => {});
  socket.once("close", () => resolve(text));
  return promise;
}

export interface FilmUpdate {
  /** Default `acme`. */
  readonly provider?: string;
  /** The provider's own id. */
  readonly id: string;
  readonly [field: string]: unknown;
}

let clockMs = Date.UTC(2026, 0, 1);

/** Takes in one update for each film, one after the other, so that their changes are numbered in this order. */
export async function ingest(store: MovieStore, films: readonly FilmUpdate[]): Promise<readonly Receipt[]> {
  const receipts: Receipt[] = [];
  for (const { provider = "acme", ...content } of films) {
    clockMs += 1_000;
    receipts.push(
      await store.ingest({
        bucket: "films",
        key: `providers/${provider}/${content.id}.json`,
        eventTimeMs: clockMs,
        bytes: new TextEncoder().encode(JSON.stringify(content)),
      }),
    );
  }
  return receipts;
}

/**
 * A repository whose methods can be made to fail or to wait. Everything else is left to the one in memory.
 */
export class TroubledRepository {
  /** Called before every method; what it throws is thrown, what it waits for is waited for. */
  before: (method: string) => Promise<void> = async () => {};
  readonly repository: MovieRepository;

  constructor(inner: MovieRepository = new MemoryMovieRepository()) {
    this.repository = new Proxy(inner, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return async (...parameters: unknown[]) => {
          await this.before(String(name));
          return method.apply(target, parameters);
        };
      },
    });
  }
}
