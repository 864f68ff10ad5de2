/** Pseudo-random choices that are the same for the same seed. */

/**
 * A seeded generator (mulberry32). Not for secrets.
 *
 * @example
 * ```ts
 * import { Random } from "@movie-store/core/testing";
 *
 * const random = new Random(7);
 * console.log(random.integer(6), random.pick(["heads", "tails"])); // the same in every run
 * ```
 */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `below - 1`. */
  integer(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** True in `percent` of a hundred draws. */
  chance(percent: number): boolean {
    return this.integer(100) < percent;
  }

  /** @param list not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.integer(list.length)] as T;
  }

  /** Up to `count` different items of a list, in random order. */
  some<T>(list: readonly T[], count: number): readonly T[] {
    return this.shuffled(list).slice(0, count);
  }

  /** The same items in another order. */
  shuffled<T>(list: readonly T[]): readonly T[] {
    const items = [...list];
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.integer(at + 1);
      [items[at], items[other]] = [items[other] as T, items[at] as T];
    }
    return items;
  }

  /** A list cut into pieces of 1 to `longest` items. */
  pieces<T>(list: readonly T[], longest: number): readonly (readonly T[])[] {
    const pieces: (readonly T[])[] = [];
    for (let at = 0; at < list.length; ) {
      const length = 1 + this.integer(longest);
      pieces.push(list.slice(at, at + length));
      at += length;
    }
    return pieces;
  }
}
