/** The parameters of a search: what the API and the library take, and what its document says of them. */

import * as z from "zod";
import { LIMITS } from "./facts.ts";
import { MOVIE_ID_PATTERN } from "./movie.ts";
import { normaliseName } from "./normalise.ts";
import { MAX_CURSOR, SORTS } from "./page-order.ts";

export const MATCHES = ["words", "prefix", "exact", "contains"] as const;
export type Match = (typeof MATCHES)[number];

export const MAX_LIMIT = 100;
export const DEFAULT_LIMIT = 20;
/** How often one parameter may be repeated. */
export const MAX_REPEATS = 50;
export const MAX_IDS = 100;

const value = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed() && !text.includes("\0"), "is not clean text")
    .refine((text) => normaliseName(text) !== "", "is empty");
const several = (item: z.ZodType<string, string>, max = MAX_REPEATS) =>
  z.array(item).min(1).max(max).exactOptional();
const names = several(value(LIMITS.name));

/** A year or a range of years: `1999`, `1990..1999`, `1990..`, `..1950`. */
export const yearText = z
  .string()
  .regex(
    /^(\d{4}|\d{4}\.\.\d{4}|\d{4}\.\.|\.\.\d{4})$/,
    "is not a year like 1999 nor a range like 1990..1999",
  );

const CHANGE_NUMBER = "is not the number of a change: 0 or more";

/** The number of a change that an answer has to reflect; how it is asked for everywhere. */
export const minVersionSchema = z
  .int(CHANGE_NUMBER)
  .min(0, CHANGE_NUMBER)
  .describe(
    "The answer reflects at least the change of this number; where the store has not come to it, there is none: 503 `not-yet`.",
  );

/** The parameters of a search, under the names that the API gives them. */
export const findParametersSchema = z.strictObject({
  title: value(LIMITS.title).describe("The film's name; `match` says how it is compared.").exactOptional(),
  match: z
    .enum(MATCHES)
    .describe(
      "`words`, the default: every word occurs, in any order. `prefix`: so too, and the last word may be unfinished. `exact`: the whole name. `contains`: a part of the name.",
    )
    .exactOptional(),
  year: several(yearText).describe("Any of these years or ranges: `1999`, `1990..1999`, `1990..`, `..1950`."),
  cast: names.describe("All of these cast members, by full name."),
  "cast.any": names.describe("At least one of these cast members."),
  "cast.not": names.describe("None of these cast members."),
  genre: names.describe("All of these genres."),
  "genre.any": names.describe("At least one of these genres."),
  "genre.not": names.describe("None of these genres."),
  provider: value(LIMITS.name).describe("Only films that this provider describes.").exactOptional(),
  id: several(z.string().regex(MOVIE_ID_PATTERN, "is not the id of a film"), MAX_IDS).describe(
    "Only these films; `missing` in the answer names those that are none.",
  ),
  sort: z
    .enum(SORTS)
    .meta({
      description:
        "By year, name or last change; a minus: from last to first. Films that tie are in the order of their ids.",
      default: "-year",
    })
    .exactOptional(),
  limit: z
    .int()
    .min(1)
    .max(MAX_LIMIT)
    .meta({ description: "Films on a page.", default: DEFAULT_LIMIT })
    .exactOptional(),
  cursor: z
    .string()
    .max(MAX_CURSOR)
    .describe("Where an earlier page ended: its `page.next`. The other parameters stay the same.")
    .exactOptional(),
  minVersion: minVersionSchema.exactOptional(),
});

export type FindParameters = Readonly<z.input<typeof findParametersSchema>>;
