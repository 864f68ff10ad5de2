/** The answer of the OMDb API to a film: every value is a text, "N/A" stands for a missing one. */

import { badField, checkFacts, type FormatResult, isSilent, type RawObject, splitList } from "./reading.ts";

const FIELD_NAMES = {
  title: "Title",
  year: "Year",
  cast: "Actors",
  genres: "Genre",
  directors: "Director",
  countries: "Country",
  languages: "Language",
  overview: "Plot",
  runtimeMinutes: "Runtime",
  releaseDate: "Released",
  "poster.url": "Poster",
  "externalIds.imdb": "imdbID",
} as const;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function readOmdb(object: RawObject): FormatResult {
  const type = stated(object, "Type");
  if (type !== undefined && type !== "movie") return badField("Type", "is not movie: only films are kept");
  const imdbId = stated(object, "imdbID");
  if (imdbId === undefined) return badField("imdbID", "is missing");
  if (typeof imdbId !== "string") return badField("imdbID", "is not a text");
  const poster = stated(object, "Poster");
  const facts = checkFacts(
    {
      title: stated(object, "Title"),
      year: stated(object, "Year"),
      cast: splitList(stated(object, "Actors"), ","),
      genres: splitList(stated(object, "Genre"), ","),
      directors: splitList(stated(object, "Director"), ","),
      countries: splitList(stated(object, "Country"), ","),
      languages: splitList(stated(object, "Language"), ","),
      overview: stated(object, "Plot"),
      runtimeMinutes: readMinutes(stated(object, "Runtime")),
      releaseDate: readDate(stated(object, "Released")),
      poster: poster === undefined ? undefined : { url: poster },
      externalIds: { imdb: imdbId },
    },
    FIELD_NAMES,
  );
  return "code" in facts ? facts : { sourceId: imdbId, facts };
}

function stated(object: RawObject, field: string): unknown {
  const value = object[field];
  return value === "N/A" || isSilent(value) ? undefined : value;
}

/** "136 min"; a text of another form is left as it is and refused by the check. */
function readMinutes(value: unknown): unknown {
  const match = typeof value === "string" ? /^(\d{1,6}) ?(min|mins|minutes)?$/.exec(value.trim()) : null;
  return match === null ? value : Number(match[1]);
}

/** "31 Mar 1999" */
function readDate(value: unknown): unknown {
  const match = typeof value === "string" ? /^(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})$/.exec(value.trim()) : null;
  const month = MONTHS.indexOf(match?.[2] ?? "") + 1;
  if (match === null || month === 0) return value;
  return `${match[3]}-${String(month).padStart(2, "0")}-${String(match[1]).padStart(2, "0")}`;
}
