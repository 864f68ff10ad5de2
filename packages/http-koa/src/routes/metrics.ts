/** GET /metrics: what this process counts, in the text format of Prometheus. */

import * as z from "zod";
import type { Metrics } from "../metrics/metrics.ts";
import type { Route } from "../route.ts";

/** @param isOpen whether it is answered without an API key. */
export function metricsRoute(metrics: Pick<Metrics, "text" | "mediaType">, isOpen: boolean): Route {
  return {
    path: "/metrics",
    isOpen,
    // A process that turns requests away is one to look at.
    isUnlimited: true,
    operation: {
      id: "getMetrics",
      tag: "service",
      summary: "What this process counts, for Prometheus",
      answers: { "text/plain": z.string() },
      problems: [],
      isRead: false,
    },
    handle: async () => ({
      status: 200,
      text: await metrics.text(),
      mediaType: metrics.mediaType,
      cached: "never",
    }),
  };
}
