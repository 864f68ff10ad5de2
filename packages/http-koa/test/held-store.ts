/** A store whose searches wait until they are let go, so that a test decides how many are under way. */

import { TroubledRepository } from "./running-api.ts";

export class HeldStore {
  readonly #troubled = new TroubledRepository();
  readonly repository = this.#troubled.repository;
  /** Searches that have reached the store. */
  searches = 0;
  #released = Promise.withResolvers<void>();

  constructor() {
    this.#released.resolve();
    this.#troubled.before = async (method) => {
      if (method !== "find") return;
      this.searches++;
      await this.#released.promise;
    };
  }

  hold(): void {
    this.#released = Promise.withResolvers();
  }

  letGo(): void {
    this.#released.resolve();
  }
}
