/** What was written, and since when a reader has to see it. */

export const FILMS = 12;
export const GENRES = ["Drama", "Comedy"] as const;

/** What the n-th update says of a film. What it is found by never changes, so no answer may lack it. */
export function statement(film: number, n: number) {
  return {
    id: `film-${film}`,
    title: `Film ${film}`,
    year: 1990 + (film % 3),
    genres: [GENRES[film % GENRES.length]],
    cast: [`Actor ${film % 4}`],
    overview: `${n}`,
  };
}

interface Film {
  /** When each of its updates was acknowledged, in order. */
  readonly acknowledgedAtMs: number[];
  /** How many updates of it have been begun. */
  begun: number;
}

export class Ledger {
  readonly #films: readonly Film[] = Array.from({ length: FILMS }, () => ({
    acknowledgedAtMs: [],
    begun: 0,
  }));
  /** Ids of the updates that were acknowledged. */
  readonly acknowledged = new Set<string>();

  /** Of one film one after the other. @returns its number. */
  begin(film: number): number {
    return this.#film(film).begun++;
  }

  /** @param atMs since when no answer may be without it; in the order of their numbers. */
  acknowledge(film: number, updateId: string, atMs: number): void {
    this.acknowledged.add(updateId);
    this.#film(film).acknowledgedAtMs.push(atMs);
  }

  /**
   * For how long an answer had been out of date when it was asked for: milliseconds since the update after the one that
   * it shows was acknowledged.
   *
   * @throws Error when it shows an update that nobody has made.
   */
  staleness(film: number, n: number, askedAtMs: number): number {
    const { acknowledgedAtMs, begun } = this.#film(film);
    if (!(n >= 0 && n < begun))
      throw new Error(`film ${film} says ${n}, and there are ${begun} updates of it`);
    return Math.max(0, askedAtMs - (acknowledgedAtMs[n + 1] ?? Infinity));
  }

  #film(film: number): Film {
    return this.#films[film] as Film;
  }
}
