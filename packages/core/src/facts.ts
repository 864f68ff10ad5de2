/** What one provider can say about a film, whatever the format it came in. */

import * as z from "zod";
import { normaliseName } from "./normalise.ts";

/** The earliest and latest year a film may bear: the first photographic sequence (1874) and some room ahead. */
export const MIN_YEAR = 1870;
export const MAX_YEAR = 2100;

/**
 * Upper bounds, in UTF-16 units or list entries. The longest real title known has 364 characters; more than these is
 * refused, never cut.
 */
export const LIMITS = {
  title: 1_000,
  name: 300,
  text: 50_000,
  url: 2_000,
  sourceId: 300,
  cast: 2_000,
  genres: 30,
  list: 200,
} as const;

const name = z
  .string()
  .trim()
  .max(LIMITS.name)
  .refine((text) => normaliseName(text) !== "", "is empty");
const names = (max: number) => z.array(name).max(max);
const text = z.string().trim().min(1).max(LIMITS.text);
const url = z.string().trim().min(1).max(LIMITS.url);
const pixels = z.int().min(1).max(100_000);

const isoDate = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "is not a date like 1999-03-31")
  .refine(isCalendarDate, "is not a date of the calendar");

export const externalIdsSchema = z.object({
  imdb: z
    .string()
    .regex(/^tt\d{7,10}$/, "is not an IMDb id like tt0133093")
    .exactOptional(),
  tmdb: z
    .string()
    .regex(/^[1-9]\d{0,11}$/, "is not a TMDB id like 603")
    .exactOptional(),
  wikidata: z
    .string()
    .regex(/^Q[1-9]\d{0,11}$/, "is not a Wikidata id like Q83495")
    .exactOptional(),
});

export const posterSchema = z.object({
  url,
  width: pixels.exactOptional(),
  height: pixels.exactOptional(),
});

/** The facts of a film. Every fact but the title may be missing; a missing fact is a missing key. */
export const factsSchema = z.object({
  title: z
    .string()
    .trim()
    .max(LIMITS.title)
    .refine((title) => normaliseName(title) !== "", "is empty"),
  year: z.int().min(MIN_YEAR).max(MAX_YEAR).exactOptional(),
  cast: names(LIMITS.cast).exactOptional(),
  genres: names(LIMITS.genres).exactOptional(),
  directors: names(LIMITS.list).exactOptional(),
  countries: names(LIMITS.list).exactOptional(),
  languages: names(LIMITS.list).exactOptional(),
  overview: text.exactOptional(),
  runtimeMinutes: z.int().min(1).max(100_000).exactOptional(),
  releaseDate: isoDate.exactOptional(),
  href: url.exactOptional(),
  extract: text.exactOptional(),
  thumbnail: url.exactOptional(),
  thumbnail_width: pixels.exactOptional(),
  thumbnail_height: pixels.exactOptional(),
  poster: posterSchema.exactOptional(),
  externalIds: externalIdsSchema.exactOptional(),
});

export type Facts = Readonly<z.infer<typeof factsSchema>>;
export type ExternalIds = z.infer<typeof externalIdsSchema>;
export type ExternalIdScheme = keyof ExternalIds;

/** In the order in which answers list them. */
export const EXTERNAL_ID_SCHEMES = [
  "imdb",
  "tmdb",
  "wikidata",
] as const satisfies readonly ExternalIdScheme[];

function isCalendarDate(date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
}
