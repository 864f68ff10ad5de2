/** GET /v1/movies: the search. */

import { findParametersSchema, type MovieStore } from "@movie-store/core";
import { PlanCache, type PlannedSearch } from "../plan-cache.ts";
import type { Route } from "../route.ts";
import { moviesPage } from "../schemas/movies.ts";

const PATH = "/v1/movies";

export function moviesRoutes(store: MovieStore): readonly Route[] {
  const plans = new PlanCache(store, PATH);
  return [
    {
      path: PATH,
      operation: {
        id: "findMovies",
        tag: "films",
        summary: "Search films",
        description:
          "Conditions combine with AND. Names are compared without case, accents and repeated spaces. Nothing found is 200 with an empty list.",
        parameters: findParametersSchema,
        answers: { "application/json": moviesPage },
        problems: ["not-yet"],
        isPaged: true,
      },
      handle: async ({ query }) => {
        const plan = plans.planOf(query);
        const { text, version, layer, digest, next } = await store.findText(plan.planned);
        const { bytes, headers } = detailsOf(plan, text, digest, next);
        return { status: 200, text, bytes, digest, version, layer, cached: "read", headers };
      },
    },
  ];
}

function detailsOf(plan: PlannedSearch, text: string, digest: string, next: string | undefined) {
  if (plan.last?.digest === digest) return plan.last;
  // The link is relative, so that it is right behind any proxy and no Host header can turn it elsewhere.
  const headers = next === undefined ? [] : ["Link", `<${plan.nextTarget}${next}>; rel="next"`];
  plan.last = { digest, bytes: Buffer.byteLength(text), headers };
  return plan.last;
}
