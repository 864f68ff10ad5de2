/**
 * Words and genres that have very many films. Two of them may seldom meet, and then a page would be looked for among
 * all films of the rarer one: so each two of them have a list of the films that they share, see pair-postings.ts. A
 * term becomes common in the transaction in which it gets so many films, and stays it for ever: whoever remembers that
 * it is, is never wrong.
 */

import type { Connection } from "./connection.ts";

/** The films of a term that has fewer are looked at one by one in 3 ms. */
export const COMMON_FILMS = 2_000;

const GENRE = "g:";
const WORD = "w:";

/** By id, whether it is a genre. */
export type CommonTerms = ReadonlyMap<number, boolean>;

export function isGenre(term: string): boolean {
  return term.startsWith(GENRE);
}

export function canBeCommon(term: string): boolean {
  return term.startsWith(WORD) || isGenre(term);
}

interface Named {
  readonly term: string;
  readonly isCommon: boolean;
}

/** Two genres are a term of their own, with a list of its own. */
export function havePairList(one: Named, other: Named): boolean {
  const areCommon = one.isCommon && other.isCommon && one.term !== other.term;
  return areCommon && !(isGenre(one.term) && isGenre(other.term));
}

/** The common terms as a writer knows them. */
export class KnownCommonTerms {
  readonly #table: string;
  #known: CommonTerms = new Map();
  /** Known if the transaction that is at work is committed. */
  #next: CommonTerms = this.#known;

  constructor(table: string) {
    this.#table = table;
  }

  /** Within the transaction of a writer. @param count how many there are: as they never go, equally many are the same. */
  async read(connection: Connection, count: number): Promise<CommonTerms> {
    if (this.#known.size !== count) {
      const rows = await connection.rows(`SELECT term, is_genre FROM ${this.#table}`);
      this.#known = new Map(rows.map((row) => [Number(row["term"]), row["is_genre"] === 1]));
    }
    this.#next = this.#known;
    return this.#known;
  }

  add(id: number, isGenre: boolean): void {
    this.#next = new Map([...this.#next, [id, isGenre]]);
  }

  /** To be called when the transaction has been committed, before another one begins. */
  confirm(): void {
    this.#known = this.#next;
  }
}
