/** GET /v1/genres, /v1/years and /v1/cast: what films can be searched for; /v1/suggest: while somebody types. */

import {
  LIMITS,
  MAX_PAGE,
  MAX_SUGGEST_TEXT,
  MAX_SUGGESTIONS,
  type MovieStore,
  type ValueKind,
} from "@movie-store/core";
import * as z from "zod";
import { textAnswer } from "../answer.ts";
import { nextLink } from "../next-link.ts";
import { parameterCheck } from "../parameters.ts";
import type { Operation, Route } from "../route.ts";
import { pageLimit } from "../schemas/parameters.ts";
import { suggestions, values } from "../schemas/values.ts";

const DEFAULT_LIMIT = 100;
const DEFAULT_SUGGESTIONS = 10;
/** A place is a normalised name, which can be longer than the name. */
const MAX_PLACE = 20 * LIMITS.name;

/** Empty is the beginning. */
function beginning(max: number, description: string) {
  return z.string().max(max, `has more than ${max} characters`).describe(description).exactOptional();
}

const after = beginning(MAX_PLACE, "Only values behind this one: the `next` of an earlier page.");
const limit = pageLimit(MAX_PAGE, DEFAULT_LIMIT);
const prefix = beginning(LIMITS.name, "Only names that begin so, compared without case and accents.");
const plainPage = z.strictObject({ after, limit });
const namedPage = z.strictObject({ prefix, after, limit });
const suggestParameters = z.strictObject({
  q: z
    .string("is missing")
    .max(MAX_SUGGEST_TEXT, `has more than ${MAX_SUGGEST_TEXT} characters`)
    .describe("What has been typed so far; nothing is suggested for nothing."),
  limit: pageLimit(MAX_SUGGESTIONS, DEFAULT_SUGGESTIONS),
});
const readSuggestParameters = parameterCheck(suggestParameters);

export function valuesRoutes(store: MovieStore): readonly Route[] {
  return [
    valuesRoute(store, "genre", "/v1/genres", namedPage, {
      id: "getGenres",
      summary: "Genres, with the number of their films",
    }),
    valuesRoute(store, "year", "/v1/years", plainPage, {
      id: "getYears",
      summary: "Years, with the number of their films",
    }),
    valuesRoute(store, "cast", "/v1/cast", namedPage, {
      id: "getCast",
      summary: "Cast members, with the number of their films",
    }),
    {
      path: "/v1/suggest",
      operation: {
        id: "suggest",
        tag: "values",
        summary: "Films and people that a typed text may be the beginning of",
        description:
          "Words may come in any order, the last one may be unfinished. Where nothing begins so, one typing error in a word of five letters or more is forgiven.",
        parameters: suggestParameters,
        answers: { "application/json": suggestions },
        problems: [],
      },
      handle: async ({ query }) => {
        const { q, ...options } = readSuggestParameters(query);
        return textAnswer(await store.suggestText(q, options));
      },
    },
  ];
}

function valuesRoute(
  store: MovieStore,
  kind: ValueKind,
  path: string,
  parameters: typeof namedPage | typeof plainPage,
  about: Pick<Operation, "id" | "summary">,
): Route {
  const read = parameterCheck(parameters);
  return {
    path,
    operation: {
      ...about,
      tag: "values",
      description:
        "Ascending by the normalised name. The counts are kept, so this costs no more in a large store.",
      parameters,
      answers: { "application/json": values },
      problems: [],
      isPaged: true,
    },
    handle: async ({ query }) => {
      const answer = await store.valuesText(kind, read(query));
      return textAnswer(
        answer,
        answer.next === undefined ? [] : nextLink(path, query, { after: answer.next }),
      );
    },
  };
}
