/** The answers about changes, and about the objects that caused them. */

import type { FeedAnswer, FeedEntry, ReceiptAnswer } from "@movie-store/core";
import * as z from "zod";
import { changeFields, time, version } from "./movies.ts";
import { schemaOf } from "./schema-of.ts";

const feedEntry = schemaOf<FeedEntry>()(
  "Change",
  z.object({
    ...changeFields,
    movieId: z.string(),
    fields: z.array(z.string()).describe("The names of the facts that differ."),
  }),
);

export const feed = schemaOf<FeedAnswer>()(
  "Feed",
  z.object({
    changes: z.array(feedEntry).describe("Ascending, without gaps."),
    next: z.int().min(0).describe("The `after` of the next page, also at the end of the feed."),
    version,
  }),
);

const rejectionCode = z
  .enum([
    "bad-key",
    "gone",
    "too-large",
    "empty",
    "bad-encoding",
    "bad-json",
    "bad-csv",
    "not-an-object",
    "unknown-format",
    "bad-field",
  ])
  .describe("Why it was rejected.");

export const receipt = schemaOf<ReceiptAnswer>()(
  "Receipt",
  z
    .object({
      updateId: z.string(),
      verdict: z
        .enum(["accepted", "superseded", "duplicate", "rejected"])
        .describe(
          "`accepted`: what its provider says now. `superseded`: the provider has said something newer. `duplicate`: the store had it already. `rejected`: it can't be read; it is kept.",
        ),
      provider: z.string().describe("Empty when the key names none."),
      bucket: z.string(),
      key: z.string(),
      versionId: z.string().exactOptional().describe("Absent where the bucket keeps no versions."),
      eventTime: time.describe("When the object was written."),
      receivedAt: time.describe("When the store was given it first."),
      readableAt: time
        .exactOptional()
        .describe("From when on a reader of the store finds it; absent when rejected."),
      sourceId: z
        .string()
        .exactOptional()
        .describe("The provider's own id of the film; absent when rejected."),
      movieId: z.string().exactOptional().describe("The film; absent when rejected."),
      changes: z.array(z.int().min(1)).describe("The numbers of the changes that it made."),
      supersededBy: z.string().exactOptional().describe("The update that holds in its place."),
      reason: z.string().exactOptional(),
      code: rejectionCode.exactOptional(),
      field: z.string().exactOptional().describe("The path of the field that is to blame."),
    })
    .describe("What became of an object that a provider sent."),
);

export interface ReceiptsAnswer {
  /** Newest first. */
  readonly updates: readonly ReceiptAnswer[];
  /** To ask on from, as `before`; null at the end. */
  readonly next: number | null;
  readonly version: number;
}

export const receipts = schemaOf<ReceiptsAnswer>()(
  "Receipts",
  z.object({
    updates: z.array(receipt).describe("Newest first."),
    next: z.int().nullable().describe("The `before` of the next page; null at the end."),
    version,
  }),
);
