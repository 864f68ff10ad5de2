/** Reads that several callers want at about the same time: each done once, and only so many at once. */

interface Reading<T> {
  readonly result: Promise<T | undefined>;
  /** Of the callers that wait for it. */
  readonly signals: AbortSignal[];
}

export class SharedReads<T> {
  readonly #read: (key: number) => Promise<T>;
  readonly #atOnce: number;
  readonly #readings = new Map<number, Reading<T>>();
  readonly #queue: (() => void)[] = [];
  #running = 0;

  /** @param atOnce further reads wait for their turn. */
  constructor(read: (key: number) => Promise<T>, atOnce: number) {
    this.#read = read;
    this.#atOnce = atOnce;
  }

  /**
   * What a read of `key` gives, perhaps one that is under way already. A read that nobody waits for any more when its
   * turn comes is not done.
   *
   * @returns `undefined` for such a read.
   */
  get(key: number, signal: AbortSignal): Promise<T | undefined> {
    const reading = this.#readings.get(key);
    if (reading !== undefined) {
      reading.signals.push(signal);
      return reading.result;
    }
    const signals = [signal];
    const result = this.#inTurn(async () => {
      if (signals.every(({ aborted }) => aborted)) return undefined;
      return this.#read(key);
    }).finally(() => this.#readings.delete(key));
    this.#readings.set(key, { result, signals });
    return result;
  }

  async #inTurn<R>(work: () => Promise<R>): Promise<R> {
    if (this.#running < this.#atOnce) this.#running++;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
