/** Movie details of the TMDB API, with `append_to_response=credits`. */

import { badField, checkFacts, type FormatResult, isSilent, type RawObject } from "./reading.ts";

const FIELD_NAMES = {
  year: "release_date",
  releaseDate: "release_date",
  cast: "credits.cast",
  directors: "credits.crew",
  countries: "production_countries",
  languages: "spoken_languages",
  runtimeMinutes: "runtime",
  "poster.url": "poster_path",
  "externalIds.imdb": "imdb_id",
  "externalIds.tmdb": "id",
} as const;

/** TMDB serves posters by path below an address with the width in its name (TMDB, "Image basics"). */
const POSTER_WIDTH = 500;
const POSTER_ADDRESS = `https://image.tmdb.org/t/p/w${POSTER_WIDTH}`;

export function readTmdb(object: RawObject): FormatResult {
  const id = object["id"];
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1)
    return badField("id", "is not a TMDB id");
  const released = object["release_date"];
  const imdbId = object["imdb_id"];
  const credits = record(object["credits"]);
  const facts = checkFacts(
    {
      title: object["title"],
      year: typeof released === "string" && /^\d{4}-/.test(released) ? released.slice(0, 4) : undefined,
      releaseDate: released,
      cast: namesOf(inOrder(credits["cast"])),
      directors: namesOf(credits["crew"], (member) => member["job"] === "Director"),
      genres: namesOf(object["genres"]),
      countries: namesOf(object["production_countries"]),
      languages: namesOf(object["spoken_languages"]),
      overview: object["overview"],
      runtimeMinutes: object["runtime"] === 0 ? undefined : object["runtime"],
      poster: posterOf(object["poster_path"]),
      externalIds: { tmdb: String(id), ...(isSilent(imdbId) ? {} : { imdb: imdbId }) },
    },
    FIELD_NAMES,
  );
  return "code" in facts ? facts : { sourceId: String(id), facts };
}

function posterOf(path: unknown): unknown {
  if (isSilent(path)) return undefined;
  return { url: typeof path === "string" ? POSTER_ADDRESS + path : path, width: POSTER_WIDTH };
}

function record(value: unknown): RawObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as RawObject) : {};
}

function inOrder(cast: unknown): unknown {
  if (!Array.isArray(cast)) return cast;
  return cast.toSorted((a, b) => orderOf(a) - orderOf(b));
}

function orderOf(member: unknown): number {
  const order = record(member)["order"];
  return typeof order === "number" ? order : Number.MAX_SAFE_INTEGER;
}

/** The names of a list of objects; what is no such list is left as it is and refused by the check. */
function namesOf(list: unknown, keep: (member: RawObject) => boolean = () => true): unknown {
  if (!Array.isArray(list)) return list;
  const names = list
    .map(record)
    .filter(keep)
    .map((member) => (isSilent(member["english_name"]) ? member["name"] : member["english_name"]));
  return [...new Set(names)];
}
