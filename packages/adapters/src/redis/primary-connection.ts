/** A connection that is used only while it is known to lead to the primary, and while that answers. */

import { Redis, ReplyError } from "ioredis";
import type { Deadline } from "./deadline.ts";
import { addressOf, type RedisEvent, type RedisOptions } from "./options.ts";
import { readServerInfo, type ServerInfo } from "./server-info.ts";

export interface ConnectionOptions extends RedisOptions {
  readonly connection: RedisEvent["connection"];
  /** Done on each new connection, before it is up. */
  readonly prepare: (client: Redis, server: ServerInfo) => Promise<unknown>;
  readonly onUp?: () => void;
  readonly onDown?: () => void;
  /** What is published on a channel to which `prepare` has subscribed. */
  readonly onMessage?: (message: string) => void;
}

const DEFAULT_HEARTBEAT_MS = 250;
const CONNECT_TIMEOUT_MS = 1_000;
/** Without a byte for so long while an answer is due, the connection is given up. */
const SILENCE_MS = 1_000;
const DISCONNECT_TIMEOUT_MS = 250;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;
/** So many requests one after the other without an answer, and none is sent until a heartbeat is answered. */
const MAX_FAILURES = 3;
const CLOSED = "the connection was closed";

/**
 * Up: this connection was prepared, its server said within the last heartbeats that it is the same primary with the
 * same history, and it answers. Else nothing is sent but the next heartbeat, one at a time, or attempts to connect.
 *
 * No command is ever queued for, or sent again on, another connection than that for which it was meant. That is why
 * what a server said on this connection holds for all its answers.
 */
export class PrimaryConnection {
  readonly #client: Redis;
  readonly #options: ConnectionOptions;
  readonly #heartbeats: NodeJS.Timeout;
  readonly #firstAttempt = Promise.withResolvers<boolean>();
  /** Who answers on this connection, once it has been prepared. */
  #server: ServerInfo | undefined;
  /** The socket that holds back until the end of this turn. */
  #gathering: Redis["stream"] | undefined;
  #isUp = false;
  #isPreparing = false;
  #isBeating = false;
  #isClosed = false;
  #failures = 0;
  #lastFailureMs = 0;
  #lastError = CLOSED;
  #reported: boolean | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const client = new Redis(clientOptions(options));
    this.#client = client;
    client.on("error", (error: Error) => {
      this.#lastError = reasonOf(error);
    });
    client.on("ready", () => void this.#prepare());
    client.on("close", () => this.#lose(this.#lastError));
    client.on("message", (_channel: string, message: string) => options.onMessage?.(message));
    // After a stall of this process the answers that have arrived are read first.
    const tick = () => setImmediate(() => this.#tick());
    this.#heartbeats = setInterval(tick, options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS).unref();
  }

  /** Settles when the first attempt to connect has ended. */
  get firstAttempt(): Promise<boolean> {
    return this.#firstAttempt.promise;
  }

  /** The server on which everything that is sent now will be done; none while the connection is down. */
  get server(): ServerInfo | undefined {
    return this.#isUp ? this.#server : undefined;
  }

  /** @returns undefined if it was not sent, was refused, or may not have been done in time. */
  async request<T>(send: (client: Redis) => Promise<T>, deadline: Deadline): Promise<T | undefined> {
    if (!this.#isUp) return undefined;
    const sentAtMs = performance.now();
    try {
      this.#gather(this.#client.stream);
      const answer = await deadline.within(send(this.#client));
      this.#failures = 0;
      return answer;
    } catch (error) {
      // A server that refuses (out of memory, say) is one that answers.
      if (error instanceof ReplyError) this.#failures = 0;
      else this.#countFailure(sentAtMs, reasonOf(error));
      return undefined;
    }
  }

  /**
   * What is asked for in one turn of the event loop goes out in one piece, in its order: to write each by itself took a
   * tenth of the time of an answer from Redis.
   */
  #gather(stream: Redis["stream"]): void {
    if (this.#gathering === stream) return;
    this.#gathering = stream;
    stream.cork();
    setImmediate(() => {
      this.#gathering = undefined;
      stream.uncork();
    });
  }

  /** What was under way together is lost in one moment of silence, and counts once. */
  #countFailure(sentAtMs: number, reason: string): void {
    if (sentAtMs < this.#lastFailureMs) return;
    this.#lastFailureMs = performance.now();
    if (++this.#failures >= MAX_FAILURES) this.#down(reason);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#heartbeats);
    this.#client.disconnect();
    this.#lose("closed");
  }

  async #prepare(): Promise<void> {
    this.#isPreparing = true;
    try {
      const server = readServerInfo(await this.#client.info());
      if (server.isCluster) throw new Error("the server is in cluster mode");
      if (!server.isPrimary) throw new Error("the server is a replica");
      await this.#options.prepare(this.#client, server);
      // Had the connection been lost since, the last command would have failed with it.
      this.#server = server;
      this.#up();
    } catch (error) {
      this.#lose(reasonOf(error));
    } finally {
      this.#isPreparing = false;
    }
  }

  #tick(): void {
    if (this.#client.status !== "ready" || this.#isPreparing || this.#isClosed) return;
    // It could not be prepared. Behind the same name there may be another server by now.
    if (this.#server === undefined) this.#client.disconnect(true);
    else if (this.#isBeating) this.#down("a heartbeat was not answered in time");
    else void this.#beat(this.#server);
  }

  /** Answers come in order: this one is behind every answer and message that was on its way when it was asked for. */
  async #beat(known: ServerInfo): Promise<void> {
    this.#isBeating = true;
    try {
      const server = readServerInfo(await this.#client.info("replication"));
      if (this.#server !== known) return;
      if (server.isPrimary && server.replicationId === known.replicationId) this.#up();
      else {
        this.#lose("the server is no longer the same primary");
        this.#client.disconnect(true);
      }
    } catch (error) {
      this.#down(reasonOf(error));
    } finally {
      this.#isBeating = false;
    }
  }

  #lose(reason: string): void {
    this.#server = undefined;
    this.#down(reason);
  }

  #up(): void {
    this.#failures = 0;
    this.#lastError = CLOSED;
    if (this.#isUp || this.#isClosed) return;
    this.#isUp = true;
    this.#options.onUp?.();
    this.#report(true);
  }

  #down(reason: string): void {
    if (this.#isUp) {
      this.#isUp = false;
      this.#options.onDown?.();
    }
    this.#report(false, reason);
  }

  #report(isUp: boolean, reason?: string): void {
    this.#firstAttempt.resolve(isUp);
    if (this.#reported === isUp || this.#isClosed) return;
    this.#reported = isUp;
    const { connection } = this.#options;
    this.#options.onEvent?.({ connection, isUp, ...(reason === undefined ? {} : { reason }) });
  }
}

/** The message alone: an error of a command carries its arguments, and HELLO has the password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Where a name has several addresses, and none of them answers, Node gives no message.
  return error.message || ("code" in error && String(error.code)) || error.name;
}

/**
 * No `commandTimeout`: a {@link Deadline} does the same for requests, and leaves the handshake, which takes longer with
 * TLS, to `socketTimeout`.
 */
function clientOptions({ url, connection }: ConnectionOptions) {
  return {
    ...addressOf(url),
    connectionName: `movie-store-${connection}`,
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    enableOfflineQueue: false,
    // What it does is done, with more care, by `#prepare`.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    reconnectOnError: (error: Error) => (error.message.startsWith("READONLY") ? 1 : false) as 1 | false,
    // Not all at once after a crash.
    retryStrategy: (attempt: number) =>
      Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS) * (0.5 + Math.random() / 2),
  };
}
