/** The ids of terms, as writers know them. A term keeps its id for ever, through rebuilds as well. */

import type { Connection } from "./connection.ts";
import { termKey } from "./keys.ts";
import { insertRows, pieces, textLiteral } from "./sql.ts";
import { textOf } from "./update-log.ts";

/** Ids are looked up for every posting; this many are remembered. */
const REMEMBERED = 400_000;

export interface CountedTerm {
  readonly term: string;
  readonly id: number;
  /** By how many films it has grown. */
  readonly films: number;
}

export class TermIds {
  readonly #table: string;
  readonly #ids = new Map<string, number>();
  /** Given in a transaction that has not been committed yet: if it never is, another may give them to other terms. */
  #given: readonly (readonly [string, number])[] = [];

  constructor(table = "term") {
    this.#table = table;
  }

  /**
   * Within the transaction of a writer, so that two of them never give the same id, or the same term two ids.
   *
   * @param last the last id that was given.
   * @returns the ids by term, and the last id that has been given now.
   */
  async of(
    connection: Connection,
    terms: Iterable<string>,
    last: number,
  ): Promise<{ readonly ids: ReadonlyMap<string, number>; readonly last: number }> {
    const ids = new Map<string, number>();
    const missing: string[] = [];
    for (const term of terms) {
      const id = this.#ids.get(term);
      if (id === undefined) missing.push(term);
      else ids.set(term, id);
    }
    const keys = new Map(missing.map((term) => [termKey(term), term]));
    for (const some of pieces([...keys.keys()].sort())) {
      const sql = `SELECT term, id FROM ${this.#table} WHERE term IN (${some.map(textLiteral).join(",")})`;
      for (const row of await connection.rows(sql)) {
        ids.set(keys.get(textOf(row["term"]) as string) as string, row["id"] as number);
      }
    }
    this.#remember(missing.filter((term) => ids.has(term)).map((term) => [term, ids.get(term) as number]));
    this.#given = missing.filter((term) => !ids.has(term)).map((term, at) => [term, last + 1 + at]);
    for (const [term, id] of this.#given) ids.set(term, id);
    return { ids, last: last + this.#given.length };
  }

  /** To be called when the transaction has been committed, before another one begins. */
  confirm(): void {
    this.#remember(this.#given);
    this.#given = [];
  }

  /** Writes new terms, and by how many films each has grown. */
  async count(connection: Connection, terms: readonly CountedTerm[]): Promise<void> {
    const rows = terms
      .filter(({ films }) => films !== 0)
      .map(({ term, id, films }) => ({ key: textLiteral(termKey(term)), id, films }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const added = rows.filter(({ films }) => films > 0);
    await insertRows(
      connection,
      `INSERT INTO ${this.#table} (term, id, films) VALUES`,
      added.values().map(({ key, id, films }) => `(${key},${id},${films})`),
      "ON DUPLICATE KEY UPDATE films = films + VALUES(films)",
    );
    for (const [films, fewer] of Map.groupBy(
      rows.filter((row) => row.films < 0),
      (row) => row.films,
    )) {
      for (const some of pieces(fewer)) {
        const keys = some.map(({ key }) => key).join(",");
        await connection.run(`UPDATE ${this.#table} SET films = films - ${-films} WHERE term IN (${keys})`);
      }
    }
  }

  #remember(terms: readonly (readonly [string, number])[]): void {
    if (this.#ids.size + terms.length > REMEMBERED) this.#ids.clear();
    for (const [term, id] of terms) this.#ids.set(term, id);
  }
}
