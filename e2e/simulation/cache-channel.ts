/** How a process hears of invalidations: late, and with gaps that it notices later. */

import type { InvalidationChannel, InvalidationListener } from "@movie-store/core";
import type { CacheServer, Subscriber } from "./cache-server.ts";
import { MAX_WAY_MS, type SimulatedProcess } from "./process.ts";
import type { Step } from "./step.ts";

interface Message {
  readonly dueMs: number;
  /** A message without is a mark: see {@link SimulatedChannel.mark}. */
  readonly tags?: readonly string[];
  readonly followed?: number;
}

export class SimulatedChannel implements InvalidationChannel, Subscriber {
  readonly #process: SimulatedProcess;
  readonly #server: CacheServer;
  #listener: InvalidationListener | undefined;
  #state: "deaf" | "live" | "silent" = "deaf";
  #messages: Message[] = [];
  /** While it is live: it was told of the invalidations of every change up to this number. */
  told = 0;

  constructor(process: SimulatedProcess, server: CacheServer) {
    this.#process = process;
    this.#server = server;
    server.subscribers.add(this);
  }

  /** Whether the process believes that it hears everything. */
  get isTrusted(): boolean {
    return this.#state !== "deaf";
  }

  get isSilent(): boolean {
    return this.#state === "silent";
  }

  listen(listener: InvalidationListener): void {
    this.#listener = listener;
  }

  async close(): Promise<void> {
    this.#server.subscribers.delete(this);
  }

  send(tags: readonly string[]): void {
    if (this.#state === "live") this.#messages.push({ tags, dueMs: this.#process.clock.nowMs + MAX_WAY_MS });
  }

  lose(): void {
    this.#messages = [];
    if (this.#state === "live") this.#state = "silent";
  }

  /** All changes up to this number have been followed: whatever was sent for them was sent before. */
  mark(followed: number): void {
    if (this.#state === "live") this.#messages.push({ followed, dueMs: Number.POSITIVE_INFINITY });
    this.#takeMarks();
  }

  get dueMs(): number {
    return Math.min(...this.#messages.map((message) => message.dueMs));
  }

  /** @param followed up to which change the caches have been told. */
  *steps(followed: number, isCutOff: boolean): Iterable<Step> {
    const { name } = this.#process;
    if (this.#state === "live") {
      yield { kind: "silence", name: `${name} hears no more of invalidations`, happen: () => this.lose() };
    }
    if (this.#messages.length > 0) {
      yield { kind: "told", name: `${name} is told of an invalidation`, happen: () => this.#receive() };
    }
    if (this.#state === "silent") {
      yield { kind: "mend", name: `${name} notices that it hears nothing`, happen: () => this.#noticeGap() };
    }
    if (this.#state === "deaf" && !isCutOff) {
      yield { kind: "start", name: `${name} listens`, happen: () => this.#goLive(followed) };
    }
  }

  #receive(): void {
    const { tags } = this.#messages.shift() ?? {};
    if (tags !== undefined) this.#listener?.onTags(tags);
    this.#takeMarks();
  }

  #takeMarks(): void {
    for (let first = this.#messages[0]; first?.followed !== undefined; first = this.#messages[0]) {
      this.told = Math.max(this.told, first.followed);
      this.#messages.shift();
    }
  }

  #noticeGap(): void {
    this.#state = "deaf";
    this.#listener?.onGap();
  }

  #goLive(followed: number): void {
    this.#state = "live";
    this.told = followed;
    this.#listener?.onLive();
  }
}
