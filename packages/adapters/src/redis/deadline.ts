/** Work that may take so long and no longer. */

interface Waiting {
  readonly untilMs: number;
  readonly giveUp: () => void;
}

/** One timer for all that waits: one for each would take longer than the rest of what is done for an answer here. */
export class Deadline {
  readonly #timeoutMs: number;
  /** All wait equally long: who came first is given up first. */
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * What `work` gives, or a rejection when it takes longer. The work itself goes on: a command that was sent can't be
   * taken back.
   */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        untilMs: performance.now() + this.#timeoutMs,
        giveUp: () => reject(new Error(`no answer within ${this.#timeoutMs} ms`)),
      };
      this.#waiting.add(waiting);
      this.#timer ??= setTimeout(this.#onTime, this.#timeoutMs);
      work.then(
        (result) => {
          this.#end(waiting);
          resolve(result);
        },
        (error) => {
          this.#end(waiting);
          reject(error);
        },
      );
    });
  }

  #end(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (this.#waiting.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #onTime = (): void => {
    const nowMs = performance.now();
    // After a stall of this process the timer is due before the sockets have been read: an answer that has arrived in
    // the meantime is not late.
    setImmediate(() => this.#giveUpUntil(nowMs));
  };

  #giveUpUntil(nowMs: number): void {
    for (const waiting of this.#waiting) {
      if (waiting.untilMs > nowMs) break;
      waiting.giveUp();
      this.#waiting.delete(waiting);
    }
    const [next] = this.#waiting;
    clearTimeout(this.#timer);
    this.#timer = next && setTimeout(this.#onTime, Math.max(1, next.untilMs - performance.now()));
  }
}
