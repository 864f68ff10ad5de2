/** Values with their counts: a range of the terms, each with the name that its newest film gives it. */

import {
  type KeptValue,
  normaliseName,
  readMovie,
  spellingOf,
  termOfValue,
  type ValueKind,
  type ValuePage,
  type ValueQuery,
} from "@movie-store/core";
import type { Connection, Row } from "./connection.ts";
import { termKey } from "./keys.ts";
import { textBytes } from "./known-terms.ts";
import { textOf } from "./update-log.ts";

/**
 * The JSON of the newest film that has a term of `t`, for a join: its first posting leads to it. MySQL reads the list
 * in its order only if the term is named among what it is sorted by.
 */
export const NEWEST_FILM = `film_json j ON j.id = (SELECT p.film FROM posting p FORCE INDEX (PRIMARY)
  WHERE p.term = t.id ORDER BY p.term, p.year_down, p.film LIMIT 1)`;

/** One statement, so that the values and the version are of one moment. */
export async function valuePage(
  connection: Connection,
  { kind, prefix, after, limit }: ValueQuery,
): Promise<ValuePage> {
  const bound = (key: string) => textBytes(termKey(termOfValue(kind, key)));
  const values = `SELECT term, id, films FROM term WHERE term > ${bound(after)} AND term >= ${bound(prefix)}
    AND term < ${bound(`${prefix}\u{10ffff}`)} AND films > 0 ORDER BY term LIMIT ${limit + 1}`;
  const hasNames = kind !== "year";
  const rows = await connection.rows(
    `SELECT s.number AS version, t.term, t.films, ${hasNames ? "j.json" : "NULL AS json"}
       FROM store s LEFT JOIN (${values}) t ON TRUE ${hasNames ? `LEFT JOIN ${NEWEST_FILM}` : ""}
       WHERE s.id = 1 ORDER BY t.term`,
  );
  const found = rows.filter((row) => row["term"] !== null);
  return {
    values: found.slice(0, limit).map((row) => keptValue(kind, row)),
    more: found.length > limit,
    version: Number(rows[0]?.["version"]),
  };
}

/** @param row `term`, `films`, and the `json` of the newest film, but for a year. */
export function keptValue(kind: ValueKind, row: Row): KeptValue {
  const stored = textOf(row["term"]) as string;
  const json = row["json"] as string | null;
  const name =
    json === null ? undefined : spellingOf(readMovie(json), kind, (each) => termKey(each) === stored);
  const key = stored.slice(termOfValue(kind, "").length);
  const films = Number(row["films"]);
  return name === undefined ? { key, name: key, films } : { key: normaliseName(name), name, films };
}
