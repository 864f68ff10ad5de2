/** GET /v1/updates: what became of the objects that providers sent. */

import { MAX_PAGE, type MovieStore, type Receipt } from "@movie-store/core";
import * as z from "zod";
import { readAnswer } from "../answer.ts";
import { nextLink } from "../next-link.ts";
import { parameterCheck } from "../parameters.ts";
import { Problem } from "../problem.ts";
import type { Route } from "../route.ts";
import { pageLimit } from "./schemas.ts";

const PATH = "/v1/updates";
const DEFAULT_LIMIT = 100;
const PLACE = "is not a place in the list: the next of an earlier page";

const text = (max: number) => z.string().min(1, "is empty").max(max, `has more than ${max} characters`);
const listParameters = parameterCheck(
  z.strictObject({
    provider: text(64).exactOptional(),
    /** S3 keys have at most 1,024 bytes. */
    key: text(1_024).exactOptional(),
    verdict: z.literal("rejected", "can only be rejected").exactOptional(),
    before: z.int(PLACE).min(1, PLACE).exactOptional(),
    limit: pageLimit(MAX_PAGE).exactOptional(),
  }),
);
const noParameters = parameterCheck(z.strictObject({}));

export function updatesRoutes(store: MovieStore): readonly Route[] {
  return [
    {
      path: PATH,
      handle: async ({ query }) => {
        const filter = { limit: DEFAULT_LIMIT, ...listParameters(query) };
        // Read first: the receipts then show this version or a later one.
        const version = await store.version();
        const receipts = await store.receipts(filter);
        const next = receipts.length === filter.limit ? (receipts.at(-1)?.sequence ?? null) : null;
        const link = next === null ? [] : nextLink(PATH, query, "before", next);
        return readAnswer({ updates: receipts.map(receiptOf), next, version }, version, link);
      },
    },
    {
      path: `${PATH}/:id`,
      handle: async ({ id, query }) => {
        noParameters(query);
        const version = await store.version();
        const receipt = await store.receipt(id);
        if (receipt === undefined) throw new Problem("unknown-update", "no update with this id was received");
        return readAnswer(receiptOf(receipt), version);
      },
    },
  ];
}

function receiptOf(receipt: Receipt) {
  const { updateId, verdict, provider, bucket, key, versionId, sourceId, movieId, rejection } = receipt;
  return {
    updateId,
    verdict,
    provider,
    bucket,
    key,
    versionId,
    eventTime: isoTime(receipt.eventTimeMs),
    receivedAt: isoTime(receipt.receivedAtMs),
    readableAt: isoTime(receipt.readableAtMs),
    sourceId,
    movieId,
    changes: receipt.changes,
    supersededBy: receipt.supersededBy,
    reason: rejection?.reason,
    code: rejection?.code,
    field: rejection?.field,
  };
}

function isoTime(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}
