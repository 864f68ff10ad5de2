/** The answers for whoever starts, stops and balances the processes. */

import * as z from "zod";
import { schemaOf } from "./schema-of.ts";

export interface HealthAnswer {
  readonly status: "live" | "ready";
}

export const health = schemaOf<HealthAnswer>()("Health", z.object({ status: z.enum(["live", "ready"]) }));
