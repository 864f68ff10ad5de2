/** Writes the postings of films in key order, and keeps the counts of terms and what is told by them. */

import type { Connection } from "./connection.ts";
import { type PairTables, PairWriter } from "./pair-postings.ts";
import type { Entry, PostingDifferences } from "./posting-differences.ts";
import { scattered } from "./scattered.ts";
import { insertRows, pieces } from "./sql.ts";
import type { StoreRow } from "./store-row.ts";
import { type SuggestionTables, SuggestionWriter } from "./suggestion-rows.ts";
import { TermIds } from "./term-ids.ts";
import { type RecentTitleOptions, type TitlePostingTables, writeTitlePostings } from "./title-postings.ts";
import { type WrittenTerm, writeVersionPostings } from "./version-postings.ts";

/** Titles, and pieces of them: films are searched by them, but a page sorted by title is driven by other terms. */
const TITLE_KINDS: ReadonlySet<string> = new Set(["4:", "p:", "t:"]);
const PEOPLE = "c:";

/** Whether the title alone tells if a film has the term. Words are not among these: they are looked up as words. */
export function isOfTitle(term: string): boolean {
  return TITLE_KINDS.has(term.slice(0, 2));
}

/**
 * People have none either: nobody is in so many films that they could not be fetched and sorted at once, and these
 * postings would be a third of all by title.
 */
export function hasTitlePostings(term: string): boolean {
  return !isOfTitle(term) && !term.startsWith(PEOPLE);
}

/** Where postings stand: the tables, or those that a rebuild fills. */
export interface PostingTables extends TitlePostingTables, PairTables {
  readonly versionPosting: string;
}

export interface PostingOptions extends RecentTitleOptions {
  /** So many films make a term common. */
  readonly commonFilms?: number | undefined;
}

/** The numbers of the store that postings take from and add to. */
export type TermNumbers = Pick<StoreRow, "terms" | "commonTerms">;

export const TABLES: PostingTables & SuggestionTables = {
  term: "term",
  posting: "posting",
  titlePosting: "title_posting",
  versionPosting: "version_posting",
  pairPosting: "pair_posting",
  commonTerm: "common_term",
  recent: { postings: "title_posting_recent", sweep: "title_posting_sweep" },
  nameKey: "name_key",
  word: "word",
};

export class PostingWriter {
  readonly #tables: PostingTables;
  readonly #terms: TermIds;
  readonly #suggestions: SuggestionWriter;
  readonly #pairs: PairWriter;
  readonly #recent: RecentTitleOptions;

  constructor(tables: PostingTables & SuggestionTables = TABLES, options: PostingOptions = {}) {
    this.#tables = tables;
    this.#recent = options;
    this.#pairs = new PairWriter(tables, options.commonFilms);
    this.#suggestions = new SuggestionWriter(tables);
    this.#terms = new TermIds(tables.term);
  }

  /** @returns the numbers from now on. */
  async write(
    connection: Connection,
    differences: PostingDifferences,
    numbers: TermNumbers,
  ): Promise<TermNumbers> {
    const { ids, last } = await this.#terms.of(connection, differences.keys(), numbers.terms);
    const terms = [...differences]
      .map(([term, difference]) => ({ ...difference, term, id: ids.get(term) as number }))
      .sort((a, b) => a.id - b.id);
    const { posting, versionPosting } = this.#tables;
    for (const some of pieces([...removedPostings(terms)]))
      await connection.run(`DELETE FROM ${posting} WHERE (term, year_down, film) IN (${some.join(",")})`);
    await insertRows(
      connection,
      `INSERT INTO ${posting} (term, year_down, film) VALUES`,
      scattered([...addedPostings(terms)]),
    );
    const titles = { removed: [...removedTitles(terms)], added: [...addedTitles(terms)] };
    await writeTitlePostings(connection, this.#tables, titles, this.#recent);
    await writeVersionPostings(connection, versionPosting, terms);
    await this.#terms.count(connection, terms);
    const commonTerms = await this.#pairs.write(connection, terms, numbers.commonTerms);
    await this.#suggestions.write(connection, differences);
    return { terms: last, commonTerms };
  }

  /** To be called when the transaction has been committed, before another one begins. */
  confirm(): void {
    this.#terms.confirm();
    this.#pairs.confirm();
    this.#suggestions.confirm();
  }
}

function* removedPostings(terms: readonly WrittenTerm[]): Generator<string> {
  for (const { id, removed } of terms) {
    for (const { film, yearDown } of removed.toSorted(byYear)) yield `(${id},${yearDown},${film})`;
  }
}

function* addedPostings(terms: readonly WrittenTerm[]): Generator<string> {
  for (const { id, added } of terms) {
    for (const { film, yearDown } of inOrder(added, byYear)) yield `(${id},${yearDown},${film})`;
  }
}

function* removedTitles(terms: readonly WrittenTerm[]): Generator<string> {
  for (const { term, id, removed, retitled } of terms) {
    if (!hasTitlePostings(term)) continue;
    const gone = [...removed, ...retitled.map(({ before }) => before)];
    for (const { title, film } of gone.sort(byTitle)) yield `(${id},${title},${film})`;
  }
}

function* addedTitles(terms: readonly WrittenTerm[]): Generator<string> {
  for (const { term, id, added, retitled } of terms) {
    if (!hasTitlePostings(term)) continue;
    const entries = retitled.length === 0 ? added : [...added, ...retitled.map(({ after }) => after)];
    for (const { title, film, yearDown, version } of inOrder(entries, byTitle))
      yield `(${id},${title},${film},${yearDown},${version})`;
  }
}

/** Most terms have a single film in a batch. */
function inOrder(entries: readonly Entry[], order: (a: Entry, b: Entry) => number): readonly Entry[] {
  return entries.length < 2 ? entries : entries.toSorted(order);
}

function byYear(a: Entry, b: Entry): number {
  return a.yearDown - b.yearDown || (a.film < b.film ? -1 : 1);
}

/** Nearly the order of the key, which is that of bytes: near enough to write each page once. */
function byTitle(a: Entry, b: Entry): number {
  return a.title < b.title ? -1 : a.title > b.title ? 1 : a.film < b.film ? -1 : 1;
}
