/** The rival for misses: Express on a textbook's schema in MySQL, with joins and without a cache: `<mysql://…>`. */

import type { AddressInfo } from "node:net";
import express from "express";
import { createPool, type RowDataPacket } from "mysql2/promise";

const PAGE = 20;

const pool = createPool({ uri: process.argv[2] as string, connectionLimit: 10 });

interface Searched {
  readonly join?: string;
  readonly where: string;
  readonly value: (text: string) => string | number;
}

const SEARCHES: Readonly<Record<string, Searched>> = {
  year: { where: "m.year = ?", value: Number },
  title: { where: "m.title LIKE ?", value: (text) => `%${text.replaceAll(/[%_\\]/g, "\\$&")}%` },
  cast: {
    join: "JOIN movie_cast c ON c.movie_id = m.id JOIN person p ON p.id = c.person_id",
    where: "p.name = ?",
    value: String,
  },
  genre: {
    join: "JOIN movie_genre mg ON mg.movie_id = m.id JOIN genre g ON g.id = mg.genre_id",
    where: "g.name = ?",
    value: String,
  },
};

const app = express();
app.get("/v1/movies", async (request, response) => {
  const asked = Object.entries(SEARCHES).filter(([name]) => request.query[name] !== undefined);
  const joins = asked.map(([, { join }]) => join ?? "").join(" ");
  const where = asked.map(([, search]) => search.where).join(" AND ");
  const values = asked.map(([name, { value }]) => value(String(request.query[name])));
  const [movies] = await pool.query<RowDataPacket[]>(
    `SELECT m.id, m.title, m.year, m.extract FROM movie m ${joins}
     WHERE ${where} ORDER BY m.year DESC, m.id LIMIT ${PAGE}`,
    values,
  );
  const ids = movies.map(({ id }) => id as number);
  const [cast, genres] = await Promise.all([namesOf(ids, "person"), namesOf(ids, "genre")]);
  response.json({
    movies: movies.map((movie) => ({
      ...movie,
      cast: cast.get(movie["id"]) ?? [],
      genres: genres.get(movie["id"]) ?? [],
    })),
  });
});
const server = app.listen(0, "127.0.0.1", () =>
  console.error(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);

async function namesOf(ids: readonly number[], table: "person" | "genre"): Promise<Map<number, string[]>> {
  const names = new Map<number, string[]>();
  if (ids.length === 0) return names;
  const links = table === "person" ? "movie_cast" : "movie_genre";
  const [rows] = await pool.query<RowDataPacket[]>(
    `SELECT l.movie_id, n.name FROM ${links} l JOIN ${table} n ON n.id = l.${table}_id WHERE l.movie_id IN (?)`,
    [ids],
  );
  for (const { movie_id, name } of rows) {
    const known = names.get(movie_id as number);
    if (known === undefined) names.set(movie_id as number, [name as string]);
    else known.push(name as string);
  }
  return names;
}
