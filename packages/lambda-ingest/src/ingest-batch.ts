/** From the messages of an invocation to receipts, and to the messages that have to come again. */

import {
  isRetryable,
  type MovieStore,
  mapConcurrently,
  type Receipt,
  type ReceivedObject,
  type UpdateSource,
} from "@movie-store/core";
import { type Deadline, OutOfTime } from "./deadline.ts";
import type { Announcement, Message } from "./event.ts";

export interface BatchParts {
  readonly store: Pick<MovieStore, "ingestMany">;
  readonly source: Pick<UpdateSource, "read">;
  readonly deadline: Deadline;
}

export interface BatchResult {
  /** One for each object that was taken in. */
  readonly takenIn: readonly TakenIn[];
  /** One for each object that was not, and each message that is no event. */
  readonly failures: readonly Failure[];
}

export interface TakenIn {
  readonly announcement: Announcement;
  readonly receipt: Receipt;
}

export interface Failure {
  readonly message: Message;
  /** Absent where the message is no event. */
  readonly announcement?: Announcement;
  /** What it failed at. */
  readonly step: "message" | "read" | "ingest";
  readonly reason: string;
  readonly error?: unknown;
}

/** What a bucket answers side by side. */
const READS_AT_ONCE = 16;
/** Objects a transaction; with 1 MiB for each, also a bound on memory. */
const OBJECTS_AT_ONCE = 200;
/**
 * An object that is not there is asked for again as often as a message comes; then it is logged as gone. A lifecycle
 * rule or a provider may have removed it, and a message that can never succeed must not end as an alarm. Where nobody
 * counts, it is gone at once.
 */
const GONE_AFTER_RECEIVES = 3;

interface Item {
  readonly message: Message;
  readonly announcement: Announcement;
}

interface ReadItem extends Item {
  readonly object: ReceivedObject;
}

/** Whether a transaction was left behind that may still be at work. */
export function hasLeftWork({ failures }: BatchResult): boolean {
  return failures.some(
    ({ step, error }) => step === "ingest" && error instanceof OutOfTime && error.hasBegun,
  );
}

/** Takes in what the messages announce. Never throws; what fails is among the failures. */
export async function ingestBatch(messages: readonly Message[], parts: BatchParts): Promise<BatchResult> {
  const takenIn: TakenIn[] = [];
  const failures = messages.flatMap((message): Failure[] =>
    message.unreadable === undefined ? [] : [{ message, step: "message", reason: message.unreadable }],
  );
  const items = messages.flatMap((message) =>
    message.announcements.map((announcement): Item => ({ message, announcement })),
  );
  for (let at = 0; at < items.length; at += OBJECTS_AT_ONCE) {
    const read = await readItems(items.slice(at, at + OBJECTS_AT_ONCE), parts);
    const ingested = await ingestItems(read.items, parts);
    takenIn.push(...ingested.takenIn);
    failures.push(...read.failures, ...ingested.failures);
  }
  return { takenIn, failures };
}

async function readItems(
  items: readonly Item[],
  { source, deadline }: BatchParts,
): Promise<{ readonly items: readonly ReadItem[]; readonly failures: readonly Failure[] }> {
  const readItem = async (item: Item): Promise<ReadItem | (Item & Failure)> => {
    const { address, fault } = item.announcement;
    if (fault !== undefined) {
      const { eventTimeMs = 0 } = address;
      return { ...item, object: { ...address, eventTimeMs, bytes: new Uint8Array(), fault } };
    }
    try {
      const object = await deadline.within(() => source.read(address));
      const { receiveCount = GONE_AFTER_RECEIVES } = item.message;
      const isMissed = object.fault?.code === "gone" && receiveCount < GONE_AFTER_RECEIVES;
      if (!isMissed) return { ...item, object };
      return { ...item, step: "read", reason: "the object is not there, or not yet" };
    } catch (error) {
      return { ...item, step: "read", reason: "the object can't be read now", error };
    }
  };
  const outcomes = await mapConcurrently(items, READS_AT_ONCE, readItem);
  return {
    items: outcomes.filter((outcome) => "object" in outcome),
    failures: outcomes.filter((outcome) => "reason" in outcome),
  };
}

/** In one transaction; if a member of it fails for a reason of its own, each in one of its own. */
async function ingestItems(items: readonly ReadItem[], parts: BatchParts): Promise<BatchResult> {
  if (items.length === 0) return { takenIn: [], failures: [] };
  try {
    const objects = items.map((item) => item.object);
    const receipts = await parts.deadline.within(() => parts.store.ingestMany(objects));
    const takenIn = items.map(({ announcement }, at) => ({ announcement, receipt: receipts[at] as Receipt }));
    return { takenIn, failures: [] };
  } catch (error) {
    if (isRetryable(error)) return allFailed(items, "the store can't take it in now", error);
    if (items.length === 1) return allFailed(items, "the store can't take it in", error);
  }
  return ingestOneByOne(items, parts);
}

async function ingestOneByOne(items: readonly ReadItem[], parts: BatchParts): Promise<BatchResult> {
  const takenIn: TakenIn[] = [];
  const failures: Failure[] = [];
  for (const item of items) {
    const alone = await ingestItems([item], parts);
    takenIn.push(...alone.takenIn);
    failures.push(...alone.failures);
  }
  return { takenIn, failures };
}

function allFailed(items: readonly ReadItem[], reason: string, error: unknown): BatchResult {
  const failures = items.map(
    ({ message, announcement }): Failure => ({ message, announcement, step: "ingest", reason, error }),
  );
  return { takenIn: [], failures };
}
