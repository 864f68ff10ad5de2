/**
 * The tables, and their versions.
 *
 * Append-only: `update_log`, `update_body`, `film_change`. Derived from them: `record`, `record_key`, `film`, `film_json`,
 * `term`, `posting`, `title_posting`. `store` has one row: the last numbers that were given, and the schema that may be
 * written; every writer locks it first.
 * Suggestions are read from `name_key` (the keys of people, see core's name-keys.ts), `word` (every word of a title or a
 * name) and `word_deletion` (see core's spelling.ts), all of them derived from `term`.
 * `follow_cursor` has one row as well: how far a shared cache has followed the changes. No writer waits for it.
 *
 * `record` and `film_json` are long and clustered by the order in which they came, so that new ones fill one page after
 * the other; their ids, which are random, are indexes beside them.
 *
 * `posting` is clustered by term, year (newest first) and film: the first page of a term is one short range of it.
 * `title_posting` is the same in the order of titles, without pieces of titles and people (postings.ts). It has the
 * version of the film, so that a thousand films are sorted by it without a look at each. The last of them are in
 * `title_posting_recent`, see title-postings.ts; `title_posting_sweep` has one row, or none.
 * `version_posting` is that of genres in the order of the last change. `pair_posting` has the films that two of the terms
 * in `common_term` share, see common-terms.ts; `store.common_terms` is how many these are.
 *
 * `film` is small enough to stay in memory, so that searches can look at films that they do not answer with; the
 * finished JSON is ten times its size and stands apart.
 *
 * Everything is compared as bytes. Ids of films and records are 10 bytes (ids.ts). `year_down` is 9,999 less the year,
 * so that ascending is newest first on every server. Texts without a bound are never indexed, only their hashes.
 */

export const YEAR_DOWN = 9_999;

const TEXT = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
const OPTIONS = "ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

/** Tables that a rebuild makes anew beside the others and puts in their place. */
export const REBUILT = [
  "record",
  "record_key",
  "film",
  "film_json",
  "term",
  "posting",
  "title_posting",
  "name_key",
  "word",
  "title_posting_recent",
  "title_posting_sweep",
  "version_posting",
  "pair_posting",
  "common_term",
  "store",
] as const;

export function hasColumn(table: string, column: string): string {
  return `EXISTS (SELECT 1 FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = '${table}' AND column_name = '${column}')`;
}

/** Repeatable, which ALTER TABLE is not: done where the table has no such column yet. */
function alterWithout(column: string, table: string, change: string): readonly string[] {
  return [
    `SET @statement = IF(${hasColumn(table, column)}, 'DO 0', 'ALTER TABLE ${table} ${change}')`,
    "PREPARE statement FROM @statement",
    "EXECUTE statement",
  ];
}

function clusteredByArrival(table: string): readonly string[] {
  return alterWithout(
    "place",
    table,
    `DROP PRIMARY KEY, ADD COLUMN place BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST,
      ADD UNIQUE KEY ${table}_of_id (id)`,
  );
}

/** `store.schema_version` while a migration is at work: nobody writes then. */
export const MIGRATING = 0;

/**
 * The statements of each version. Each can be repeated: a migration that was cut off begins its version again. They only
 * add, and what they add to a table has a default: pods of the release before go on reading, see docs/decisions/0021.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE IF NOT EXISTS store (
      id            TINYINT UNSIGNED NOT NULL PRIMARY KEY,
      number        BIGINT UNSIGNED NOT NULL,
      at_ms         BIGINT NOT NULL,
      sequence      BIGINT UNSIGNED NOT NULL,
      terms         INT UNSIGNED NOT NULL DEFAULT 0,
      is_rebuilding TINYINT UNSIGNED NOT NULL
    ) ${OPTIONS}`,
    "INSERT IGNORE INTO store (id, number, at_ms, sequence, is_rebuilding) VALUES (1, 0, 0, 0, 0)",
    `CREATE TABLE IF NOT EXISTS follow_cursor (
      id       TINYINT UNSIGNED NOT NULL PRIMARY KEY,
      followed BIGINT UNSIGNED NOT NULL
    ) ${OPTIONS}`,
    "INSERT IGNORE INTO follow_cursor (id, followed) VALUES (1, 0)",
    `CREATE TABLE IF NOT EXISTS update_log (
      sequence       BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      update_id      BINARY(26) NOT NULL,
      provider       VARBINARY(256) NOT NULL,
      bucket         BLOB NOT NULL,
      object_key     BLOB NOT NULL,
      key_hash       BINARY(16) NOT NULL,
      version_id     BLOB,
      sequencer      BLOB,
      event_time_ms  BIGINT NOT NULL,
      received_at_ms BIGINT NOT NULL,
      content_hash   BINARY(32) NOT NULL,
      source_id      BLOB,
      record_id      BINARY(10),
      time_ms        BIGINT,
      withdraws      TINYINT UNSIGNED,
      rejection      MEDIUMTEXT ${TEXT},
      first_change   BIGINT UNSIGNED,
      changes        INT UNSIGNED NOT NULL,
      UNIQUE KEY update_of_id (update_id),
      KEY update_of_record (record_id),
      KEY update_of_provider (provider, sequence),
      KEY update_of_key (key_hash, sequence)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS update_body (
      sequence BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      bytes    MEDIUMBLOB NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS update_rejected (
      sequence BIGINT UNSIGNED NOT NULL PRIMARY KEY
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS film_change (
      number    BIGINT UNSIGNED NOT NULL PRIMARY KEY,
      at_ms     BIGINT NOT NULL,
      kind      VARBINARY(10) NOT NULL,
      movie_id  BINARY(10) NOT NULL,
      update_id BINARY(26),
      provider  VARBINARY(256),
      into_id   BINARY(10),
      from_id   BINARY(10),
      previous  BIGINT UNSIGNED,
      after     MEDIUMTEXT ${TEXT} NOT NULL,
      KEY change_of_movie (movie_id, number),
      KEY change_at (at_ms, number)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS record (
      id   BINARY(10) NOT NULL PRIMARY KEY,
      data MEDIUMTEXT ${TEXT} NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS record_key (
      key_hash  BINARY(16) NOT NULL,
      record_id BINARY(10) NOT NULL,
      PRIMARY KEY (key_hash, record_id)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS film (
      id        BINARY(10) NOT NULL PRIMARY KEY,
      status    TINYINT UNSIGNED NOT NULL,
      version   BIGINT UNSIGNED NOT NULL,
      year_down SMALLINT UNSIGNED,
      title     BLOB,
      into_id   BINARY(10),
      records   MEDIUMTEXT ${TEXT},
      KEY film_by_version (status, version, year_down)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS film_json (
      id   BINARY(10) NOT NULL PRIMARY KEY,
      json MEDIUMTEXT ${TEXT} NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS term (
      term  VARBINARY(3072) NOT NULL PRIMARY KEY,
      id    INT UNSIGNED NOT NULL,
      films INT UNSIGNED NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS posting (
      term      INT UNSIGNED NOT NULL,
      year_down SMALLINT UNSIGNED NOT NULL,
      film      BINARY(10) NOT NULL,
      PRIMARY KEY (term, year_down, film)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS title_posting (
      term      INT UNSIGNED NOT NULL,
      title     VARBINARY(3058) NOT NULL,
      film      BINARY(10) NOT NULL,
      year_down SMALLINT UNSIGNED NOT NULL,
      version   BIGINT UNSIGNED NOT NULL,
      PRIMARY KEY (term, title, film)
    ) ${OPTIONS}`,
  ],
  [
    `CREATE TABLE IF NOT EXISTS name_key (
      tier     TINYINT UNSIGNED NOT NULL,
      name_key VARBINARY(640) NOT NULL,
      PRIMARY KEY (tier, name_key)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS word (
      start VARBINARY(20) NOT NULL,
      word  VARBINARY(160) NOT NULL,
      uses  INT NOT NULL,
      PRIMARY KEY (start, word)
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS word_deletion (
      deletion VARBINARY(20) NOT NULL,
      start    VARBINARY(20) NOT NULL,
      PRIMARY KEY (deletion, start)
    ) ${OPTIONS}`,
  ],
  [
    ...clusteredByArrival("film_json"),
    ...clusteredByArrival("record"),
    "CREATE TABLE IF NOT EXISTS title_posting_recent LIKE title_posting",
    `CREATE TABLE IF NOT EXISTS title_posting_sweep (
      id    TINYINT UNSIGNED NOT NULL PRIMARY KEY,
      held  BIGINT UNSIGNED NOT NULL,
      term  INT UNSIGNED NOT NULL,
      title VARBINARY(3058) NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS version_posting (
      term      INT UNSIGNED NOT NULL,
      version   BIGINT UNSIGNED NOT NULL,
      film      BINARY(10) NOT NULL,
      year_down SMALLINT UNSIGNED NOT NULL,
      PRIMARY KEY (term, version, film)
    ) ${OPTIONS}`,
    `INSERT IGNORE INTO version_posting (term, version, film, year_down)
      SELECT p.term, p.version, p.film, p.year_down FROM term t STRAIGHT_JOIN title_posting p ON p.term = t.id
      WHERE t.term >= 'g:' AND t.term < 'g;'`,
  ],
  // Releases of the schemas before read `terms` and write it with each update: now they can only read it.
  alterWithout(
    "schema_version",
    "store",
    `RENAME COLUMN terms TO last_term, ADD COLUMN terms INT UNSIGNED AS (last_term) VIRTUAL,
      ADD COLUMN schema_version SMALLINT UNSIGNED NOT NULL DEFAULT ${MIGRATING}`,
  ),
  [
    `CREATE TABLE IF NOT EXISTS common_term (
      term     INT UNSIGNED NOT NULL PRIMARY KEY,
      is_genre TINYINT UNSIGNED NOT NULL
    ) ${OPTIONS}`,
    `CREATE TABLE IF NOT EXISTS pair_posting (
      a         INT UNSIGNED NOT NULL,
      b         INT UNSIGNED NOT NULL,
      year_down SMALLINT UNSIGNED NOT NULL,
      film      BINARY(10) NOT NULL,
      PRIMARY KEY (a, b, year_down, film)
    ) ${OPTIONS}`,
    ...alterWithout("common_terms", "store", "ADD COLUMN common_terms INT UNSIGNED NOT NULL DEFAULT 0"),
  ],
];

/** What this release reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** The version before years were counted and suggestions kept, see fill-suggestions.ts. */
export const WITHOUT_SUGGESTIONS = 1;

/** The first version that keeps lists of pairs, see fill-pairs.ts. */
export const WITH_PAIRS = 5;

/** `film.status`. */
export const STATUS = { live: 1, withdrawn: 2, merged: 3 } as const;
