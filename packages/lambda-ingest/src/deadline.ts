/** The end of an invocation's time. */

import { MovieStoreError } from "@movie-store/core";

export class OutOfTime extends MovieStoreError {
  /** Whether the work had begun, and so goes on. */
  readonly hasBegun: boolean;

  constructor(hasBegun: boolean) {
    super("unavailable", "the time of this invocation is up");
    this.hasBegun = hasBegun;
  }
}

export class Deadline {
  readonly #endsAtMs: number;

  /** @param ms from now; less than nothing has passed already. */
  constructor(ms: number) {
    this.#endsAtMs = performance.now() + ms;
  }

  /** Milliseconds; less than nothing once it has passed. */
  get leftMs(): number {
    return this.#endsAtMs - performance.now();
  }

  /**
   * What the work comes to, if it ends in time. It is not begun after the deadline, but what was begun goes on: it has
   * to be safe to do again.
   *
   * @throws OutOfTime
   */
  async within<T>(work: () => Promise<T>): Promise<T> {
    const { leftMs } = this;
    if (leftMs <= 0) throw new OutOfTime(false);
    const { promise: passed, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new OutOfTime(true)), leftMs);
    try {
      return await Promise.race([work(), passed]);
    } finally {
      clearTimeout(timer);
    }
  }
}
