/** GET /v1/movies: the search. */

import { findParametersSchema, type MovieStore, type TextAnswer } from "@movie-store/core";
import type { Answer } from "../answer.ts";
import { EncodedTexts } from "../encoded-texts.ts";
import { PlanCache, type PlannedSearch } from "../plan-cache.ts";
import type { Route } from "../route.ts";
import { moviesPage } from "../schemas/movies.ts";

const PATH = "/v1/movies";
const TARGET = `${PATH}?`;

export function moviesRoutes(store: MovieStore): readonly Route[] {
  const plans = new PlanCache(store, PATH);
  const texts = new EncodedTexts();

  function answerOf(plan: PlannedSearch, { text, version, layer, digest, next }: TextAnswer): Answer {
    const { bytes, headers } = detailsOf(plan, text, digest, next);
    // What the store has just read may never be asked for again.
    const body = layer === "db" ? text : texts.of(text, digest, bytes);
    return { status: 200, text: body, bytes, digest, version, layer, cached: "read", headers };
  }

  async function far(plan: PlannedSearch): Promise<Answer> {
    return answerOf(plan, await store.findText(plan.planned));
  }

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
      direct: (target) => {
        const query = queryOf(target);
        if (query === undefined) return undefined;
        return () => {
          const plan = plans.planOf(query);
          const near = store.findTextNear(plan.planned);
          return near === undefined ? () => far(plan) : answerOf(plan, near);
        };
      },
      handle: ({ query }) => far(plans.planOf(query)),
    },
  ];
}

function queryOf(target: string): string | undefined {
  if (target === PATH) return "";
  return target.startsWith(TARGET) ? target.slice(TARGET.length) : undefined;
}

function detailsOf(plan: PlannedSearch, text: string, digest: string, next: string | undefined) {
  if (plan.last?.digest === digest) return plan.last;
  // The link is relative, so that it is right behind any proxy and no Host header can turn it elsewhere.
  const headers = next === undefined ? [] : ["Link", `<${plan.nextTarget}${next}>; rel="next"`];
  plan.last = { digest, bytes: Buffer.byteLength(text), headers };
  return plan.last;
}
