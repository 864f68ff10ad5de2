/** What operators are told of a batch: a line for each object that needs attention, one for the whole, and metrics. */

import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { ReceiptSums } from "@movie-store/adapters/s3";
import type { Verdict } from "@movie-store/core";
import type { Context } from "aws-lambda";
import type { Message } from "./event.ts";
import type { BatchResult, Failure, TakenIn } from "./ingest-batch.ts";

/** What of Lambda's context is used, which others than Lambda can supply too. */
export type InvocationContext = Pick<
  Context,
  | "awsRequestId"
  | "functionName"
  | "functionVersion"
  | "invokedFunctionArn"
  | "memoryLimitInMB"
  | "getRemainingTimeInMillis"
>;

/** What is used of Powertools' Logger. */
export interface Log {
  debug(message: string, more: Readonly<Record<string, unknown>>): void;
  info(message: string, more: Readonly<Record<string, unknown>>): void;
  warn(message: string, more: Readonly<Record<string, unknown>>): void;
  error(message: string, more: Readonly<Record<string, unknown>>): void;
  /** Puts the id of the request into every line from now on. */
  addContext(context: InvocationContext): void;
}

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];

/** What is used of Powertools' Metrics. */
export interface Measures {
  addMetric(name: string, unit: Unit, value: number): void;
  publishStoredMetrics(): void;
}

const VERDICT_METRICS: Readonly<Record<Verdict, string>> = {
  accepted: "UpdatesAccepted",
  duplicate: "UpdatesDuplicate",
  superseded: "UpdatesSuperseded",
  rejected: "UpdatesRejected",
};

/**
 * Writes the log, without the content of any object.
 *
 * @param receipts what became of those in the bucket; `undefined` where none are written there.
 */
export function logBatch(
  log: Log,
  messages: readonly Message[],
  { takenIn, failures }: BatchResult,
  receipts?: ReceiptSums,
): void {
  for (const { receipt } of takenIn) {
    const { verdict, updateId, bucket, key, versionId, rejection } = receipt;
    const line = { verdict, updateId, bucket, key, versionId };
    if (rejection === undefined) log.debug("taken in", { ...line, movieId: receipt.movieId });
    else log.warn("put into the quarantine", { ...line, rejection: { ...rejection } });
  }
  for (const failure of failures) logFailure(log, failure);
  if (receipts !== undefined && receipts.failed > 0)
    log.warn("receipts are not in the bucket", { ...receipts });
  const verdicts = Object.fromEntries(verdictCounts(takenIn));
  log.info("batch done", { messages: messages.length, returned: returnedIds(failures).length, ...verdicts });
}

function logFailure(log: Log, { message, announcement, reason, error }: Failure): void {
  const line = {
    reason,
    messageId: message.id,
    receiveCount: message.receiveCount,
    ...(announcement === undefined ? {} : { address: { ...announcement.address } }),
    ...(error instanceof Error ? { error } : {}),
  };
  // What announces an object comes again and may succeed; what is no event will end in the dead-letter queue.
  if (announcement === undefined) log.error("a message is no event", line);
  else log.warn("returned", line);
}

/** Adds to the metrics, and writes them (as lines of CloudWatch's embedded metric format). */
export function measureBatch(
  metrics: Measures,
  { takenIn, failures }: BatchResult,
  receipts?: ReceiptSums,
): void {
  for (const [verdict, count] of verdictCounts(takenIn)) {
    metrics.addMetric(VERDICT_METRICS[verdict], MetricUnit.Count, count);
  }
  for (const { announcement, receipt } of takenIn) {
    const { eventTimeMs } = announcement.address;
    if (receipt.verdict !== "accepted" || eventTimeMs === undefined) continue;
    const delayMs = Math.max(0, (receipt.readableAtMs ?? receipt.receivedAtMs) - eventTimeMs);
    metrics.addMetric("EventToReadable", MetricUnit.Milliseconds, delayMs);
  }
  if (receipts !== undefined) {
    metrics.addMetric("ReceiptsWritten", MetricUnit.Count, receipts.written);
    metrics.addMetric("ReceiptsFailed", MetricUnit.Count, receipts.failed);
  }
  // Always, so that an alarm can tell "none returned" from "nothing ran".
  metrics.addMetric("MessagesReturned", MetricUnit.Count, returnedIds(failures).length);
  metrics.publishStoredMetrics();
}

/** The messages that have to come again, each once. */
export function returnedIds(failures: readonly Failure[]): readonly string[] {
  return [...new Set(failures.map(({ message }) => message.id))];
}

function verdictCounts(takenIn: readonly TakenIn[]): ReadonlyMap<Verdict, number> {
  const counts = new Map<Verdict, number>();
  for (const { receipt } of takenIn) counts.set(receipt.verdict, (counts.get(receipt.verdict) ?? 0) + 1);
  return counts;
}
