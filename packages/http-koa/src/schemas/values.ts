/** The answers that help to find something to ask for. */

import type { SuggestAnswer, ValuesAnswer } from "@movie-store/core";
import * as z from "zod";
import { version } from "./movies.ts";
import { schemaOf } from "./schema-of.ts";

export const values = schemaOf<ValuesAnswer>()(
  "Values",
  z.object({
    values: z.array(
      z.object({
        value: z
          .union([z.string(), z.int()])
          .describe("A year as a number; a name as it is written in the newest film that has it."),
        films: z.int().min(1).describe("How many films have it."),
      }),
    ),
    next: z.string().nullable().describe("The `after` of the next page; null at the end."),
    version,
  }),
);

export const suggestions = schemaOf<SuggestAnswer>()(
  "Suggestions",
  z.object({
    suggestions: z
      .array(
        z.discriminatedUnion("kind", [
          z.object({
            kind: z.literal("movie"),
            id: z.string(),
            title: z.string(),
            year: z.int().exactOptional(),
          }),
          z.object({ kind: z.literal("person"), name: z.string(), films: z.int().min(1) }),
        ]),
      )
      .describe("Films, then people."),
    version,
  }),
);
