/** The rows of the numbered changes. */

import type { Change, ChangeKind, FilmState, LogPage, Moment } from "@movie-store/core";
import type { Connection, Row } from "./connection.ts";

const WITH_BEFORE = `SELECT c.*, b.after AS before FROM change c LEFT JOIN change b ON b.number = c.previous`;

export function lastChange(connection: Connection): { readonly number: number; readonly atMs: number } {
  const row = connection.get("SELECT number, at_ms FROM change ORDER BY number DESC LIMIT 1");
  return row === undefined
    ? { number: 0, atMs: 0 }
    : { number: row["number"] as number, atMs: row["at_ms"] as number };
}

/** The number up to which a shared cache has followed the changes. */
export function followedChange(connection: Connection): number {
  return connection.get("SELECT followed FROM follow_cursor")?.["followed"] as number;
}

export function markFollowed(connection: Connection, number: number): void {
  connection.run("UPDATE follow_cursor SET followed = ? WHERE followed < ?", number, number);
}

export function insertChange(connection: Connection, change: Change): void {
  const { number, atMs, kind, movieId, updateId, provider, into, from, after } = change;
  connection.run(
    `INSERT INTO change (number, at_ms, kind, movie_id, update_id, provider, into_id, from_id, previous, after)
     VALUES (?,?,?,?,?,?,?,?,(SELECT max(number) FROM change WHERE movie_id = ?),?)`,
    ...[number, atMs, kind, movieId, updateId ?? null, provider ?? null, into ?? null, from ?? null, movieId],
    JSON.stringify(after),
  );
}

export function changesPage(connection: Connection, page: LogPage): readonly Change[] {
  const sql = `${WITH_BEFORE} WHERE c.number > ? ORDER BY c.number LIMIT ?`;
  return connection.all(sql, page.after, page.limit).map(changeOf);
}

export function historyPage(connection: Connection, id: string, page: LogPage): readonly Change[] {
  const sql = `${WITH_BEFORE} WHERE c.movie_id = ? AND c.number > ? ORDER BY c.number LIMIT ?`;
  return connection.all(sql, id, page.after, page.limit).map(changeOf);
}

/** The last change of an id up to a moment, without `before`. */
export function changeAt(connection: Connection, id: string, moment: Moment): Change | undefined {
  const number = "number" in moment ? moment.number : numberAt(connection, moment.timeMs);
  const row = connection.get(
    "SELECT *, NULL AS before FROM change WHERE movie_id = ? AND number <= ? ORDER BY number DESC LIMIT 1",
    id,
    number,
  );
  return row === undefined ? undefined : changeOf(row);
}

/** Times never fall from one change to the next, so the last change by time is the last by number. */
function numberAt(connection: Connection, timeMs: number): number {
  const row = connection.get(
    "SELECT number FROM change WHERE at_ms <= ? ORDER BY at_ms DESC, number DESC LIMIT 1",
    timeMs,
  );
  return (row?.["number"] as number | undefined) ?? 0;
}

export function changesOfUpdate(
  connection: Connection,
  updateId: string,
): readonly Pick<Change, "number" | "atMs">[] {
  return connection
    .all("SELECT number, at_ms FROM change WHERE update_id = ? ORDER BY number", updateId)
    .map((row) => ({ number: row["number"] as number, atMs: row["at_ms"] as number }));
}

function changeOf(row: Row): Change {
  return {
    number: row["number"] as number,
    atMs: row["at_ms"] as number,
    kind: row["kind"] as ChangeKind,
    movieId: row["movie_id"] as string,
    ...(row["update_id"] === null ? {} : { updateId: row["update_id"] as string }),
    ...(row["provider"] === null ? {} : { provider: row["provider"] as string }),
    ...(row["into_id"] === null ? {} : { into: row["into_id"] as string }),
    ...(row["from_id"] === null ? {} : { from: row["from_id"] as string }),
    before: row["before"] === null ? undefined : (JSON.parse(row["before"] as string) as FilmState),
    after: JSON.parse(row["after"] as string) as FilmState,
  };
}
