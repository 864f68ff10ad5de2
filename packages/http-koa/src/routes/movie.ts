/** GET /v1/movies/{id}, its history, and what each provider says of it. */

import {
  MAX_PAGE,
  MOVIE_ID_PATTERN,
  type Moment,
  type MovieStore,
  MovieStoreError,
  minVersionSchema,
  type TextAnswer,
} from "@movie-store/core";
import * as z from "zod";
import { type Answer, readAnswer, redirectAnswer, textAnswer } from "../answer.ts";
import { nextLink } from "../next-link.ts";
import { noParameters, parameterCheck } from "../parameters.ts";
import { Problem } from "../problem.ts";
import type { Route } from "../route.ts";
import { history, movie, sources } from "../schemas/movies.ts";
import { changeNumber, movieId, pageLimit } from "../schemas/parameters.ts";

const TARGET = "/v1/movies/";
const DEFAULT_LIMIT = 100;
const TIME =
  "is neither the number of a change nor a time like 2026-01-31T12:00:00Z (write the + of an offset as %2B)";

const movieParameters = z.strictObject({
  at: z
    .union([z.string().regex(/^\d{1,15}$/), z.iso.datetime({ offset: true }), z.iso.date()], TIME)
    .describe("The film as it was after this change or at this time.")
    .exactOptional(),
  minVersion: minVersionSchema.exactOptional(),
});
const historyParameters = z.strictObject({
  after: changeNumber("Only changes behind this one: the `next` of an earlier page."),
  limit: pageLimit(MAX_PAGE, DEFAULT_LIMIT),
});
const readMovieParameters = parameterCheck(movieParameters);
const readHistoryParameters = parameterCheck(historyParameters);

export function movieRoutes(store: MovieStore): readonly Route[] {
  async function newest(id: string): Promise<Answer> {
    return movieAnswer(await store.getText(id), "");
  }

  return [
    {
      path: "/v1/movies/:id",
      operation: {
        id: "getMovie",
        tag: "films",
        summary: "A film",
        description:
          "An id that turned out to be another film leads to that one. With `at`, the film as it was; the id may have led elsewhere then.",
        parameters: movieParameters,
        path: movieId,
        answers: { "application/json": movie },
        problems: ["unknown-movie", "withdrawn", "not-yet"],
        redirects: true,
      },
      direct: (target) => {
        const id = target.startsWith(TARGET) ? target.slice(TARGET.length) : "";
        if (!MOVIE_ID_PATTERN.test(id)) return undefined;
        return () => {
          const near = store.getTextNear(id);
          return near?.status === "live" ? textAnswer(near) : () => newest(id);
        };
      },
      handle: async ({ id, query }) => {
        if (query === "") return newest(id);
        const { at, minVersion } = readMovieParameters(query);
        if (at === undefined)
          return movieAnswer(await store.getText(id, minVersion === undefined ? {} : { minVersion }), query);
        if (minVersion !== undefined) await store.reach(minVersion);
        return movieAnswer(await store.getTextAt(id, await momentOf(store, at)), query);
      },
    },
    {
      path: "/v1/movies/:id/history",
      operation: {
        id: "getHistory",
        tag: "films",
        summary: "Every change of a film",
        parameters: historyParameters,
        path: movieId,
        answers: { "application/json": history },
        problems: ["unknown-movie"],
        isPaged: true,
      },
      handle: async ({ id, query }) => {
        const page = { limit: DEFAULT_LIMIT, ...readHistoryParameters(query) };
        const answer = await store.history(id, page);
        if (answer === undefined) throw unknownMovie(await store.version());
        const headers =
          answer.next === null ? [] : nextLink(path(id, "/history"), query, { after: answer.next });
        return readAnswer(answer, answer.version, headers);
      },
    },
    {
      path: "/v1/movies/:id/sources",
      operation: {
        id: "getSources",
        tag: "films",
        summary: "What each provider says of a film, and who won each field",
        path: movieId,
        answers: { "application/json": sources },
        problems: ["unknown-movie"],
        redirects: true,
      },
      handle: async ({ id, query }) => {
        noParameters(query);
        const version = await store.version();
        const answer = await store.sources(id);
        if (answer === undefined) throw unknownMovie(version);
        if ("into" in answer) return redirectAnswer(path(answer.into, "/sources"), version);
        return readAnswer(answer, answer.version);
      },
    },
  ];
}

function movieAnswer(answer: TextAnswer, query: string): Answer {
  const { status, version } = answer;
  switch (status) {
    case "live":
      return textAnswer(answer);
    case "merged": {
      const target = path(answer.into ?? "", query === "" ? "" : `?${query}`);
      return redirectAnswer(target, version);
    }
    case "withdrawn":
      throw new Problem("withdrawn", "every provider has withdrawn this film", versionHeader(version));
    case "unknown":
      throw unknownMovie(version);
  }
}

function unknownMovie(version: number): Problem {
  return new Problem("unknown-movie", "no film has this id", versionHeader(version));
}

function versionHeader(version: number) {
  return { headers: ["Movie-Store-Version", `${version}`] };
}

async function momentOf(store: MovieStore, at: string): Promise<Moment> {
  if (!/^\d+$/.test(at)) return { timeMs: Date.parse(at) };
  const number = Number(at);
  const version = await store.version();
  if (number > version) {
    const message = `at lies in the future: the last change is ${version}`;
    throw new MovieStoreError("invalid-query", message, { field: "at" });
  }
  return { number };
}

function path(id: string, rest: string): string {
  return `${TARGET}${encodeURIComponent(id)}${rest}`;
}
