/** Writes the postings of films by difference, in key order, and keeps the counts of terms. */

import {
  type CountedTerm,
  type FilmState,
  isSuggested,
  type StoredFilm,
  sortTitle,
  sortYear,
  term,
  termsOf,
} from "@movie-store/core";
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
  /** How many films have a term that is suggested, by its id. */
  readonly #films = new Map<number, number>();
  #dataVersion: unknown;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @returns the counts that have changed of the terms that suggestions are made of. */
  write(
    films: readonly { readonly before: StoredFilm | undefined; readonly after: StoredFilm }[],
  ): readonly CountedTerm[] {
    const removed: Posting[] = [];
    const added: Posting[] = [];
    const counts = new Map<number, number>();
    const suggested = new Map<number, string>();
    const count = (id: number, name: string, by: number) => {
      counts.set(id, (counts.get(id) ?? 0) + by);
      if (isSuggested(name)) suggested.set(id, name);
    };
    for (const { before, after } of films) {
      const old = this.postingsOf(before?.state);
      const now = this.postingsOf(after.state);
      for (const [name, posting] of old) {
        const same = now.get(name);
        if (same === undefined) count(posting.term, name, -1);
        if (same?.year !== posting.year || same.title !== posting.title) removed.push(posting);
      }
      for (const [name, posting] of now) {
        const same = old.get(name);
        if (same === undefined) count(posting.term, name, 1);
        if (same?.year !== posting.year || same.title !== posting.title) added.push(posting);
      }
      for (const year of yearTerms(before?.state)) count(this.#idOf(year), year, -1);
      for (const year of yearTerms(after.state)) count(this.#idOf(year), year, 1);
    }
    this.#delete(removed.sort(byKey));
    this.#insert(added.sort(byKey));
    return this.#count(counts, suggested);
  }

  forgetTerms(): void {
    this.#ids.clear();
    this.#films.clear();
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

  #count(
    counts: ReadonlyMap<number, number>,
    suggested: ReadonlyMap<number, string>,
  ): readonly CountedTerm[] {
    this.#forgetOldCounts();
    const counted: CountedTerm[] = [];
    for (const [id, by] of [...counts].sort(([a], [b]) => a - b)) {
      if (by === 0) continue;
      const name = suggested.get(id);
      if (name === undefined) {
        this.#connection.run("UPDATE term SET films = films + ? WHERE id = ?", by, id);
        continue;
      }
      const before = this.#films.get(id) ?? this.#readFilms(id);
      this.#connection.run("UPDATE term SET films = ? WHERE id = ?", before + by, id);
      this.#films.set(id, before + by);
      counted.push({ term: name, before, after: before + by });
    }
    return counted;
  }

  #readFilms(id: number): number {
    return Number(this.#connection.get("SELECT films FROM term WHERE id = ?", id)?.["films"]);
  }

  /** Another connection may have counted since. SQLite tells whether one has written anything. */
  #forgetOldCounts(): void {
    const version = this.#connection.get("PRAGMA data_version")?.["data_version"];
    if (version !== this.#dataVersion || this.#films.size >= REMEMBERED_TERMS) this.#films.clear();
    this.#dataVersion = version;
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

/** Years are counted like terms, but have no postings of their own. */
function yearTerms(state: FilmState | undefined): readonly string[] {
  if (state?.status !== "live" || state.content.year === undefined) return [];
  return [term.year(state.content.year)];
}

function byKey(a: Posting, b: Posting): number {
  return a.term - b.term || b.year - a.year || (a.film < b.film ? -1 : 1);
}

function byTitle(a: Posting, b: Posting): number {
  if (a.term !== b.term) return a.term - b.term;
  const [left, right] = [a.title as string, b.title as string];
  return left < right ? -1 : left > right ? 1 : a.film < b.film ? -1 : 1;
}
