/** The 32,608 real films that the tests run on where they are at hand, and a brute force that answers searches on them. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type FindParameters, recordIdOf } from "@movie-store/core";

export const PROVIDER = "wikipedia";

const FOLDER = process.env["MOVIE_STORE_REAL_DATA"] ?? resolve(import.meta.dirname, "../../shared/data");

/** The folder of the real films, or `undefined` where there is none. */
export const realDataFolder: string | undefined = existsSync(FOLDER) ? FOLDER : undefined;

export const WHY_SKIPPED =
  "set MOVIE_STORE_REAL_DATA to a folder of wikipedia-movie-data as .ndjson to run this";

interface RawFilm {
  readonly title: string;
  readonly year: number;
  readonly cast: readonly string[];
  readonly genres: readonly string[];
  readonly href?: string;
}

export function realLines(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ndjson"))
    .flatMap((file) => readFileSync(join(folder, file), "utf8").split("\n"))
    .filter((line) => line !== "");
}

/** A film as the brute force knows it, with the id that the store gives it. */
export interface KnownFilm extends RawFilm {
  readonly id: string;
  readonly name: string;
  readonly words: ReadonlySet<string>;
  readonly people: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/**
 * What the store should hold. Entries with the same page, title and year are one film of the provider; they are of the
 * same time here, so the greater hash of their bytes decides.
 */
export function knownFilms(lines: readonly string[]): readonly KnownFilm[] {
  const films = new Map<string, { readonly film: KnownFilm; readonly hash: string }>();
  for (const line of lines) {
    const raw = JSON.parse(line) as RawFilm;
    const id = recordIdOf(PROVIDER, `${raw.href ?? ""}|${raw.title}|${raw.year}`);
    const hash = createHash("sha256").update(line).digest("hex");
    const before = films.get(id);
    if (before !== undefined && before.hash > hash) continue;
    const name = plain(raw.title);
    const words = new Set(name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ""));
    const film = {
      ...raw,
      id,
      name,
      words,
      people: new Set(raw.cast.map(plain)),
      kinds: new Set(raw.genres.map(plain)),
    };
    films.set(id, { film, hash });
  }
  return [...films.values()].map(({ film }) => film);
}

/** The normalised name, written down a second time from its definition. */
function plain(name: string): string {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/\s+/).filter(Boolean).join(" ");
}

/** The ids of all films that match, in order; looked for one by one. */
export function bruteForce(films: readonly KnownFilm[], search: FindParameters): readonly string[] {
  const sort = search.sort ?? "-year";
  return films
    .filter((film) => isWanted(film, search))
    .sort((a, b) => order(sort, a, b) || compare(a.id, b.id))
    .map(({ id }) => id);
}

function order(sort: string, a: KnownFilm, b: KnownFilm): number {
  if (sort === "year") return a.year - b.year;
  if (sort === "-year") return b.year - a.year;
  return sort === "title" ? compare(a.name, b.name) : compare(b.name, a.name);
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isWanted(film: KnownFilm, search: FindParameters): boolean {
  const has = (set: ReadonlySet<string>) => (name: string) => set.has(plain(name));
  const years = search.year ?? [];
  return (
    (search.title === undefined || isNamed(film, plain(search.title), search.match ?? "words")) &&
    (years.length === 0 || years.some((range) => isWithin(film.year, range))) &&
    (search.cast ?? []).every(has(film.people)) &&
    (search.genre ?? []).every(has(film.kinds)) &&
    (search["cast.any"] === undefined || search["cast.any"].some(has(film.people))) &&
    (search["genre.any"] === undefined || search["genre.any"].some(has(film.kinds))) &&
    !(search["cast.not"] ?? []).some(has(film.people)) &&
    !(search["genre.not"] ?? []).some(has(film.kinds)) &&
    (search.provider === undefined || search.provider === PROVIDER)
  );
}

function isNamed(film: KnownFilm, text: string, match: string): boolean {
  if (match === "exact") return film.name === text;
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  if (match === "contains" || words.length === 0) return film.name.includes(text);
  if (match === "words") return words.every((word) => film.words.has(word));
  const last = words.at(-1) as string;
  return (
    words.slice(0, -1).every((word) => film.words.has(word)) &&
    [...film.words].some((word) => word.startsWith(last))
  );
}

function isWithin(year: number, range: string): boolean {
  const [from = "", to = from] = range.split("..");
  return year >= Number(from || 0) && year <= Number(to || 9999);
}
