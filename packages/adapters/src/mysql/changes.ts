/** The rows of the numbered changes. A rebuild writes its own ahead of the store's number; no reader sees them. */

import type { Change, ChangeKind, FilmState, LogPage, Moment } from "@movie-store/core";
import { MOVIE_ID_PATTERN } from "@movie-store/core";
import type { Connection, Row } from "./connection.ts";
import { idLiteral, idOfBytes } from "./ids.ts";
import { insertRows, optional, pieces, textLiteral } from "./sql.ts";

const PUBLISHED = "number <= (SELECT number FROM store WHERE id = 1)";
const WITH_BEFORE =
  "SELECT c.*, b.after AS state_before FROM film_change c LEFT JOIN film_change b ON b.number = c.previous";

export interface ChangeWrite {
  readonly change: Change;
  /** The number of the id's last change before this one; 0 if there was none. */
  readonly previous: number;
}

export async function insertChanges(connection: Connection, changes: readonly ChangeWrite[]): Promise<void> {
  await insertRows(
    connection,
    `INSERT INTO film_change (number, at_ms, kind, movie_id, update_id, provider, into_id, from_id, previous, after)
     VALUES`,
    changes.values().map(changeRow),
  );
}

function changeRow({ change, previous }: ChangeWrite): string {
  const { number, atMs, kind, movieId, updateId, provider, into, from, after } = change;
  const columns = [
    number,
    atMs,
    textLiteral(kind),
    idLiteral(movieId),
    optional(updateId, textLiteral),
    optional(provider, textLiteral),
    optional(into, idLiteral),
    optional(from, idLiteral),
    previous === 0 ? "NULL" : previous,
    textLiteral(JSON.stringify(after)),
  ];
  return `(${columns.join(",")})`;
}

export async function changesPage(connection: Connection, page: LogPage): Promise<readonly Change[]> {
  const sql = `${WITH_BEFORE} WHERE c.number > ? AND c.${PUBLISHED} ORDER BY c.number LIMIT ${page.limit}`;
  return (await connection.rows(sql, [page.after])).map(changeOf);
}

export async function historyPage(
  connection: Connection,
  id: string,
  page: LogPage,
): Promise<readonly Change[]> {
  if (!MOVIE_ID_PATTERN.test(id)) return [];
  const sql = `${WITH_BEFORE} WHERE c.movie_id = ${idLiteral(id)} AND c.number > ? AND c.${PUBLISHED}
    ORDER BY c.number LIMIT ${page.limit}`;
  return (await connection.rows(sql, [page.after])).map(changeOf);
}

/** The last change of an id up to a moment, without `before`. */
export async function changeAt(
  connection: Connection,
  id: string,
  moment: Moment,
): Promise<Change | undefined> {
  if (!MOVIE_ID_PATTERN.test(id)) return undefined;
  // Times never fall from one change to the next, so the last change by time is the last by number.
  const [number, value] =
    "number" in moment
      ? ["?", moment.number]
      : [
          `(SELECT number FROM film_change WHERE at_ms <= ? AND ${PUBLISHED} ORDER BY at_ms DESC, number DESC LIMIT 1)`,
          moment.timeMs,
        ];
  const row = await connection.row(
    `SELECT c.*, NULL AS state_before FROM film_change c WHERE c.movie_id = ${idLiteral(id)}
       AND c.number <= ${number} AND c.${PUBLISHED} ORDER BY c.number DESC LIMIT 1`,
    [value],
  );
  return row === undefined ? undefined : changeOf(row);
}

/** The last change of each of these ids, without `before`, among those numbered up to `upTo`. */
export async function lastChanges(
  connection: Connection,
  ids: readonly string[],
  upTo: number,
): Promise<ReadonlyMap<string, Change>> {
  const found = new Map<string, Change>();
  for (const some of pieces(ids)) {
    const rows = await connection.rows(
      `SELECT c.*, NULL AS state_before FROM film_change c JOIN
         (SELECT max(number) AS last FROM film_change WHERE movie_id IN (${some.map(idLiteral).join(",")})
            AND number <= ${upTo} GROUP BY movie_id) m ON c.number = m.last`,
    );
    for (const row of rows) found.set(idOfBytes(row["movie_id"]), changeOf(row));
  }
  return found;
}

/** The times of these changes, by number. */
export async function timesOfChanges(
  connection: Connection,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const times = new Map<number, number>();
  for (const some of pieces(numbers)) {
    const sql = `SELECT number, at_ms FROM film_change WHERE number IN (${some.join(",")})`;
    for (const row of await connection.rows(sql)) times.set(row["number"] as number, row["at_ms"] as number);
  }
  return times;
}

function changeOf(row: Row): Change {
  const updateId = row["update_id"] as Buffer | null;
  const provider = row["provider"] as Buffer | null;
  const before = row["state_before"] as string | null;
  return {
    number: row["number"] as number,
    atMs: row["at_ms"] as number,
    kind: (row["kind"] as Buffer).toString() as ChangeKind,
    movieId: idOfBytes(row["movie_id"]),
    ...(updateId === null ? {} : { updateId: updateId.toString() }),
    ...(provider === null ? {} : { provider: provider.toString() }),
    ...(row["into_id"] === null ? {} : { into: idOfBytes(row["into_id"]) }),
    ...(row["from_id"] === null ? {} : { from: idOfBytes(row["from_id"]) }),
    before: before === null ? undefined : (JSON.parse(before) as FilmState),
    after: JSON.parse(row["after"] as string) as FilmState,
  };
}
