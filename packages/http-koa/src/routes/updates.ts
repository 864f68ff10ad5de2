/** GET /v1/updates: what became of the objects that providers sent. */

import { MAX_PAGE, type MovieStore, receiptAnswer } from "@movie-store/core";
import * as z from "zod";
import { readAnswer } from "../answer.ts";
import { nextLink } from "../next-link.ts";
import { noParameters, parameterCheck } from "../parameters.ts";
import { Problem } from "../problem.ts";
import type { Route } from "../route.ts";
import { type ReceiptsAnswer, receipt, receipts } from "../schemas/feed.ts";
import { pageLimit, textParameter } from "../schemas/parameters.ts";

const PATH = "/v1/updates";
const DEFAULT_LIMIT = 100;
const PLACE = "is not a place in the list: the next of an earlier page";

const listParameters = z.strictObject({
  provider: textParameter(64, "Only objects of this provider."),
  // S3 keys have at most 1,024 bytes.
  key: textParameter(1_024, "Only objects under this key, which is the whole one."),
  verdict: z
    .literal("rejected", "can only be rejected")
    .describe("Only what could not be read.")
    .exactOptional(),
  before: z
    .int(PLACE)
    .min(1, PLACE)
    .describe("Only objects that came before: the `next` of an earlier page.")
    .exactOptional(),
  limit: pageLimit(MAX_PAGE, DEFAULT_LIMIT),
});
const readListParameters = parameterCheck(listParameters);

export function updatesRoutes(store: MovieStore): readonly Route[] {
  return [
    {
      path: PATH,
      operation: {
        id: "findUpdates",
        tag: "updates",
        summary: "The receipts of objects",
        parameters: listParameters,
        answers: { "application/json": receipts },
        problems: [],
        isPaged: true,
      },
      handle: async ({ query }) => {
        const filter = { limit: DEFAULT_LIMIT, ...readListParameters(query) };
        // Read first: the receipts then show this version or a later one.
        const version = await store.version();
        const found = await store.receipts(filter);
        const next = found.length === filter.limit ? (found.at(-1)?.sequence ?? null) : null;
        const link = next === null ? [] : nextLink(PATH, query, { before: next });
        const answer: ReceiptsAnswer = { updates: found.map(receiptAnswer), next, version };
        return readAnswer(answer, version, link);
      },
    },
    {
      path: `${PATH}/:id`,
      operation: {
        id: "getUpdate",
        tag: "updates",
        summary: "The receipt of one object",
        path: z.string().describe("The `updateId` of a receipt or of a change."),
        answers: { "application/json": receipt },
        problems: ["unknown-update"],
      },
      handle: async ({ id, query }) => {
        noParameters(query);
        const version = await store.version();
        const found = await store.receipt(id);
        if (found === undefined) throw new Problem("unknown-update", "no update with this id was received");
        return readAnswer(receiptAnswer(found), version);
      },
    },
  ];
}
