/** The handler, of parts that are there already. */

import type { SQSBatchResponse } from "aws-lambda";
import { type Container, LOGGER, METRICS, RECEIPT_WRITER, SOURCE, STORE } from "./container.ts";
import { Deadline } from "./deadline.ts";
import { readInvocation } from "./event.ts";
import { hasLeftWork, ingestBatch } from "./ingest-batch.ts";
import { type InvocationContext, logBatch, measureBatch, returnedIds } from "./report.ts";
import { writeReceipts } from "./write-receipts.ts";

/**
 * Takes in the objects that an event announces: an event of Amazon S3, a batch of them from SQS, or an "Object
 * Created" event of EventBridge.
 *
 * @returns for a batch of SQS the messages that have to come again; nothing otherwise.
 * @throws for an event that comes directly, when anything in it has to come again: Lambda then repeats it.
 */
export type Handler = (event: unknown, context: InvocationContext) => Promise<SQSBatchResponse | undefined>;

/** What is left of the invocation's time for the answer, the log and the metrics; milliseconds. */
const RESERVE_MS = 1_000;

/**
 * @param endEnvironment is called when the time is up and a transaction is still at work: an environment that is
 * frozen with it would keep all other writers waiting. It ends the process, and with that the transaction; the batch
 * comes again.
 */
export function createHandler(container: Container, endEnvironment: () => void = () => {}): Handler {
  const [log, metrics] = [container.resolve(LOGGER), container.resolve(METRICS)];
  const [store, source] = [container.resolve(STORE), container.resolve(SOURCE)];
  const writer = container.resolve(RECEIPT_WRITER);

  return async (event, context) => {
    log.addContext(context);
    const deadline = new Deadline(context.getRemainingTimeInMillis() - RESERVE_MS);
    const { kind, messages } = readInvocation(event);
    const result = await ingestBatch(messages, { store, source, deadline });
    const receipts = writer === null ? undefined : await writeReceipts(writer, result, deadline);
    logBatch(log, messages, result, receipts);
    measureBatch(metrics, result, receipts);
    if (hasLeftWork(result)) endEnvironment();
    if (kind === "queue") {
      const itemIdentifiers = returnedIds(result.failures);
      return { batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })) };
    }
    const [failure] = result.failures;
    if (failure === undefined) return undefined;
    throw new Error(`the event has to come again: ${failure.reason}`, { cause: failure.error });
  };
}
