/** What is answered when there is no answer. */

import * as z from "zod";
import { PROBLEMS, type ProblemCode } from "../problem.ts";
import { schemaOf } from "./schema-of.ts";

export interface ProblemAnswer {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly parameter?: string;
  readonly requestId: string;
}

export const problem = schemaOf<ProblemAnswer>()(
  "Problem",
  z
    .object({
      type: z.literal("about:blank"),
      title: z.string().describe("The phrase of the status."),
      status: z.int().min(400).max(599),
      code: z.enum(Object.keys(PROBLEMS) as ProblemCode[]).describe("Stable: decide by this."),
      detail: z.string().describe("One sentence for people."),
      parameter: z.string().exactOptional().describe("The parameter or header that is wrong."),
      requestId: z.string().describe("The log has the request under this id."),
    })
    .describe("Problem details, RFC 9457."),
);
