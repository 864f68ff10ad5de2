/** The rival's films to search in: a textbook's schema, filled in bulk and kept for later runs. */

import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import type { Film } from "./corpus.ts";
import { TEXTBOOK_SCHEMA } from "./textbook-insert.ts";

const ROWS_A_STATEMENT = 2_000;

/** @returns the URL of the database. */
export async function textbookStore(server: string, films: readonly Film[]): Promise<string> {
  const name = `movie_store_bench_textbook_${films.length}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const connection = await createConnection(server);
  try {
    const [found] = await connection.query<RowDataPacket[]>("SHOW DATABASES LIKE ?", [name]);
    if (found.length > 0) return url.href;
    await connection.query(`CREATE DATABASE ${name}_draft`);
    await connection.query(`USE ${name}_draft`);
    for (const statement of TEXTBOOK_SCHEMA) await connection.query(statement);
    await fill(connection, films);
    await connection.query(`CREATE DATABASE ${name}`);
    const tables = ["movie", "person", "genre", "movie_cast", "movie_genre"];
    await connection.query(
      `RENAME TABLE ${tables.map((table) => `${name}_draft.${table} TO ${name}.${table}`).join(", ")}`,
    );
    await connection.query(`ANALYZE TABLE ${tables.map((table) => `${name}.${table}`).join(", ")}`);
    return url.href;
  } finally {
    await connection.query(`DROP DATABASE IF EXISTS ${name}_draft`);
    await connection.end();
  }
}

async function fill(connection: Connection, films: readonly Film[]): Promise<void> {
  const movies = films.map(({ title, year, extract }, at) => [at + 1, title, year, extract ?? null]);
  await insert(connection, "movie (id, title, year, extract)", movies);
  await link(connection, "person", "movie_cast", films, ({ cast }) => cast);
  await link(connection, "genre", "movie_genre", films, ({ genres }) => genres);
}

/** The server decides which names are one, by its collation. */
async function link(
  connection: Connection,
  table: "person" | "genre",
  links: string,
  films: readonly Film[],
  namesOf: (film: Film) => readonly string[],
): Promise<void> {
  const pairs = films.flatMap((film, at) => namesOf(film).map((name) => [at + 1, name]));
  await connection.query("CREATE TEMPORARY TABLE link (movie_id INT, name VARCHAR(255))");
  await insert(connection, "link (movie_id, name)", pairs);
  await connection.query(`INSERT IGNORE INTO ${table} (name) SELECT DISTINCT name FROM link`);
  await connection.query(
    `INSERT IGNORE INTO ${links} SELECT link.movie_id, ${table}.id FROM link JOIN ${table} USING (name)`,
  );
  await connection.query("DROP TEMPORARY TABLE link");
}

async function insert(connection: Connection, into: string, rows: readonly unknown[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    await connection.query(`INSERT IGNORE INTO ${into} VALUES ?`, [rows.slice(at, at + ROWS_A_STATEMENT)]);
  }
}
