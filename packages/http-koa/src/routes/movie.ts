/** GET /v1/movies/{id}, its history, and what each provider says of it. */

import { MAX_PAGE, type Moment, type MovieStore, MovieStoreError, type TextAnswer } from "@movie-store/core";
import * as z from "zod";
import { type Answer, readAnswer, redirectAnswer } from "../answer.ts";
import { nextLink } from "../next-link.ts";
import { parameterCheck } from "../parameters.ts";
import { Problem } from "../problem.ts";
import type { Route } from "../route.ts";
import { changeNumber, pageLimit } from "./schemas.ts";

const TIME =
  "is neither the number of a change nor a time like 2026-01-31T12:00:00Z (write the + of an offset as %2B)";

const movieParameters = parameterCheck(
  z.strictObject({
    at: z
      .union([z.string().regex(/^\d{1,15}$/), z.iso.datetime({ offset: true }), z.iso.date()], TIME)
      .exactOptional(),
  }),
);
const historyParameters = parameterCheck(
  z.strictObject({ after: changeNumber.exactOptional(), limit: pageLimit(MAX_PAGE).exactOptional() }),
);
const noParameters = parameterCheck(z.strictObject({}));

export function movieRoutes(store: MovieStore): readonly Route[] {
  return [
    {
      path: "/v1/movies/:id",
      handle: async ({ id, query }) => {
        if (query === "") return movieAnswer(await store.getText(id), query);
        const { at } = movieParameters(query);
        const answer =
          at === undefined ? await store.getText(id) : await store.getTextAt(id, await momentOf(store, at));
        return movieAnswer(answer, query);
      },
    },
    {
      path: "/v1/movies/:id/history",
      handle: async ({ id, query }) => {
        const answer = await store.history(id, historyParameters(query));
        if (answer === undefined) throw unknownMovie(await store.version());
        const headers =
          answer.next === null ? [] : nextLink(path(id, "/history"), query, "after", answer.next);
        return readAnswer(answer, answer.version, headers);
      },
    },
    {
      path: "/v1/movies/:id/sources",
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
    case "live": {
      const { text, digest, layer } = answer;
      return { status: 200, text, digest, version, layer, cached: "read" };
    }
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
  return `/v1/movies/${encodeURIComponent(id)}${rest}`;
}
