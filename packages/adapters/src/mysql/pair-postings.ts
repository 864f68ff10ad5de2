/**
 * Writes the lists of films that two common terms share, in the order of years: `pair_posting`. Of each pair the term
 * with the smaller id comes first. A pair has no term and no count of its own.
 */

import { COMMON_FILMS, type CommonTerms, canBeCommon, isGenre, KnownCommonTerms } from "./common-terms.ts";
import type { Connection } from "./connection.ts";
import { termKey } from "./keys.ts";
import type { Entry } from "./posting-differences.ts";
import { scattered } from "./scattered.ts";
import { insertRows, pieces, textLiteral } from "./sql.ts";
import type { WrittenTerm } from "./version-postings.ts";

/** Where they stand: the tables, or those that a rebuild fills. */
export interface PairTables {
  readonly term: string;
  readonly posting: string;
  readonly pairPosting: string;
  readonly commonTerm: string;
}

export class PairWriter {
  readonly #tables: PairTables;
  readonly #commonFilms: number;
  readonly #common: KnownCommonTerms;

  constructor(tables: PairTables, commonFilms = COMMON_FILMS) {
    this.#tables = tables;
    this.#commonFilms = commonFilms;
    this.#common = new KnownCommonTerms(tables.commonTerm);
  }

  /**
   * When the postings of the terms and their counts have been written.
   *
   * @param terms in the order of their ids.
   * @param count how many terms are common.
   * @returns how many are from now on.
   */
  async write(connection: Connection, terms: readonly WrittenTerm[], count: number): Promise<number> {
    const common = await this.#common.read(connection, count);
    const { removed, added } = pairDifferences(terms, common);
    const { pairPosting } = this.#tables;
    for (const some of pieces(removed.map(literal)))
      await connection.run(`DELETE FROM ${pairPosting} WHERE (a, b, year_down, film) IN (${some.join(",")})`);
    await insertRows(
      connection,
      `INSERT INTO ${pairPosting} (a, b, year_down, film) VALUES`,
      scattered(added.map(literal)),
    );
    const grown = terms.filter(({ id, term, films }) => films > 0 && canBeCommon(term) && !common.has(id));
    const many = await this.#withManyFilms(connection, grown);
    for (const { id, term } of many) {
      await makeCommon(connection, this.#tables, id, isGenre(term));
      this.#common.add(id, isGenre(term));
    }
    return common.size + many.length;
  }

  /** To be called when the transaction has been committed, before another one begins. */
  confirm(): void {
    this.#common.confirm();
  }

  async #withManyFilms(
    connection: Connection,
    terms: readonly WrittenTerm[],
  ): Promise<readonly WrittenTerm[]> {
    const ids = new Set<unknown>();
    for (const some of pieces(terms.map(({ term }) => textLiteral(termKey(term))).sort())) {
      const rows = await connection.rows(
        `SELECT id FROM ${this.#tables.term} WHERE term IN (${some.join(",")}) AND films >= ${this.#commonFilms}`,
      );
      for (const row of rows) ids.add(row["id"]);
    }
    return terms.filter(({ id }) => ids.has(id));
  }
}

/** Makes the lists that a term has together with those that are common already, from the postings as they are now. */
export async function makeCommon(
  connection: Connection,
  { posting, pairPosting, commonTerm }: PairTables,
  id: number,
  isGenre: boolean,
): Promise<void> {
  await connection.run(
    `INSERT INTO ${pairPosting} (a, b, year_down, film)
      SELECT LEAST(${id}, c.term), GREATEST(${id}, c.term), p.year_down, p.film
      FROM ${commonTerm} c STRAIGHT_JOIN ${posting} p FORCE INDEX (PRIMARY) STRAIGHT_JOIN ${posting} q FORCE INDEX (PRIMARY)
      WHERE ${isGenre ? "c.is_genre = 0 AND" : ""} p.term = ${id}
        AND q.term = c.term AND q.year_down = p.year_down AND q.film = p.film`,
  );
  await connection.run(`INSERT INTO ${commonTerm} (term, is_genre) VALUES (${id}, ${isGenre ? 1 : 0})`);
}

interface PairPosting {
  readonly a: number;
  readonly b: number;
  readonly yearDown: number;
  readonly film: string;
}

interface Sides {
  before: Side | undefined;
  after: Side | undefined;
}

interface Side {
  readonly yearDown: number;
  /** The common terms that the film has, ascending. */
  readonly ids: number[];
}

/**
 * A film with other terms has another version as well, so the terms that it keeps are among its differences.
 *
 * @param terms in the order of their ids.
 */
function pairDifferences(
  terms: readonly WrittenTerm[],
  common: CommonTerms,
): { readonly removed: readonly PairPosting[]; readonly added: readonly PairPosting[] } {
  const films = new Map<string, Sides>();
  const take = (side: keyof Sides, { film, yearDown }: Entry, id: number) => {
    const sides = films.get(film) ?? { before: undefined, after: undefined };
    films.set(film, sides);
    sides[side] ??= { yearDown, ids: [] };
    sides[side].ids.push(id);
  };
  for (const { id, removed, added, retitled } of terms) {
    if (!common.has(id)) continue;
    for (const entry of removed) take("before", entry, id);
    for (const entry of added) take("after", entry, id);
    for (const { before, after } of retitled) {
      take("before", before, id);
      take("after", after, id);
    }
  }
  const [removed, added]: [PairPosting[], PairPosting[]] = [[], []];
  for (const [film, { before, after }] of films) {
    const old = pairsOf(film, before, common);
    const now = pairsOf(film, after, common);
    for (const [key, pair] of old) if (!now.has(key)) removed.push(pair);
    for (const [key, pair] of now) if (!old.has(key)) added.push(pair);
  }
  return { removed: removed.sort(byKey), added: added.sort(byKey) };
}

function pairsOf(
  film: string,
  side: Side | undefined,
  common: CommonTerms,
): ReadonlyMap<string, PairPosting> {
  if (side === undefined) return new Map();
  const { yearDown, ids } = side;
  const pairs = ids.flatMap((a, at) =>
    ids
      .slice(at + 1)
      .filter((b) => !(common.get(a) === true && common.get(b) === true))
      .map((b): [string, PairPosting] => [`${a},${b},${yearDown}`, { a, b, yearDown, film }]),
  );
  return new Map(pairs);
}

function literal({ a, b, yearDown, film }: PairPosting): string {
  return `(${a},${b},${yearDown},${film})`;
}

function byKey(one: PairPosting, other: PairPosting): number {
  return (
    one.a - other.a || one.b - other.b || one.yearDown - other.yearDown || (one.film < other.film ? -1 : 1)
  );
}
