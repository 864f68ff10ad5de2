/** How a pod hears of invalidations: late, and with gaps that it notices later. */

import type { InvalidationChannel, InvalidationListener } from "@movie-store/core";
import type { CacheServer } from "./outside.ts";
import type { Choice, Schedule } from "./schedule.ts";

export class PodChannel implements InvalidationChannel {
  readonly #pod: string;
  readonly #server: CacheServer;
  readonly #schedule: Schedule;
  #listener: InvalidationListener | undefined;
  #state: "live" | "silent" | "gap" = "live";
  /** What has been sent and not come in yet: tags, and what was finished when they were sent. */
  #messages: { readonly tags: readonly string[]; readonly finished: ReadonlySet<number> }[] = [];
  #visible = new Set<number>();

  constructor(pod: string, server: CacheServer, schedule: Schedule) {
    this.#pod = pod;
    this.#server = server;
    this.#schedule = schedule;
    server.channels.push(this);
  }

  listen(listener: InvalidationListener): void {
    this.#listener = listener;
    listener.onLive();
  }

  async close(): Promise<void> {}

  /** The changes that the pod must show now. In a gap that it knows of, it relies on the cache server alone. */
  get mustShow(): ReadonlySet<number> {
    return this.#state === "gap" ? this.#server.finished : this.#visible;
  }

  get isLive(): boolean {
    return this.#state === "live";
  }

  get key(): string {
    const messages = this.#messages.map(({ finished }) => [...finished].join()).join(";");
    return `${this.#state}${[...this.#visible].join()}:${messages}`;
  }

  send(tags: readonly string[]): void {
    if (this.isLive) this.#messages.push({ tags, finished: new Set(this.#server.finished) });
  }

  /** What the pod has written itself it must show, told or not. */
  show(number: number): void {
    this.#visible.add(number);
  }

  /** Nothing that is near is older than the moment. */
  showAll(): void {
    this.#visible = new Set(this.#server.finished);
  }

  break(): void {
    this.#state = "silent";
    this.#messages = [];
  }

  choices(): readonly Choice[] {
    if (this.#state === "silent") {
      return [{ name: `${this.#pod} notices the gap`, happen: () => this.#turn("gap") }];
    }
    if (this.#state === "gap") {
      return [{ name: `${this.#pod} listens again`, happen: () => this.#turn("live") }];
    }
    if (this.#messages.length === 0) return [];
    return [{ name: `${this.#pod} is told`, happen: () => this.#receive() }];
  }

  #turn(state: "gap" | "live"): void {
    this.#state = state;
    if (state === "gap") this.#listener?.onGap();
    else this.#listener?.onLive();
    this.showAll();
    this.#schedule.tell(this.#pod, state);
  }

  #receive(): void {
    const message = this.#messages.shift();
    if (message === undefined) return;
    this.#listener?.onTags(message.tags);
    for (const number of message.finished) this.#visible.add(number);
    this.#schedule.tell(this.#pod, "message");
  }
}
