/** The feed of changes as one that does not end, whatever becomes of the connections it comes on. */

import { eventBlocksOf } from "./event-stream.ts";
import { linesOf } from "./lines.ts";
import { pause } from "./pause.ts";
import { MovieStoreProblem } from "./problem.ts";
import type { components } from "./schema.ts";

export type Change = components["schemas"]["Change"];

export interface ChangesOptions {
  /** Only changes behind this one. Default: what happens from now on. */
  readonly after?: number;
  /**
   * The `at` of change `after`. With it, a store that has lost this change, and given its number to another, says so
   * (`history-changed`): begin again with an export. Changes that come from here are always told so.
   */
  readonly afterAt?: string;
  /** Ends the iteration, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * A connection on which nothing has come for so many milliseconds is taken for dead. Default 45,000: the API says
   * every 15 s that it is there.
   */
  readonly maxSilenceMs?: number;
}

/** Where to go on. */
export interface Place {
  readonly lastEventId: string;
  /** Of the change with this number; absent where none has come yet. */
  readonly at?: string;
}

/**
 * Opens the stream of events.
 *
 * @param place `undefined` at the beginning.
 * @throws MovieStoreProblem, or what `fetch` throws.
 */
export type Connect = (place: Place | undefined) => Promise<ReadableStream<Uint8Array>>;

/** Before a new connection, unless the API asks for another time; doubled for each that fails. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

export async function* followChanges(
  connect: Connect,
  options: ChangesOptions,
): AsyncGenerator<Change, never> {
  const { signal, maxSilenceMs = 45_000 } = options;
  const read = (reader: Reader) => readWithin(reader, maxSilenceMs);
  let place: Place | undefined;
  let retryMs = RETRY_MS;
  let delayMs = RETRY_MS;
  let wasConnected = false;
  for (;;) {
    try {
      const body = await connect(place);
      wasConnected = true;
      for await (const block of eventBlocksOf(linesOf(body, read))) {
        retryMs = block.retryMs ?? retryMs;
        delayMs = retryMs;
        if (block.data === undefined) {
          const { id = place?.lastEventId } = block;
          if (id !== undefined && id !== place?.lastEventId) place = { lastEventId: id };
          continue;
        }
        const change = JSON.parse(block.data) as Change;
        place = { lastEventId: String(change.number), at: change.at };
        yield change;
      }
      // It ended as it should: the process on the other side is about to stop, or the reader was too slow for it.
    } catch (error) {
      // An address that never answered is more likely wrong than away for a moment.
      if (!wasConnected || isFinal(error)) throw error;
    }
    await pause(delayMs * (0.5 + Math.random() / 2), signal);
    delayMs = Math.min(delayMs * 2, MAX_RETRY_MS);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** @throws Error when nothing comes for so long: of a connection that is gone nobody may ever hear. */
async function readWithin(reader: Reader, ms: number): ReturnType<Reader["read"]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing has come for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether asking again ends the same way. What `fetch` throws depends on who made it, so all of that may pass. */
function isFinal(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  if (!(error instanceof MovieStoreProblem)) return false;
  const { status } = error;
  return status < 500 && status !== 408 && status !== 429;
}
