/** Makes the lists of pairs in a store that an older release has filled. */

import { isGenre } from "./common-terms.ts";
import type { Connection } from "./connection.ts";
import { makeCommon } from "./pair-postings.ts";
import { TABLES } from "./postings.ts";
import { transaction } from "./sql.ts";
import { textOf } from "./update-log.ts";

/**
 * Nobody writes meanwhile. Each term is a transaction of its own, so one that is cut off is gone on with. Those with the
 * most films come first: a list is made by looking at all films of the later one.
 */
export async function fillPairs(connection: Connection, commonFilms: number): Promise<void> {
  const rows = await connection.rows(
    `SELECT id, term FROM term
      WHERE ((term >= 'w:' AND term < 'w;') OR (term >= 'g:' AND term < 'g;')) AND films >= ${commonFilms}
        AND NOT EXISTS (SELECT 1 FROM common_term c WHERE c.term = term.id)
      ORDER BY films DESC`,
  );
  for (const { id, term } of rows) {
    const isOfGenre = isGenre(textOf(term) as string);
    await transaction(connection, () => makeCommon(connection, TABLES, id as number, isOfGenre));
  }
  await connection.run("UPDATE store SET common_terms = (SELECT COUNT(*) FROM common_term)");
}
