/** GET /health/live and /health/ready, for whoever starts, stops and balances the processes. */

import type { MovieStore } from "@movie-store/core";
import type { Answer } from "../answer.ts";
import { within } from "../deadline.ts";
import { Problem, type ProblemCode } from "../problem.ts";
import type { Operation, Route } from "../route.ts";
import { type HealthAnswer, health } from "../schemas/health.ts";

/** They have no key, and must see a busy process as a living one. */
const forBalancers = { isOpen: true, isUnlimited: true } as const;

export function healthRoutes(
  store: MovieStore,
  stopping: AbortSignal,
  readyWithinMs: number,
): readonly Route[] {
  return [
    // Asks no back end: a restart of this process would not mend one.
    {
      ...forBalancers,
      path: "/health/live",
      operation: operation("getLiveness", "Whether this process runs", []),
      handle: async () => healthAnswer("live"),
    },
    {
      ...forBalancers,
      path: "/health/ready",
      operation: operation(
        "getReadiness",
        "Whether this process answers: its store does, and it is not about to stop",
        ["stopping"],
      ),
      handle: async () => {
        if (stopping.aborted) throw new Problem("stopping", "this process is about to stop");
        await within(readyWithinMs, store.version());
        return healthAnswer("ready");
      },
    },
  ];
}

function operation(id: string, summary: string, problems: readonly ProblemCode[]): Operation {
  return { id, tag: "service", summary, answers: { "application/json": health }, problems, isRead: false };
}

function healthAnswer(status: HealthAnswer["status"]): Answer {
  const answer: HealthAnswer = { status };
  return { status: 200, text: JSON.stringify(answer), cached: "never" };
}
