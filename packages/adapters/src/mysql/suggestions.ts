/** Reads what may be meant by a typed text: people by their keys, and words that are near. */

import {
  deletionsOfStart,
  MAX_KEYS,
  MAX_TIER,
  MAX_WORDS_TRIED,
  nearBeginning,
  type PeoplePage,
  type PeopleQuery,
  startOfWord,
  type WordsNear,
} from "@movie-store/core";
import type { Connection, Row } from "./connection.ts";
import { startsWith, textBytes } from "./known-terms.ts";
import { textOf } from "./update-log.ts";
import { keptValue, NEWEST_FILM } from "./values.ts";

/** More keys than people are read, because some have two of them: then one statement is enough nearly always. */
const SPARE_KEYS = 4;

export async function peopleBeginning(connection: Connection, query: PeopleQuery): Promise<PeoplePage> {
  const { limit } = query;
  const read = async (keys: number) => {
    const rows = await connection.rows(peopleStatement(query.beginnings, keys));
    const found = rows.filter((row) => row["term"] !== null);
    const people = new Map(found.toReversed().map((row) => [textOf(row["term"]), row]));
    const inOrder = found.filter((row) => people.get(textOf(row["term"])) === row);
    return { rows: inOrder, isAll: found.length < keys, version: Number(rows[0]?.["version"]) };
  };
  let page = await read(limit + SPARE_KEYS);
  if (page.rows.length < limit && !page.isAll) page = await read(MAX_KEYS * limit);
  return { people: page.rows.slice(0, limit).map((row) => keptValue("cast", row)), version: page.version };
}

/** What core's `nameOfKey` gives: what is behind the second tab, else what is before the first one behind the rest. */
const NAME = `IF(LENGTH(k.name_key) - LENGTH(REPLACE(k.name_key, X'09', '')) = 2, SUBSTRING_INDEX(k.name_key, X'09', -1),
  TRIM(CONCAT(SUBSTRING_INDEX(k.name_key, X'09', -1), ' ', SUBSTRING_INDEX(k.name_key, X'09', 1))))`;

/** @param keys how many of the first keys are read. */
function peopleStatement(beginnings: readonly string[], keys: number): string {
  // What begins with a longer text begins with the shorter one as well.
  const shortest = beginnings.filter(
    (text) => !beginnings.some((other) => other !== text && text.startsWith(other)),
  );
  const tiers = Array.from({ length: MAX_TIER + 1 }, (_, tier) => tier);
  const ranges = tiers.flatMap((tier) =>
    shortest.map(
      (
        beginning,
      ) => `(SELECT tier, name_key FROM name_key WHERE tier = ${tier} AND ${startsWith("name_key", beginning)}
        ORDER BY tier, name_key LIMIT ${keys})`,
    ),
  );
  return `SELECT s.number AS version, t.term, t.films, j.json FROM store s
    LEFT JOIN (${ranges.join(" UNION ALL ")} ORDER BY tier DESC, name_key LIMIT ${keys}) k ON TRUE
    LEFT JOIN term t ON t.term = CONCAT('c:', ${NAME})
    LEFT JOIN ${NEWEST_FILM}
    WHERE s.id = 1 ORDER BY k.tier DESC, k.name_key`;
}

/** Nearly always a word begins with the typed one, and then its neighbours are not looked for. */
export async function wordsNear(connection: Connection, typed: string): Promise<WordsNear> {
  const start = startOfWord(typed);
  const begun = `EXISTS (SELECT 1 FROM word WHERE start = ${textBytes(start)} AND ${startsWith("word", typed)})`;
  const row = await connection.row(
    `SELECT s.number AS version, ${begun} AS begun FROM store s WHERE s.id = 1`,
  );
  if (row?.["begun"] === 1) return { begins: true, near: [], version: Number(row["version"]) };
  const deletions = deletionsOfStart(start).map(textBytes).join(",");
  const rows = await connection.rows(
    `SELECT s.number AS version, w.word, w.uses, t.films, ${begun} AS begun
      FROM store s LEFT JOIN (
        SELECT word.word, word.uses FROM
          (SELECT DISTINCT start FROM word_deletion WHERE deletion IN (${deletions})) d
          STRAIGHT_JOIN word ON word.start = d.start
          ORDER BY word.start, word.word LIMIT ${MAX_WORDS_TRIED}) w ON TRUE
      LEFT JOIN term t ON t.term = CONCAT('w:', w.word)
      WHERE s.id = 1 ORDER BY w.word`,
  );
  const version = Number(rows[0]?.["version"]);
  if (rows[0]?.["begun"] === 1) return { begins: true, near: [], version };
  const near = rows
    .filter((each) => each["word"] !== null)
    .map((each) => ({ word: textOf(each["word"]) as string, uses: usesOf(each) }))
    .filter(({ word }) => nearBeginning(typed, word) !== undefined);
  return { begins: false, near, version };
}

/** All titles with a word are one of its uses, however many films they are of. */
function usesOf(row: Row): number {
  return Number(row["uses"]) + Math.max(0, Number(row["films"] ?? 0) - 1);
}
