/** The rows that suggestions are read from: kept beside the counts of terms, in the same transaction. */

import {
  type CountedTerm,
  deletionsOfStart,
  type NameKey,
  startOfWord,
  suggestionRows,
  term,
} from "@movie-store/core";
import { type Connection, insertRows } from "./connection.ts";
import { endOf } from "./term-groups.ts";

/** The starts of words are looked up for every new person; this many are remembered. */
const REMEMBERED_STARTS = 100_000;
const TERMS_A_PAGE = 5_000;

export class SuggestionWriter {
  readonly #connection: Connection;
  /** Deletions are never deleted, so what has been there once still is; after a rollback it may not be. */
  readonly #starts = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  write(counts: Iterable<CountedTerm>): void {
    const { removed, added, words } = suggestionRows(counts);
    for (const { tier, key } of [...removed].sort(byKey))
      this.#connection.run("DELETE FROM name_key WHERE tier = ? AND key = ?", tier, key);
    insertRows(
      this.#connection,
      "name_key (tier, key)",
      [...added].sort(byKey).map(({ tier, key }) => [tier, key]),
    );
    this.countWords(words);
  }

  /** @param words by how much their uses have grown. */
  countWords(words: ReadonlyMap<string, number>): void {
    const rows = [...words]
      .filter(([, by]) => by !== 0)
      .map(([word, by]) => ({ start: startOfWord(word), word, by }))
      .sort((a, b) => (a.word < b.word ? -1 : 1));
    insertRows(
      this.#connection,
      "word (start, word, uses)",
      rows.map(({ start, word, by }) => [start, word, by]),
      "ON CONFLICT DO UPDATE SET uses = uses + excluded.uses",
    );
    for (const { start, word, by } of rows) {
      if (by < 0)
        this.#connection.run("DELETE FROM word WHERE start = ? AND word = ? AND uses = 0", start, word);
    }
    this.#writeDeletions(rows.filter(({ by }) => by > 0).map(({ start }) => start));
  }

  forgetStarts(): void {
    this.#starts.clear();
  }

  #writeDeletions(starts: readonly string[]): void {
    const unknown = [...new Set(starts)].filter((start) => !this.#starts.has(start));
    if (this.#starts.size + unknown.length > REMEMBERED_STARTS) this.#starts.clear();
    for (const start of unknown) this.#starts.add(start);
    const rows = unknown.flatMap((start) => deletionsOfStart(start).map((deletion) => [deletion, start]));
    insertRows(
      this.#connection,
      "word_deletion (deletion, start)",
      rows.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1)),
      "ON CONFLICT DO NOTHING",
    );
  }
}

function byKey(a: NameKey, b: NameKey): number {
  return a.tier - b.tier || (a.key < b.key ? -1 : 1);
}

/**
 * Makes them all anew from the counts of terms, in the transaction of the caller. Deletions stay: other processes
 * remember them, and those of words that nobody uses lead to nothing.
 */
export function remakeSuggestions(connection: Connection): void {
  connection.database.exec(`
    DELETE FROM name_key;
    DELETE FROM word;
    CREATE TEMP TABLE staged_key (tier INTEGER NOT NULL, key TEXT NOT NULL);
  `);
  const writer = new SuggestionWriter(connection);
  for (const kind of [term.cast(""), term.word("")]) {
    for (let after = kind; ; ) {
      const rows = connection.all(
        "SELECT term, films FROM term WHERE term > ? AND term < ? ORDER BY term LIMIT ?",
        after,
        endOf(kind),
        TERMS_A_PAGE,
      ) as unknown as readonly { readonly term: string; readonly films: number }[];
      if (rows.length === 0) break;
      after = rows.at(-1)?.term ?? after;
      const { added, words } = suggestionRows(
        rows.map((row) => ({ term: row.term, before: 0, after: row.films })),
      );
      insertRows(
        connection,
        "staged_key (tier, key)",
        added.map(({ tier, key }) => [tier, key]),
      );
      writer.countWords(words);
    }
  }
  // In the order of the key, so that each page is written once.
  connection.database.exec(`
    INSERT INTO name_key (tier, key) SELECT tier, key FROM staged_key ORDER BY tier, key;
    DROP TABLE staged_key;
  `);
}

/** Counts the films of each year anew, in the transaction of the caller. */
export function remakeYears(connection: Connection): void {
  connection.database.exec(`
    UPDATE term SET films = 0 WHERE term >= 'y:' AND term < 'y;';
    INSERT INTO term (term, films)
      SELECT 'y:' || year, count(*) FROM posting
        WHERE term = (SELECT id FROM term WHERE term = '*') AND year > 0 GROUP BY year
      ON CONFLICT (term) DO UPDATE SET films = excluded.films;
  `);
}
