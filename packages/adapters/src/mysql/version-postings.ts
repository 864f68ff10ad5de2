/**
 * Writes the postings of genres in the order of versions: a genre has so many films that they can't be sorted for a
 * page of the last changed. New ones are the last of their term, so they fill pages that are at hand.
 */

import type { Connection } from "./connection.ts";
import type { Entry, TermDifference } from "./posting-differences.ts";
import { insertRows, pieces } from "./sql.ts";

const GENRES = "g:";

export function hasVersionPostings(term: string): boolean {
  return term.startsWith(GENRES);
}

/** A term with its id, and what becomes of it. */
export interface WrittenTerm extends TermDifference {
  readonly term: string;
  readonly id: number;
}

/** @param terms in the order of their ids. */
export async function writeVersionPostings(
  connection: Connection,
  table: string,
  terms: readonly WrittenTerm[],
): Promise<void> {
  const listed = terms.filter(({ term }) => hasVersionPostings(term));
  const gone = listed.flatMap(({ id, removed, retitled }) =>
    [...removed, ...retitled.map(({ before }) => before)]
      .sort(byVersion)
      .map(({ version, film }) => `(${id},${version},${film})`),
  );
  for (const some of pieces(gone))
    await connection.run(`DELETE FROM ${table} WHERE (term, version, film) IN (${some.join(",")})`);
  const come = listed.flatMap(({ id, added, retitled }) =>
    [...added, ...retitled.map(({ after }) => after)]
      .sort(byVersion)
      .map(({ version, film, yearDown }) => `(${id},${version},${film},${yearDown})`),
  );
  await insertRows(connection, `INSERT INTO ${table} (term, version, film, year_down) VALUES`, come);
}

function byVersion(a: Entry, b: Entry): number {
  return a.version - b.version;
}
