/**
 * Searches. Every condition is a group of terms of which a film has at least one. The smallest group drives: its
 * postings are read in the order of the page, and the other groups are probed by primary key. Nothing is scanned.
 */

import { type FilmPage, type MovieQuery, MovieStoreError } from "@movie-store/core";
import type { Connection, Row } from "./connection.ts";
import { storedFilm } from "./films.ts";
import { KnownTerms } from "./known-terms.ts";
import { planPage, smallestOf, worthCounting } from "./page-plan.ts";
import { countStatement, pageStatement } from "./page-statement.ts";
import type { ConnectionPool } from "./pool.ts";
import { type Conditions, readConditions, wantedTerms } from "./term-groups.ts";

export class FilmSearch {
  readonly #pool: Pick<ConnectionPool, "read" | "snapshot">;
  readonly #terms = new KnownTerms();

  constructor(pool: Pick<ConnectionPool, "read" | "snapshot">) {
    this.#pool = pool;
  }

  /** Two statements at most: one for the terms that are not known yet, one for the page. */
  async find(query: MovieQuery): Promise<FilmPage> {
    const find = (terms: KnownTerms) => (connection: Connection) =>
      this.#findAtOneVersion(connection, query, terms);
    // What is remembered may be newer than a snapshot.
    const page =
      (await this.#pool.read(find(this.#terms))) ?? (await this.#pool.snapshot(find(new KnownTerms())));
    if (page === undefined)
      throw new MovieStoreError("corrupt", "MySQL: the version moved within a snapshot");
    return page;
  }

  /** @returns `undefined` if a change came between the terms and the page, and the page needs them to be of one moment. */
  async #findAtOneVersion(
    connection: Connection,
    query: MovieQuery,
    terms: KnownTerms,
  ): Promise<FilmPage | undefined> {
    const found = await terms.find(connection, wantedTerms(query));
    const conditions = readConditions(query, found);
    // A term without films has just been looked up.
    if (conditions === undefined) return { films: [], more: false, version: found.version as number };
    const plan = planPage(query, conditions, await fewestOf(connection, query, conditions));
    const rows = await connection.rows(pageStatement(query, conditions, plan));
    const version = Number(rows[0]?.["store_version"]);
    terms.saw(version);
    if (found.version !== undefined && found.version !== version) return undefined;
    const films = rows.filter((row) => row["id"] !== null).sort(inOrderOf(query));
    return { films: films.slice(0, query.limit).map(storedFilm), more: films.length > query.limit, version };
  }
}

/** How many films the smallest group has; within the years of the query where that tells which way is the shortest. */
async function fewestOf(connection: Connection, query: MovieQuery, conditions: Conditions): Promise<number> {
  const smallest = smallestOf(conditions);
  const limit = worthCounting(query, conditions);
  if (limit === undefined) return smallest.films;
  const row = await connection.row(countStatement(query, smallest, limit + 1));
  const counted = Number(row?.["films"]);
  return counted > limit ? smallest.films : counted;
}

/** A join does not promise to keep the order of what it joins; sorting a page of finished films would cost the server more. */
function inOrderOf({ sort }: MovieQuery): (a: Row, b: Row) => number {
  // The years of the postings count down, see schema.ts.
  const isDown = sort === "year" || sort === "-title" || sort === "-updated";
  return (a, b) => {
    const byPlace = compare(a["place"], b["place"]);
    return (isDown ? -byPlace : byPlace) || compare(a["id"], b["id"]);
  };
}

function compare(a: unknown, b: unknown): number {
  return typeof a === "number" ? a - (b as number) : Buffer.compare(a as Buffer, b as Buffer);
}
