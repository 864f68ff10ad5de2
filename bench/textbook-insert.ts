/** The rival: films in a textbook's schema, one after the other, each in a transaction of its own. */

import { type Connection, createConnection } from "mysql2/promise";
import type { Film } from "./corpus.ts";

const DATABASE = "movie_store_bench_textbook";

export const TEXTBOOK_SCHEMA = [
  "CREATE TABLE movie (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(500), year INT, extract TEXT, KEY (title), KEY (year))",
  "CREATE TABLE person (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL UNIQUE)",
  "CREATE TABLE genre (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255) NOT NULL UNIQUE)",
  "CREATE TABLE movie_cast (movie_id INT, person_id INT, PRIMARY KEY (movie_id, person_id), KEY (person_id))",
  "CREATE TABLE movie_genre (movie_id INT, genre_id INT, PRIMARY KEY (movie_id, genre_id), KEY (genre_id))",
];

/** @returns films a second. */
export async function textbookInsertRate(server: string, films: readonly Film[]): Promise<number> {
  const connection = await createConnection(server);
  try {
    await connection.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
    await connection.query(`CREATE DATABASE ${DATABASE}`);
    await connection.query(`USE ${DATABASE}`);
    for (const statement of TEXTBOOK_SCHEMA) await connection.query(statement);
    const started = performance.now();
    for (const film of films) await insert(connection, film);
    return (films.length / (performance.now() - started)) * 1000;
  } finally {
    await connection.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
    await connection.end();
  }
}

async function insert(connection: Connection, film: Film): Promise<void> {
  await connection.beginTransaction();
  const [made] = await connection.execute("INSERT INTO movie (title, year, extract) VALUES (?, ?, ?)", [
    film.title,
    film.year,
    typeof film["extract"] === "string" ? film["extract"] : null,
  ]);
  const id = (made as { readonly insertId: number }).insertId;
  for (const name of film.cast) await link(connection, id, "person", "movie_cast", name);
  for (const name of film.genres) await link(connection, id, "genre", "movie_genre", name);
  await connection.commit();
}

async function link(
  connection: Connection,
  movie: number,
  table: "person" | "genre",
  links: string,
  name: string,
): Promise<void> {
  await connection.execute(`INSERT IGNORE INTO ${table} (name) VALUES (?)`, [name]);
  await connection.execute(
    `INSERT IGNORE INTO ${links} (movie_id, ${table}_id) SELECT ?, id FROM ${table} WHERE name = ?`,
    [movie, name],
  );
}
