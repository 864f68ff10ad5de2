/** Pages of the feed as finished events (WHATWG HTML, server-sent events). */

import { type FeedEntry, type MovieStore, MovieStoreError } from "@movie-store/core";

/** The finished events of the changes `after + 1` and on, without a gap; none at the end of the feed. */
export interface FeedPage {
  readonly after: number;
  readonly events: readonly string[];
}

/**
 * @param limit of events.
 * @throws MovieStoreError as the store does; `corrupt`: the feed has a gap.
 */
export async function readFeedPage(
  store: Pick<MovieStore, "changes">,
  after: number,
  limit: number,
): Promise<FeedPage> {
  const { changes } = await store.changes({ after, limit });
  for (const [at, { number }] of changes.entries())
    if (number !== after + 1 + at)
      throw new MovieStoreError("corrupt", `change ${after + 1 + at} is missing`);
  return { after, events: changes.map(eventText) };
}

function eventText(entry: FeedEntry): string {
  return `id: ${entry.number}\nevent: ${entry.kind}\ndata: ${JSON.stringify(entry)}\n\n`;
}
