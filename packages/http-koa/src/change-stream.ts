/** The feed of changes as an answer that does not end: server-sent events (WHATWG HTML, section 9.2). */

import type { StreamAnswer } from "./answer.ts";
import type { ChangeFeed } from "./change-feed.ts";

export const EVENT_STREAM = "text/event-stream";

/** How long clients wait before they connect again. */
const RETRY_MS = 1_000;

export interface ChangeStreamOptions {
  readonly feed: ChangeFeed;
  /** The number behind which it begins. */
  readonly after: number;
  readonly version: number;
  /** A comment is sent after so much silence: proxies cut connections on which nothing comes. */
  readonly heartbeatMs: number;
}

export function changeStream(options: ChangeStreamOptions): StreamAnswer {
  return {
    mediaType: EVENT_STREAM,
    version: options.version,
    // The second is for nginx and those who read its headers: pass each event on at once.
    headers: ["Vary", "Accept", "X-Accel-Buffering", "no"],
    chunks: (signal) => pieces(options, signal),
  };
}

async function* pieces(
  { feed, after, heartbeatMs }: ChangeStreamOptions,
  signal: AbortSignal,
): AsyncGenerator<string> {
  // With the id, a client that is cut off before the first event comes back to this place, not to a later one.
  yield `retry: ${RETRY_MS}\nid: ${after}\n\n`;
  let last = after;
  while (!signal.aborted) {
    const piece = await feed.next(last, signal, heartbeatMs);
    if (piece !== undefined) {
      yield piece.text;
      last = piece.last;
    } else if (!signal.aborted) {
      yield ":\n\n";
    }
  }
}
