/** The rival's films to search in: a textbook's schema, filled in bulk and kept for later runs. */

import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { type Film, scaledFilms } from "./corpus.ts";
import { TEXTBOOK_SCHEMA } from "./textbook-insert.ts";

const ROWS_A_STATEMENT = 2_000;
const FILMS_A_LINKING = 50_000;

/** @returns the URL of the database of `count` films. */
export async function textbookStore(server: string, real: readonly Film[], count: number): Promise<string> {
  const name = `movie_store_bench_textbook_${count}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const connection = await createConnection(server);
  try {
    const [found] = await connection.query<RowDataPacket[]>("SHOW DATABASES LIKE ?", [name]);
    if (found.length > 0) return url.href;
    const startedMs = performance.now();
    await connection.query(`DROP DATABASE IF EXISTS ${name}_draft`);
    await connection.query(`CREATE DATABASE ${name}_draft`);
    await connection.query(`USE ${name}_draft`);
    for (const statement of TEXTBOOK_SCHEMA) await connection.query(statement);
    await fill(connection, () => scaledFilms(real, count), count);
    await connection.query(`CREATE DATABASE ${name}`);
    const tables = ["movie", "person", "genre", "movie_cast", "movie_genre"];
    await connection.query(
      `RENAME TABLE ${tables.map((table) => `${name}_draft.${table} TO ${name}.${table}`).join(", ")}`,
    );
    await connection.query(`ANALYZE TABLE ${tables.map((table) => `${name}.${table}`).join(", ")}`);
    console.error(
      `${count} films in the textbook's store after ${Math.round((performance.now() - startedMs) / 1_000)} s`,
    );
    return url.href;
  } finally {
    await connection.query(`DROP DATABASE IF EXISTS ${name}_draft`);
    await connection.end();
  }
}

async function fill(connection: Connection, films: () => Iterable<Film>, count: number): Promise<void> {
  const movies = rowsOf(films(), ({ title, year, extract }, id) => [[id, title, year, extract ?? null]]);
  await insert(connection, "movie (id, title, year, extract)", movies);
  const names = (namesOf: (film: Film) => readonly string[]) =>
    rowsOf(films(), (film, id) => namesOf(film).map((name) => [id, name]));
  await link(
    connection,
    "person",
    "movie_cast",
    names(({ cast }) => cast),
    count,
  );
  await link(
    connection,
    "genre",
    "movie_genre",
    names(({ genres }) => genres),
    count,
  );
}

/** The server decides which names are one, by its collation. */
async function link(
  connection: Connection,
  table: "person" | "genre",
  links: string,
  pairs: Iterable<readonly unknown[]>,
  films: number,
): Promise<void> {
  await connection.query("CREATE TEMPORARY TABLE link (movie_id INT, name VARCHAR(255), KEY (movie_id))");
  await insert(connection, "link (movie_id, name)", pairs);
  for (let from = 1; from <= films; from += FILMS_A_LINKING) {
    const some = `WHERE link.movie_id BETWEEN ${from} AND ${from + FILMS_A_LINKING - 1}`;
    await connection.query(`INSERT IGNORE INTO ${table} (name) SELECT DISTINCT name FROM link ${some}`);
    await connection.query(
      `INSERT IGNORE INTO ${links} SELECT link.movie_id, ${table}.id FROM link JOIN ${table} USING (name) ${some}`,
    );
  }
  await connection.query("DROP TEMPORARY TABLE link");
}

/** Films are numbered from 1. */
function* rowsOf(
  films: Iterable<Film>,
  rows: (film: Film, id: number) => readonly (readonly unknown[])[],
): Generator<readonly unknown[]> {
  let id = 0;
  for (const film of films) yield* rows(film, ++id);
}

async function insert(
  connection: Connection,
  into: string,
  rows: Iterable<readonly unknown[]>,
): Promise<void> {
  const write = (some: readonly (readonly unknown[])[]) =>
    connection.query(`INSERT IGNORE INTO ${into} VALUES ?`, [some]);
  let some: (readonly unknown[])[] = [];
  for (const row of rows) {
    if (some.push(row) < ROWS_A_STATEMENT) continue;
    await write(some);
    some = [];
  }
  if (some.length > 0) await write(some);
}
