/** Writes the postings of films by difference, in key order, and keeps the counts of terms. */

import { type FilmState, type StoredFilm, sortTitle, sortYear, termsOf } from "@movie-store/core";
import { type Connection, insertRows } from "./connection.ts";

export interface Posting {
  readonly term: number;
  readonly year: number;
  readonly film: string;
  /** Where the term has postings by title too. */
  readonly title: string | undefined;
}

/** Ids of terms are looked up for every posting; this many are remembered. */
const REMEMBERED_TERMS = 200_000;

/** Pieces of words: films are searched by them, but a page sorted by title is driven by other terms. */
const UNSORTED_KINDS: ReadonlySet<string> = new Set(["4:", "p:", "t:"]);

export function hasTitlePostings(term: string): boolean {
  return !UNSORTED_KINDS.has(term.slice(0, 2));
}

export class PostingWriter {
  readonly #connection: Connection;
  /** Terms are never deleted, so an id stays right; after a rollback it may be of a term that is not there. */
  readonly #ids = new Map<string, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  write(films: readonly { readonly before: StoredFilm | undefined; readonly after: StoredFilm }[]): void {
    const removed: Posting[] = [];
    const added: Posting[] = [];
    const counts = new Map<number, number>();
    for (const { before, after } of films) {
      const old = this.postingsOf(before?.state);
      const now = this.postingsOf(after.state);
      for (const [term, posting] of old) {
        const same = now.get(term);
        if (same === undefined) counts.set(posting.term, (counts.get(posting.term) ?? 0) - 1);
        if (same?.year !== posting.year || same.title !== posting.title) removed.push(posting);
      }
      for (const [term, posting] of now) {
        const same = old.get(term);
        if (same === undefined) counts.set(posting.term, (counts.get(posting.term) ?? 0) + 1);
        if (same?.year !== posting.year || same.title !== posting.title) added.push(posting);
      }
    }
    this.#delete(removed.sort(byKey));
    this.#insert(added.sort(byKey));
    for (const [term, by] of [...counts].sort(([a], [b]) => a - b)) {
      if (by !== 0) this.#connection.run("UPDATE term SET films = films + ? WHERE id = ?", by, term);
    }
  }

  forgetTerms(): void {
    this.#ids.clear();
  }

  /** The postings of a film, by term. */
  postingsOf(state: FilmState | undefined): ReadonlyMap<string, Posting> {
    if (state?.status !== "live") return new Map();
    const { content } = state;
    const year = sortYear(content);
    const title = sortTitle(content);
    return new Map(
      termsOf(content).map((term) => [
        term,
        { term: this.#idOf(term), year, film: content.id, title: hasTitlePostings(term) ? title : undefined },
      ]),
    );
  }

  #delete(postings: readonly Posting[]): void {
    for (const { term, year, film } of postings) {
      this.#connection.run("DELETE FROM posting WHERE term = ? AND year = ? AND film = ?", term, year, film);
    }
    for (const { term, film, title } of postings) {
      if (title === undefined) continue;
      this.#connection.run(
        "DELETE FROM title_posting WHERE term = ? AND title = ? AND film = ?",
        term,
        title,
        film,
      );
    }
  }

  #insert(postings: readonly Posting[]): void {
    const rows = postings.map(({ term, year, film }) => [term, year, film]);
    insertRows(this.#connection, "posting (term, year, film)", rows);
    const titled = postings.filter(({ title }) => title !== undefined).sort(byTitle);
    const titleRows = titled.map(({ term, title, film, year }) => [term, title as string, film, year]);
    insertRows(this.#connection, "title_posting (term, title, film, year)", titleRows);
  }

  #idOf(term: string): number {
    const known = this.#ids.get(term);
    if (known !== undefined) return known;
    const row = this.#connection.get("SELECT id FROM term WHERE term = ?", term);
    const id =
      row === undefined
        ? this.#connection.run("INSERT INTO term (term, films) VALUES (?, 0)", term)
        : Number(row["id"]);
    if (this.#ids.size >= REMEMBERED_TERMS) this.#ids.clear();
    this.#ids.set(term, id);
    return id;
  }
}

function byKey(a: Posting, b: Posting): number {
  return a.term - b.term || b.year - a.year || (a.film < b.film ? -1 : 1);
}

function byTitle(a: Posting, b: Posting): number {
  if (a.term !== b.term) return a.term - b.term;
  const [left, right] = [a.title as string, b.title as string];
  return left < right ? -1 : left > right ? 1 : a.film < b.film ? -1 : 1;
}
