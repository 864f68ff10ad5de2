/** Makes all postings at once, and what is counted by them: they are collected, sorted by SQLite and written in key order, each page once. */

import type { StoredFilm } from "@movie-store/core";
import { type Connection, insertRows } from "./connection.ts";
import type { PostingWriter } from "./postings.ts";
import { remakeSuggestions, remakeYears } from "./suggestion-rows.ts";

export class PostingBuilder {
  readonly #connection: Connection;
  readonly #postings: PostingWriter;

  /** Empties the postings; within the transaction of the caller. */
  constructor(connection: Connection, postings: PostingWriter) {
    this.#connection = connection;
    this.#postings = postings;
    connection.database.exec(`
      DELETE FROM posting;
      DELETE FROM title_posting;
      CREATE TEMP TABLE staged (term INTEGER NOT NULL, year INTEGER NOT NULL, film TEXT NOT NULL, title TEXT);
    `);
  }

  add(films: readonly StoredFilm[]): void {
    const rows = films.flatMap(({ state }) =>
      [...this.#postings.postingsOf(state).values()].map(({ term, year, film, title }) => [
        term,
        year,
        film,
        title ?? null,
      ]),
    );
    insertRows(this.#connection, "staged (term, year, film, title)", rows);
  }

  finish(): void {
    this.#connection.database.exec(`
      INSERT INTO posting (term, year, film) SELECT term, year, film FROM staged ORDER BY term, year DESC, film;
      INSERT INTO title_posting (term, title, film, year)
        SELECT term, title, film, year FROM staged WHERE title IS NOT NULL ORDER BY term, title, film;
      DROP TABLE staged;
      UPDATE term SET films = (SELECT count(*) FROM posting WHERE posting.term = term.id);
    `);
    this.#postings.forgetTerms(); // and their counts
    remakeYears(this.#connection);
    remakeSuggestions(this.#connection);
  }
}
