/** GET /v1/changes: the numbered feed. */

import { MAX_PAGE, type MovieStore } from "@movie-store/core";
import * as z from "zod";
import { readAnswer } from "../answer.ts";
import { nextLink } from "../next-link.ts";
import { parameterCheck } from "../parameters.ts";
import { Problem } from "../problem.ts";
import type { Route } from "../route.ts";
import { changeNumber, pageLimit } from "./schemas.ts";

const PATH = "/v1/changes";
const DEFAULT_LIMIT = 100;
const parameters = parameterCheck(
  z.strictObject({ after: changeNumber.exactOptional(), limit: pageLimit(MAX_PAGE).exactOptional() }),
);

export function changesRoutes(store: MovieStore): readonly Route[] {
  return [
    {
      path: PATH,
      handle: async ({ query, accepts }) => {
        // Whoever waits for a stream of events would wait for ever on a list.
        if (!accepts("application/json"))
          throw new Problem("not-acceptable", "the feed is given as application/json only");
        const page = parameters(query);
        const answer = await store.changes({ limit: DEFAULT_LIMIT, ...page });
        const isFull = answer.changes.length === (page.limit ?? DEFAULT_LIMIT);
        const link = isFull ? nextLink(PATH, query, "after", answer.next) : [];
        return readAnswer(answer, answer.version, ["Vary", "Accept", ...link]);
      },
    },
  ];
}
