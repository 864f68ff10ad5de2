/** How long something is waited for: until a signal is aborted or a time is over, whichever comes first. */

export class WaitLimit {
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #reached = Promise.withResolvers<undefined>();
  readonly #end = () => {
    this.#isReached = true;
    this.#reached.resolve(undefined);
  };
  #isReached: boolean;

  constructor(signal: AbortSignal, withinMs: number) {
    this.#signal = signal;
    this.#isReached = signal.aborted;
    this.#timer = setTimeout(this.#end, withinMs);
    signal.addEventListener("abort", this.#end);
  }

  get isReached(): boolean {
    return this.#isReached;
  }

  /** What `promise` gives, or `undefined` once the limit is reached. */
  upTo<T>(promise: Promise<T>): Promise<T | undefined> {
    return Promise.race([promise, this.#reached.promise]);
  }

  /** Frees the timer and the listener. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#end);
  }
}
