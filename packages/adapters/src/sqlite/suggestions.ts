/** Reads what may be meant by a typed text: people by their keys, and words that are near. */

import {
  compareText,
  deletionsOfStart,
  MAX_KEYS,
  MAX_TIER,
  MAX_WORDS_TRIED,
  type NearWord,
  nameOfKey,
  nearBeginning,
  type PeoplePage,
  type PeopleQuery,
  startOfWord,
  term,
  type WordsNear,
} from "@movie-store/core";
import { lastChange } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { endOf } from "./term-groups.ts";
import { valueOfKey } from "./values.ts";

export function peopleBeginning(connection: Connection, { beginnings, limit }: PeopleQuery): PeoplePage {
  const names = new Set<string>();
  for (let tier = MAX_TIER; tier >= 0 && names.size < limit; tier--) {
    const keys = beginnings.flatMap((beginning) => firstKeys(connection, tier, beginning, limit));
    for (const key of keys.sort(compareText)) if (names.size < limit) names.add(nameOfKey(key));
  }
  return {
    people: [...names]
      .map((name) => valueOfKey(connection, "cast", name))
      .filter((person) => person !== undefined),
    version: lastChange(connection).number,
  };
}

/** The first keys of a tier that begin with a text: those of `limit` people, if there are so many. */
function firstKeys(
  connection: Connection,
  tier: number,
  beginning: string,
  limit: number,
): readonly string[] {
  const read = (rows: number) =>
    connection
      .all(
        "SELECT key FROM name_key WHERE tier = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?",
        tier,
        beginning,
        endOf(beginning),
        rows,
      )
      .map((row) => row["key"] as string);
  const keys = read(limit);
  const isEnough = keys.length < limit || new Set(keys.map(nameOfKey)).size === limit;
  return isEnough ? keys : read(limit * MAX_KEYS);
}

export function wordsNear(connection: Connection, typed: string): WordsNear {
  const version = lastChange(connection).number;
  const start = startOfWord(typed);
  const begun = connection.get(
    "SELECT 1 FROM word WHERE start = ? AND word >= ? AND word < ? LIMIT 1",
    start,
    typed,
    endOf(typed),
  );
  if (begun !== undefined) return { begins: true, near: [], version };
  const deletions = deletionsOfStart(start);
  const tried = connection.all(
    `SELECT word, uses FROM word WHERE start IN
       (SELECT start FROM word_deletion WHERE deletion IN (${deletions.map(() => "?").join(",")}))
     ORDER BY start, word LIMIT ${MAX_WORDS_TRIED}`,
    ...deletions,
  ) as unknown as readonly NearWord[];
  const near = tried
    .filter(({ word }) => nearBeginning(typed, word) !== undefined)
    .map(({ word, uses }) => ({ word, uses: uses + filmsBeyondOne(connection, word) }));
  return { begins: false, near, version };
}

/** All titles with a word are one of its uses, however many films they are of. */
function filmsBeyondOne(connection: Connection, word: string): number {
  const films = connection.get("SELECT films FROM term WHERE term = ?", term.word(word))?.["films"];
  return Math.max(0, Number(films ?? 0) - 1);
}
