/** The rows of provider records and films. */

import {
  type FilmState,
  identityKeys,
  lazyStoredFilm,
  type ProviderRecord,
  type RecordChange,
  readMovie,
  type StoredFilm,
  sortTitle,
  sortYear,
} from "@movie-store/core";
import type { Connection, Row } from "./connection.ts";

export function recordOfId(connection: Connection, id: string): ProviderRecord | undefined {
  const row = connection.get("SELECT data FROM record WHERE id = ?", id);
  return row === undefined ? undefined : (JSON.parse(row["data"] as string) as ProviderRecord);
}

export function bearersOfKey(connection: Connection, key: string): readonly string[] {
  return connection
    .all("SELECT record_id FROM record_key WHERE key = ?", key)
    .map((row) => row["record_id"] as string);
}

export function writeRecord(connection: Connection, { before, after }: RecordChange): void {
  const data = JSON.stringify(after);
  if (before === undefined) connection.run("INSERT INTO record (id, data) VALUES (?, ?)", after.id, data);
  else connection.run("UPDATE record SET data = ? WHERE id = ?", data, after.id);
  const old = before === undefined ? [] : identityKeys(before);
  const now = identityKeys(after);
  for (const key of old) {
    if (!now.includes(key))
      connection.run("DELETE FROM record_key WHERE key = ? AND record_id = ?", key, after.id);
  }
  for (const key of now) {
    if (!old.includes(key))
      connection.run("INSERT INTO record_key (key, record_id) VALUES (?, ?)", key, after.id);
  }
}

export function filmOfId(connection: Connection, id: string): StoredFilm | undefined {
  const row = connection.get("SELECT * FROM film WHERE id = ?", id);
  return row === undefined ? undefined : storedFilm(row);
}

function storedFilm(row: Row): StoredFilm {
  const json = row["json"] as string;
  return lazyStoredFilm(row["version"] as number, json, () => stateOf(row, json));
}

function stateOf(row: Row, json: string): FilmState {
  const id = row["id"] as string;
  if (row["status"] === "merged") return { id, status: "merged", into: row["into_id"] as string };
  const records = JSON.parse(row["records"] as string) as readonly string[];
  if (row["status"] === "withdrawn") return { id, status: "withdrawn", records };
  return { id, status: "live", content: readMovie(json), records };
}

export function writeFilm(connection: Connection, before: StoredFilm | undefined, after: StoredFilm): void {
  const { state, version, json } = after;
  const columns = [
    state.status,
    version,
    state.status === "live" ? sortYear(state.content) : null,
    state.status === "live" ? sortTitle(state.content) : null,
    state.status === "merged" ? state.into : null,
    state.status === "merged" ? null : JSON.stringify(state.records),
    json,
    state.id,
  ];
  connection.run(
    before === undefined
      ? "INSERT INTO film (status, version, year, title, into_id, records, json, id) VALUES (?,?,?,?,?,?,?,?)"
      : "UPDATE film SET status = ?, version = ?, year = ?, title = ?, into_id = ?, records = ?, json = ? WHERE id = ?",
    ...columns,
  );
}

export function filmsAfter(connection: Connection, after: string, limit: number): readonly StoredFilm[] {
  return connection.all("SELECT * FROM film WHERE id > ? ORDER BY id LIMIT ?", after, limit).map(storedFilm);
}
