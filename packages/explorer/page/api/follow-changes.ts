/** The feed of changes as it grows: by a stream where the server gives one, else by asking again and again. */

import type { FeedAnswer, FeedEntry } from "@movie-store/core";
import { ApiError, ask, errorOf, request } from "./client.ts";
import { EventStreamReader } from "./event-stream.ts";

export type Connection = "connecting" | "live" | "broken";

export interface Follower {
  /** Entries in order, without gaps. */
  onChanges(changes: readonly FeedEntry[]): void;
  onConnection(connection: Connection): void;
}

const ASK_EVERY_MS = 2_000;
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

/**
 * @param after the number of the last change that is known already.
 * @returns when the signal says so, or when the store asks for a key: whatever else is shown asks the reader for it.
 */
export async function followChanges(after: number, follower: Follower, signal: AbortSignal): Promise<void> {
  let known = after;
  let retryMs = RETRY_MS;
  const take = (changes: readonly FeedEntry[]) => {
    const fresh = changes.filter(({ number }) => number > known);
    known = fresh.at(-1)?.number ?? known;
    if (fresh.length > 0) follower.onChanges(fresh);
  };

  while (!signal.aborted) {
    try {
      const headers = { Accept: "text/event-stream", "Last-Event-ID": `${known}` };
      const response = await request("/v1/changes", headers, { signal });
      if (response.status === 406) {
        const { body } = await ask<FeedAnswer>(`/v1/changes?after=${known}`, { signal });
        follower.onConnection("live");
        take(body.changes);
        retryMs = ASK_EVERY_MS;
      } else {
        if (!response.ok) throw await errorOf(response);
        follower.onConnection("live");
        retryMs = (await readEvents(response, take)) ?? RETRY_MS;
        follower.onConnection("connecting");
      }
    } catch (error) {
      if (signal.aborted) return;
      follower.onConnection("broken");
      if (error instanceof ApiError && error.status === 401) return;
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
    }
    await wait(retryMs, signal);
  }
}

/** @returns how long the server wants to be left alone before the next attempt. */
async function readEvents(response: Response, take: (changes: readonly FeedEntry[]) => void) {
  const reader = new EventStreamReader();
  const pieces = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const piece = await pieces?.read();
    if (piece === undefined || piece.done) return reader.retryMs;
    take(reader.read(piece.value).map(({ data }) => JSON.parse(data) as FeedEntry));
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    resolve();
  };
  const timer = setTimeout(end, ms);
  signal.addEventListener("abort", end);
  return promise;
}
