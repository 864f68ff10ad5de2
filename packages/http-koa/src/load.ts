/** What this process is busy with: how many requests and streams it has under way, and how many it takes on. */

import { Problem } from "./problem.ts";

export interface LoadLimits {
  /** Requests beyond so many at once are turned away. */
  readonly maxInFlight: number;
  /** Streams beyond so many at once are turned away. */
  readonly maxStreams: number;
}

/** A stream may stay open for days, so it is not counted among the requests once it has begun. */
export class Load {
  readonly #limits: LoadLimits;
  #requests = 0;
  #streams = 0;

  constructor(limits: LoadLimits) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#requests;
  }

  get streams(): number {
    return this.#streams;
  }

  begin(): void {
    this.#requests++;
  }

  /** @throws Problem `overloaded`. */
  check(): void {
    if (this.#requests > this.#limits.maxInFlight)
      throw new Problem("overloaded", "too many requests at once; try again");
  }

  /** @throws Problem `overloaded`; the request is then still one of the others. */
  becomeStream(request: { isStream: boolean }): void {
    if (this.#streams >= this.#limits.maxStreams)
      throw new Problem("overloaded", "too many streams at once; try again");
    request.isStream = true;
    this.#requests--;
    this.#streams++;
  }

  end({ isStream }: { readonly isStream: boolean }): void {
    if (isStream) this.#streams--;
    else this.#requests--;
  }
}
