/** From a received object to a submission: everything about an update that does not depend on other updates. */

import { type Gunzip, readBytes } from "./formats/recognise.ts";
import {
  type AcceptedReading,
  contentHashOf,
  placeOf,
  providerOf,
  type ReceivedObject,
  type Rejection,
  recordIdOf,
  type Submission,
  updateIdOf,
} from "./update.ts";

/** The prefix below which the providers' folders lie, unless configured otherwise. */
export const DEFAULT_PREFIX = "providers/";

/** A provider's clock may run ahead of ours by this much: 24 hours. */
export const MAX_CLOCK_AHEAD_MS = 86_400_000;

export interface ReadOptions {
  /** Key prefix of the providers' folders; {@link DEFAULT_PREFIX} when absent. */
  readonly prefix?: string;
  readonly gunzip?: Gunzip;
}

/** Reads an object. Never throws: what can't be read becomes a rejection with the bytes kept. */
export function readSubmission(
  object: ReceivedObject,
  receivedAtMs: number,
  options: ReadOptions = {},
): Submission {
  const contentHash = contentHashOf(object.bytes);
  const updateId = updateIdOf(object, contentHash);
  const prefix = options.prefix ?? DEFAULT_PREFIX;
  const provider = providerOf(object.key, prefix);
  const common = { updateId, object, receivedAtMs, contentHash, provider: provider ?? "" };
  if (object.fault !== undefined) return { ...common, outcome: object.fault };
  if (provider === undefined) {
    const reason = `the key names no provider: it should be ${prefix}<provider>/<anything>.json`;
    return { ...common, outcome: { code: "bad-key", reason, field: "key" } };
  }
  return {
    ...common,
    outcome: readOutcome(object, provider, updateId, contentHash, receivedAtMs, options.gunzip),
  };
}

function readOutcome(
  object: ReceivedObject,
  provider: string,
  updateId: string,
  contentHash: string,
  receivedAtMs: number,
  gunzip: Gunzip | undefined,
): AcceptedReading | Rejection {
  const result = readBytes(object.bytes, object.key, gunzip);
  if ("code" in result) return result;
  const { format, reading } = result;
  const { sourceId, facts, updatedAtMs } = reading;
  if (updatedAtMs !== undefined && updatedAtMs > receivedAtMs + MAX_CLOCK_AHEAD_MS) {
    return { code: "bad-field", field: "updatedAt", reason: "updatedAt lies more than a day in the future" };
  }
  const header = {
    updateId,
    recordId: recordIdOf(provider, sourceId),
    place: placeOf(object),
    ...(object.sequencer === undefined ? {} : { sequencer: object.sequencer }),
    timeMs: updatedAtMs ?? object.eventTimeMs,
    eventTimeMs: object.eventTimeMs,
    contentHash,
    withdraws: facts === undefined,
  };
  return { format, sourceId, header, facts };
}
