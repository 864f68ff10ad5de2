/** The rows that suggestions are read from: kept beside the counts of terms, in the same transaction. */

import {
  type CountedTerm,
  deletionsOfStart,
  isSuggested,
  type NameKey,
  startOfWord,
  suggestionRows,
} from "@movie-store/core";
import type { Connection } from "./connection.ts";
import { termKey } from "./keys.ts";
import type { PostingDifferences } from "./posting-differences.ts";
import { insertRows, pieces, textLiteral } from "./sql.ts";
import { textOf } from "./update-log.ts";

/** The starts of words are looked up for every new person; this many are remembered. */
const REMEMBERED_STARTS = 100_000;

/** Where the rows stand: the tables, or those that a rebuild fills. Deletions are kept through a rebuild. */
export interface SuggestionTables {
  readonly term: string;
  readonly nameKey: string;
  readonly word: string;
}

export class SuggestionWriter {
  readonly #tables: SuggestionTables;
  /** Deletions are never deleted, so what has been committed once stays. */
  readonly #starts = new Set<string>();
  #written: readonly string[] = [];

  constructor(tables: SuggestionTables) {
    this.#tables = tables;
  }

  /** To be called when the terms have been counted. */
  async write(connection: Connection, differences: PostingDifferences): Promise<void> {
    await this.writeCounts(connection, await this.#changedCounts(connection, differences));
  }

  async writeCounts(connection: Connection, counts: Iterable<CountedTerm>): Promise<void> {
    const { removed, added, words } = suggestionRows(counts);
    const { nameKey } = this.#tables;
    for (const some of pieces([...removed].sort(byKey)))
      await connection.run(
        `DELETE FROM ${nameKey} WHERE (tier, name_key) IN (${some.map(keyRow).join(",")})`,
      );
    await insertRows(
      connection,
      `INSERT INTO ${nameKey} (tier, name_key) VALUES`,
      [...added].sort(byKey).map(keyRow),
    );
    await this.#countWords(connection, words);
  }

  /** To be called when the transaction has been committed, before another one begins. */
  confirm(): void {
    if (this.#starts.size + this.#written.length > REMEMBERED_STARTS) this.#starts.clear();
    for (const start of this.#written) this.#starts.add(start);
    this.#written = [];
  }

  async #changedCounts(
    connection: Connection,
    differences: PostingDifferences,
  ): Promise<readonly CountedTerm[]> {
    const changed = new Map<string, { readonly term: string; readonly by: number }>();
    for (const [term, { films }] of differences)
      if (films !== 0 && isSuggested(term)) changed.set(termKey(term), { term, by: films });
    const counts: CountedTerm[] = [];
    for (const some of pieces([...changed.keys()].sort(), 5_000)) {
      const sql = `SELECT term, films FROM ${this.#tables.term} WHERE term IN (${some.map(textLiteral).join(",")})`;
      for (const row of await connection.rows(sql)) {
        const change = changed.get(textOf(row["term"]) as string);
        const after = row["films"] as number;
        if (change !== undefined) counts.push({ term: change.term, before: after - change.by, after });
      }
    }
    return counts;
  }

  async #countWords(connection: Connection, words: ReadonlyMap<string, number>): Promise<void> {
    const { word: table } = this.#tables;
    const changed = [...words].filter(([, by]) => by !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
    await insertRows(
      connection,
      `INSERT INTO ${table} (start, word, uses) VALUES`,
      changed.values().map(([word, by]) => `(${textLiteral(startOfWord(word))},${textLiteral(word)},${by})`),
      "ON DUPLICATE KEY UPDATE uses = uses + VALUES(uses)",
    );
    const fewer = changed.filter(([, by]) => by < 0).map(([word]) => word);
    for (const some of pieces(fewer)) {
      const rows = some.map((word) => `(${textLiteral(startOfWord(word))},${textLiteral(word)})`).join(",");
      await connection.run(`DELETE FROM ${table} WHERE (start, word) IN (${rows}) AND uses = 0`);
    }
    await this.#writeDeletions(
      connection,
      changed.filter(([, by]) => by > 0).map(([word]) => startOfWord(word)),
    );
  }

  async #writeDeletions(connection: Connection, starts: readonly string[]): Promise<void> {
    this.#written = [...new Set(starts)].filter((start) => !this.#starts.has(start));
    const rows = this.#written.flatMap((start) =>
      deletionsOfStart(start).map((deletion) => `(${textLiteral(deletion)},${textLiteral(start)})`),
    );
    await insertRows(connection, "INSERT IGNORE INTO word_deletion (deletion, start) VALUES", rows.sort());
  }
}

function keyRow({ tier, key }: NameKey): string {
  return `(${tier},${textLiteral(key)})`;
}

/** Nearly the order of the table, which is that of bytes: near enough to write each page once. */
function byKey(a: NameKey, b: NameKey): number {
  return a.tier - b.tier || (a.key < b.key ? -1 : 1);
}
