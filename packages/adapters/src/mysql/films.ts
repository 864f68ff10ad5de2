/** The rows of films. */

import {
  type FilmState,
  type FilmWrite,
  lazyStoredFilm,
  MOVIE_ID_PATTERN,
  readMovie,
  type StoredFilm,
  sortTitle,
  sortYear,
} from "@movie-store/core";
import type { Connection, Row } from "./connection.ts";
import { behindId, idLiteral, idOfBytes } from "./ids.ts";
import { STATUS, YEAR_DOWN } from "./schema.ts";
import { insertRows, optional, pieces, textLiteral } from "./sql.ts";

/** Where films stand: the tables, or those that a rebuild fills. */
export interface FilmTables {
  readonly film: string;
  readonly filmJson: string;
}

const TABLES: FilmTables = { film: "film", filmJson: "film_json" };
const COLUMNS = "f.id, f.status, f.version, f.into_id, f.records, j.json";

export async function filmsOfIds(
  connection: Connection,
  ids: readonly string[],
  tables = TABLES,
): Promise<ReadonlyMap<string, StoredFilm>> {
  const found = new Map<string, StoredFilm>();
  for (const some of pieces(ids.filter(isId))) {
    const sql = `SELECT ${COLUMNS} FROM ${joined(tables)} WHERE f.id IN (${some.map(idLiteral).join(",")})`;
    for (const row of await connection.rows(sql)) found.set(idOfBytes(row["id"]), storedFilm(row));
  }
  return found;
}

/** In one statement, so that films and version are of one moment. */
export async function filmsAndVersion(
  connection: Connection,
  ids: readonly string[],
): Promise<{ readonly films: readonly (StoredFilm | undefined)[]; readonly version: number }> {
  const wanted = ids.filter(isId).map(idLiteral);
  const rows = await connection.rows(
    `SELECT store.number, ${COLUMNS} FROM store
       LEFT JOIN (${joined(TABLES)}) ON f.id IN (${wanted.join(",") || "NULL"}) WHERE store.id = 1`,
  );
  const found = new Map<string, StoredFilm>();
  for (const row of rows) if (row["id"] !== null) found.set(idOfBytes(row["id"]), storedFilm(row));
  return { films: ids.map((id) => found.get(id)), version: Number(rows[0]?.["number"] ?? 0) };
}

export async function filmsAfter(
  connection: Connection,
  after: string,
  limit: number,
  tables = TABLES,
): Promise<readonly StoredFilm[]> {
  const sql = `SELECT ${COLUMNS} FROM ${joined(tables)} WHERE ${behindId("f.id", after)} ORDER BY f.id LIMIT ${limit}`;
  return (await connection.rows(sql)).map(storedFilm);
}

function joined({ film, filmJson }: FilmTables): string {
  return `${film} f JOIN ${filmJson} j ON j.id = f.id`;
}

export async function writeFilms(
  connection: Connection,
  films: readonly FilmWrite[],
  tables = TABLES,
): Promise<void> {
  const inOrder = films.toSorted((a, b) => (a.after.state.id < b.after.state.id ? -1 : 1));
  // A film that was there is taken away first: fewer rows than an ON DUPLICATE KEY would have to look for.
  const old = inOrder
    .filter(({ before }) => before !== undefined)
    .map(({ after }) => idLiteral(after.state.id));
  for (const table of [tables.film, tables.filmJson]) {
    for (const some of pieces(old))
      await connection.run(`DELETE FROM ${table} WHERE id IN (${some.join(",")})`);
  }
  await insertRows(
    connection,
    `INSERT INTO ${tables.film} (id, status, version, year_down, title, into_id, records) VALUES`,
    inOrder.values().map(({ after }) => filmRow(after)),
  );
  await insertRows(
    connection,
    `INSERT INTO ${tables.filmJson} (id, json) VALUES`,
    inOrder.values().map(({ after }) => `(${idLiteral(after.state.id)},${textLiteral(after.json)})`),
  );
}

function filmRow({ state, version }: StoredFilm): string {
  const content = state.status === "live" ? state.content : undefined;
  const columns = [
    idLiteral(state.id),
    STATUS[state.status],
    version,
    optional(content, (live) => String(YEAR_DOWN - sortYear(live))),
    optional(content, (live) => textLiteral(sortTitle(live))),
    state.status === "merged" ? idLiteral(state.into) : "NULL",
    state.status === "merged" ? "NULL" : textLiteral(JSON.stringify(state.records)),
  ];
  return `(${columns.join(",")})`;
}

export function storedFilm(row: Row): StoredFilm {
  const json = row["json"] as string;
  return lazyStoredFilm(row["version"] as number, json, () => stateOf(row, json));
}

function stateOf(row: Row, json: string): FilmState {
  const id = idOfBytes(row["id"]);
  if (row["status"] === STATUS.merged) return { id, status: "merged", into: idOfBytes(row["into_id"]) };
  const records = JSON.parse(row["records"] as string) as readonly string[];
  if (row["status"] === STATUS.withdrawn) return { id, status: "withdrawn", records };
  return { id, status: "live", content: readMovie(json), records };
}

function isId(id: string): boolean {
  return MOVIE_ID_PATTERN.test(id);
}
