/** GET /v1/changes: the numbered feed, as pages or as a stream of events. */

import { MAX_PAGE, type MovieStore } from "@movie-store/core";
import * as z from "zod";
import { readAnswer, type StreamAnswer } from "../answer.ts";
import type { ChangeFeed } from "../change-feed.ts";
import { changeStream, EVENT_STREAM } from "../change-stream.ts";
import { nextLink } from "../next-link.ts";
import { parameterCheck } from "../parameters.ts";
import { Problem } from "../problem.ts";
import type { Route } from "../route.ts";
import { feed as feedSchema } from "../schemas/feed.ts";
import { changeNumber, pageLimit } from "../schemas/parameters.ts";

const PATH = "/v1/changes";
const JSON_TYPE = "application/json";
const DEFAULT_LIMIT = 100;
const parameters = z.strictObject({
  after: changeNumber(
    "Only changes behind this one: the `next` of an earlier page. A stream begins without it with what happens from now on.",
  ),
  afterAt: z.iso
    .datetime({ offset: true, error: "is not the `at` of a change" })
    .describe(
      "The `at` of change `after`. Where a store was put back or taken over by another region, its last changes may be lost and their numbers given to others: who knew one of them is then answered `history-changed`.",
    )
    .exactOptional(),
  limit: pageLimit(MAX_PAGE, DEFAULT_LIMIT),
});
const readParameters = parameterCheck(parameters);
const headers = z.object({
  "Last-Event-ID": z
    .string()
    .describe("Goes on behind this change; stronger than `after`. For streams.")
    .exactOptional(),
});

interface Page {
  readonly after?: number;
  readonly afterAt?: string;
  readonly limit?: number;
}

/** @param heartbeatMs the silence after which a stream says that it is still there. */
export function changesRoutes(store: MovieStore, feed: ChangeFeed, heartbeatMs: number): readonly Route[] {
  async function stream(page: Page, lastEventId: string | undefined): Promise<StreamAnswer> {
    if (page.limit !== undefined) throw refused("limit", "is for pages; a stream of events has none");
    const { after = 0, afterAt } = page;
    if (afterAt !== undefined) await store.changes({ after, afterAt, limit: 1 });
    const version = await store.version();
    const from = lastEventId === undefined ? page.after : eventNumber(lastEventId);
    if (from !== undefined)
      refuseBeyond(lastEventId === undefined ? "after" : "Last-Event-ID", from, version);
    return changeStream({ feed, after: from ?? version, version, heartbeatMs });
  }

  return [
    {
      path: PATH,
      operation: {
        id: "getChanges",
        tag: "changes",
        summary: "The numbered feed of changes, as pages or as a stream of events",
        description:
          "As `text/event-stream` it stays open: each event has the number of a change as its `id`, its kind as `event`, and a `Change` as `data`. A stream takes no `limit`.",
        parameters,
        headers,
        answers: { [JSON_TYPE]: feedSchema, [EVENT_STREAM]: z.string() },
        problems: ["not-acceptable", "history-changed"],
        isPaged: true,
      },
      handle: async ({ query, header, preferred }) => {
        const mediaType = preferred([JSON_TYPE, EVENT_STREAM]);
        if (mediaType === undefined)
          throw new Problem("not-acceptable", `the feed is given as ${JSON_TYPE} and as ${EVENT_STREAM}`);
        const page = readParameters(query);
        if (mediaType === EVENT_STREAM) return stream(page, header("last-event-id"));
        const answer = await store.changes({ limit: DEFAULT_LIMIT, ...page });
        refuseBeyond("after", answer.next, answer.version);
        const isFull = answer.changes.length === (page.limit ?? DEFAULT_LIMIT);
        const afterAt = answer.changes.at(-1)?.at ?? "";
        const link = isFull ? nextLink(PATH, query, { after: answer.next, afterAt }) : [];
        return readAnswer(answer, answer.version, ["Vary", "Accept", ...link]);
      },
    },
  ];
}

/** Who comes with a number that was never given had it from another store, or from one that has lost changes since. */
function refuseBeyond(name: string, number: number, version: number): void {
  if (number > version) throw refused(name, `is beyond the last change, ${version}`);
}

function eventNumber(lastEventId: string): number {
  if (!/^\d{1,15}$/.test(lastEventId)) throw refused("Last-Event-ID", "is not the number of a change");
  return Number(lastEventId);
}

function refused(parameter: string, why: string): Problem {
  return new Problem("invalid-query", `${parameter} ${why}`, { parameter });
}
