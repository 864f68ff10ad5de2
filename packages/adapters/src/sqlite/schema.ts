/** The tables, and their versions. A database made by an older release is brought up to date when it is opened. */

import type { DatabaseSync } from "node:sqlite";
import { MovieStoreError } from "@movie-store/core";
import type { Connection } from "./connection.ts";
import { remakeSuggestions, remakeYears } from "./suggestion-rows.ts";

/**
 * Append-only: `update_log`, `update_body`, `change`. Derived from them: `record`, `record_key`, `film`, `term`,
 * `posting`, `title_posting`.
 *
 * `follow_cursor` has one row: how far a shared cache has followed the changes.
 *
 * Suggestions are read from `name_key` (the keys of people, see core's name-keys.ts), `word` (every word of a title or
 * a name) and `word_deletion` (see core's spelling.ts), all of them derived from `term`.
 *
 * `posting` is clustered by term, year (newest first) and film: the first page of a term is one short range of it.
 * `title_posting` is the same in the order of titles, without the terms that no one sorts by (pieces of words).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE update_log (
    sequence       INTEGER PRIMARY KEY,
    update_id      TEXT NOT NULL UNIQUE,
    provider       TEXT NOT NULL,
    bucket         TEXT NOT NULL,
    key            TEXT NOT NULL,
    version_id     TEXT,
    sequencer      TEXT,
    event_time_ms  INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    content_hash   TEXT NOT NULL,
    rejection      TEXT,
    source_id      TEXT,
    record_id      TEXT,
    time_ms        INTEGER,
    withdraws      INTEGER
  ) STRICT;
  CREATE INDEX update_of_record ON update_log (record_id) WHERE record_id IS NOT NULL;
  CREATE INDEX update_of_key ON update_log (provider, key, sequence);
  CREATE INDEX update_rejected ON update_log (sequence) WHERE rejection IS NOT NULL;
  CREATE TABLE update_body (
    sequence INTEGER PRIMARY KEY,
    bytes    BLOB NOT NULL
  ) STRICT;
  CREATE TABLE change (
    number    INTEGER PRIMARY KEY,
    at_ms     INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    movie_id  TEXT NOT NULL,
    update_id TEXT,
    provider  TEXT,
    into_id   TEXT,
    from_id   TEXT,
    previous  INTEGER,
    after     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX change_of_movie ON change (movie_id, number);
  CREATE INDEX change_of_update ON change (update_id) WHERE update_id IS NOT NULL;
  CREATE INDEX change_at ON change (at_ms, number);
  CREATE TABLE record (
    id   TEXT NOT NULL UNIQUE,
    data TEXT NOT NULL
  ) STRICT;
  CREATE TABLE record_key (
    key       TEXT NOT NULL,
    record_id TEXT NOT NULL,
    PRIMARY KEY (key, record_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE film (
    id      TEXT NOT NULL UNIQUE,
    status  TEXT NOT NULL,
    version INTEGER NOT NULL,
    year    INTEGER,
    title   TEXT,
    into_id TEXT,
    records TEXT,
    json    TEXT NOT NULL
  ) STRICT;
  CREATE INDEX film_by_version ON film (version DESC, id, year) WHERE status = 'live';
  CREATE TABLE term (
    id    INTEGER PRIMARY KEY,
    term  TEXT NOT NULL UNIQUE,
    films INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE posting (
    term INTEGER NOT NULL,
    year INTEGER NOT NULL,
    film TEXT NOT NULL,
    PRIMARY KEY (term, year DESC, film)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE title_posting (
    term  INTEGER NOT NULL,
    title TEXT NOT NULL,
    film  TEXT NOT NULL,
    year  INTEGER NOT NULL,
    PRIMARY KEY (term, title, film)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE follow_cursor (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    followed INTEGER NOT NULL
  ) STRICT;
  INSERT INTO follow_cursor VALUES (1, 0);
  `,
  `
  CREATE TABLE name_key (
    tier INTEGER NOT NULL,
    key  TEXT NOT NULL,
    PRIMARY KEY (tier, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE word (
    start TEXT NOT NULL,
    word  TEXT NOT NULL,
    uses  INTEGER NOT NULL,
    PRIMARY KEY (start, word)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE word_deletion (
    deletion TEXT NOT NULL,
    start    TEXT NOT NULL,
    PRIMARY KEY (deletion, start)
  ) STRICT, WITHOUT ROWID;
  `,
];

/** The version before years were counted and suggestions kept. */
const WITHOUT_SUGGESTIONS = 2;

/**
 * Brings the schema up to date, in one transaction that other processes wait for.
 *
 * @returns the version that was found; 0 for a new database.
 */
export function migrate(connection: Connection): number {
  const { database } = connection;
  if (versionOf(database) === MIGRATIONS.length) return MIGRATIONS.length;
  database.exec("BEGIN IMMEDIATE");
  try {
    const version = versionOf(database);
    if (version > MIGRATIONS.length) {
      throw new MovieStoreError(
        "corrupt",
        `the database has schema ${version}, this release knows ${MIGRATIONS.length}`,
      );
    }
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    if (version > 0 && version <= WITHOUT_SUGGESTIONS) {
      remakeYears(connection);
      remakeSuggestions(connection);
    }
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec("COMMIT");
    return version;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}
