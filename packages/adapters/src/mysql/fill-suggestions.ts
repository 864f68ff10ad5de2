/** Counts the films of each year, and makes the rows of suggestions, in a store that an older release has filled. */

import { term } from "@movie-store/core";
import type { Connection } from "./connection.ts";
import { startsWith, textBytes } from "./known-terms.ts";
import { YEAR_DOWN } from "./schema.ts";
import { transaction } from "./sql.ts";
import { lockStoreToMigrate, writeStore } from "./store-row.ts";
import { SuggestionWriter } from "./suggestion-rows.ts";
import { TermIds } from "./term-ids.ts";
import { textOf } from "./update-log.ts";

const TERMS_A_PAGE = 5_000;

/**
 * Each page is a transaction of its own, and nobody writes meanwhile. Cut off anywhere, it begins again from nothing.
 */
export async function fillSuggestions(connection: Connection): Promise<void> {
  await connection.run("TRUNCATE TABLE name_key");
  await connection.run("TRUNCATE TABLE word");
  await transaction(connection, () => countYears(connection));
  for (const kind of [term.cast(""), term.word("")]) await fillFrom(connection, kind);
}

async function countYears(connection: Connection): Promise<void> {
  const store = await lockStoreToMigrate(connection);
  await connection.run("UPDATE term SET films = 0 WHERE term >= 'y:' AND term < 'y;'");
  const rows = await connection.rows(
    `SELECT year_down, COUNT(*) AS films FROM posting
       WHERE term = (SELECT id FROM term WHERE term = '*') AND year_down < ${YEAR_DOWN} GROUP BY year_down`,
  );
  const films = new Map(
    rows.map((row) => [term.year(YEAR_DOWN - (row["year_down"] as number)), Number(row["films"])]),
  );
  const ids = new TermIds();
  const { ids: idOf, last } = await ids.of(connection, films.keys(), store.terms);
  await ids.count(
    connection,
    [...films].map(([year, count]) => ({ term: year, id: idOf.get(year) as number, films: count })),
  );
  await writeStore(connection, { ...store, terms: last });
}

async function fillFrom(connection: Connection, kind: string): Promise<void> {
  const writer = new SuggestionWriter({ term: "term", nameKey: "name_key", word: "word" });
  for (let after = textBytes(kind); ; ) {
    const rows = await connection.rows(
      `SELECT term, films FROM term WHERE term > ${after} AND ${startsWith("term", kind)}
        ORDER BY term LIMIT ${TERMS_A_PAGE}`,
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    await transaction(connection, () =>
      writer.writeCounts(
        connection,
        rows.map((row) => ({
          term: textOf(row["term"]) as string,
          before: 0,
          after: row["films"] as number,
        })),
      ),
    );
    writer.confirm();
    after = textBytes(textOf(last["term"]) as string);
  }
}
