/**
 * How many answers are read from the store at once, and how long further ones wait. What this process has in a cache
 * needs no turn; nor do writers, the following of changes, health and metrics.
 */

import { Problem } from "./problem.ts";

export interface ReadTurnsOptions {
  /** Default 10, as many as the connections for reads to MySQL. */
  readonly atOnce?: number;
  /** Reads beyond so many that wait are refused at once. Default 100. */
  readonly maxWaiting?: number;
  /** How long a read waits at most while the queue is one that passes. Default 200. */
  readonly burstMs?: number;
  /** How long a read waits at most once somebody has waited all the time for `burstMs`. Default 40. */
  readonly standingMs?: number;
  /** Milliseconds that only grow. */
  readonly clock?: () => number;
}

/**
 * A queue that absorbs a burst is a good one; one that stands only makes everybody wait for the same rate. So the wait
 * is long as long as the queue empties now and then, and short when it does not (Maurer, "Fail at Scale", ACM Queue
 * 2015, after the controlled delay of Nichols and Jacobson). By Little's law some `standingMs` of reads wait then, and
 * what is more is refused early, so that it costs next to nothing.
 */
export class ReadTurns {
  readonly #options: Required<ReadTurnsOptions>;
  readonly #waiting = new Set<() => void>();
  #running = 0;
  #lastEmptyMs: number;

  constructor(options: ReadTurnsOptions = {}) {
    this.#options = {
      atOnce: 10,
      maxWaiting: 100,
      burstMs: 200,
      standingMs: 40,
      clock: () => performance.now(),
      ...options,
    };
    this.#lastEmptyMs = this.#options.clock();
  }

  /** Reads under way. */
  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** @throws Problem `overloaded` when its turn does not come; `read` is not called then. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    if (this.#running < this.#options.atOnce) this.#running++;
    else await this.#turn();
    try {
      return await read();
    } finally {
      this.#handOn();
    }
  }

  #turn(): Promise<void> {
    const { maxWaiting, burstMs, standingMs, clock } = this.#options;
    if (this.#waiting.size >= maxWaiting) throw overloaded();
    const nowMs = clock();
    if (this.#waiting.size === 0) this.#lastEmptyMs = nowMs;
    const patienceMs = nowMs - this.#lastEmptyMs > burstMs ? standingMs : burstMs;
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(begin);
        reject(overloaded());
      }, patienceMs);
      this.#waiting.add(begin);
    });
  }

  /** The next one takes over the place of the one that has ended. */
  #handOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}

function overloaded(): Problem {
  return new Problem("overloaded", "too many searches at once; try again");
}
