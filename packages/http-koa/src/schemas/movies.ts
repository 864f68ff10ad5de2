/** The answers about films. */

import {
  type FindAnswer,
  factsSchema,
  type HistoryAnswer,
  MOVIE_ID_PATTERN,
  type Movie,
  movieSchema,
  type SourcesAnswer,
} from "@movie-store/core";
import * as z from "zod";
import { schemaOf } from "./schema-of.ts";

const id = z.string().regex(MOVIE_ID_PATTERN).describe("The film's id, for ever.");
/** The number of the last change that an answer reflects. */
export const version = z.int().min(0).describe("The number of the last change that the answer reflects.");
export const time = z.iso.datetime().describe("ISO 8601 in UTC.");
const kind = z
  .enum(["created", "updated", "merged", "split", "withdrawn"])
  .describe(
    "`created`: new, or back after a withdrawal. `updated`: other facts. `merged`: it turned out to be the film `into`. `split`: it was part of the film `from`. `withdrawn`: no provider describes it any more.",
  );

/** What is said of every change, in the feed and in a history. */
export const changeFields = {
  number: z.int().min(1).describe("1, 2, 3, … without gaps, over all films."),
  at: time,
  kind,
  provider: z.string().exactOptional().describe("Whose update caused it; absent where a rebuild did."),
  updateId: z.string().exactOptional(),
  into: id.exactOptional(),
  from: id.exactOptional(),
};

export const movie = schemaOf<Movie>()(
  "Movie",
  movieSchema
    .extend({
      id,
      providers: z
        .array(z.string())
        .describe("The providers that describe the film now, in alphabetical order."),
      version: z.int().min(1).describe("The number of the film's last change."),
      updatedAt: time,
    })
    .describe("A film as its providers together describe it. A fact that nobody states is absent."),
);

export const moviesPage = schemaOf<FindAnswer>()(
  "MoviesPage",
  z.object({
    movies: z.array(movie),
    page: z.object({
      limit: z.int().min(1),
      next: z.string().nullable().describe("The `cursor` of the next page; null on the last one."),
    }),
    version,
    missing: z
      .array(z.string())
      .exactOptional()
      .describe("At a batch get: the ids asked for that are no film now."),
  }),
);

const nextChange = z.int().nullable().describe("The `after` of the next page; null at the end.");

export const history = schemaOf<HistoryAnswer>()(
  "History",
  z.object({
    id,
    history: z
      .array(
        z.object({
          ...changeFields,
          fields: z
            .record(
              z.string(),
              z.object({ before: z.unknown().exactOptional(), after: z.unknown().exactOptional() }),
            )
            .describe("Each fact that differs; an absent side had none."),
        }),
      )
      .describe("Oldest first."),
    next: nextChange,
    version,
  }),
);

const statement = {
  provider: z.string(),
  sourceId: z.string().describe("The provider's own id of the film."),
};

export const sources = schemaOf<SourcesAnswer>()(
  "Sources",
  z.object({
    id,
    sources: z.array(
      z.object({
        ...statement,
        updateId: z.string(),
        at: time.describe("The provider's own time, else the time of the event."),
        withdrawn: z.boolean(),
        facts: factsSchema.exactOptional().describe("What it says, or said last where it is withdrawn."),
      }),
    ),
    fields: z
      .record(
        z.string(),
        z.object({
          ...statement,
          value: z.unknown().describe("What the film has."),
          disputed: z.boolean().describe("Whether a provider says something else."),
          values: z
            .array(z.object({ ...statement, value: z.unknown() }))
            .describe("Everyone's word on the field, the winner's included."),
        }),
      )
      .describe("For each field of the film, such as `title` or `externalIds.imdb`: who won it."),
    version,
  }),
);

/** The body of a redirect, for those who read bodies. */
export const redirect = schemaOf<{ readonly location: string }>()(
  "Redirect",
  z.object({ location: z.string() }),
);
