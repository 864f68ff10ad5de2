/** Does for a queue what Lambda's event source mapping does: hands its messages to the handler, and deletes the done. */

import { setTimeout } from "node:timers/promises";
import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Handler } from "./create-handler.ts";
import type { InvocationContext, Log } from "./report.ts";

export interface QueueWorkerOptions {
  readonly client: Pick<SQSClient, "send">;
  readonly queueUrl: string;
  readonly handler: Handler;
  readonly log: Log;
  /** How long a message that was received is hidden from others: the time of a batch, and the pause before it comes again. */
  readonly visibilitySeconds?: number;
  /** How long the queue is asked to wait for a message; 0 to 20. */
  readonly waitSeconds?: number;
  /** The first pause after the queue could not be asked; it doubles up to a minute. */
  readonly pauseMs?: number;
}

/** As many as the queue gives at once. */
const BATCH = 10;
const MAX_PAUSE_MS = 60_000;

/**
 * Works until the signal aborts. A batch that has begun is ended; a message that has to come again is left to its
 * visibility timeout.
 */
export async function workOnQueue(options: QueueWorkerOptions, signal: AbortSignal): Promise<void> {
  const { log, pauseMs = 1_000 } = options;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const messages = await receive(options, signal);
      failures = 0;
      if (messages.length > 0) await handle(messages, options);
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      log.error("the queue does not answer", { error: error as Error });
      await pause(Math.min(MAX_PAUSE_MS, pauseMs * 2 ** (failures - 1)), signal);
    }
  }
}

async function receive(options: QueueWorkerOptions, abortSignal: AbortSignal): Promise<readonly Message[]> {
  const { client, queueUrl, visibilitySeconds = 60, waitSeconds = 20 } = options;
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: BATCH,
    WaitTimeSeconds: waitSeconds,
    VisibilityTimeout: visibilitySeconds,
    MessageSystemAttributeNames: ["ApproximateReceiveCount"],
  });
  const { Messages = [] } = await client.send(command, { abortSignal });
  return Messages;
}

async function handle(messages: readonly Message[], options: QueueWorkerOptions): Promise<void> {
  const { handler, log, visibilitySeconds = 60 } = options;
  const endsAtMs = performance.now() + visibilitySeconds * 1_000;
  const context = contextOf(messages, () => endsAtMs - performance.now());
  let returned: ReadonlySet<string>;
  try {
    const answer = await handler(eventOf(messages), context);
    returned = new Set(answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  } catch (error) {
    log.error("a batch failed as a whole", { error: error as Error });
    return;
  }
  await remove(
    messages.filter(({ MessageId }) => !returned.has(MessageId ?? "")),
    options,
  );
}

/** The event that Lambda would make of these messages, as far as the handler reads it. */
function eventOf(messages: readonly Message[]) {
  const Records = messages.map(({ MessageId, Body, Attributes }) => ({
    eventSource: "aws:sqs",
    messageId: MessageId,
    body: Body,
    attributes: Attributes,
  }));
  return { Records };
}

function contextOf(messages: readonly Message[], getRemainingTimeInMillis: () => number): InvocationContext {
  return {
    awsRequestId: messages[0]?.MessageId ?? "",
    functionName: "worker",
    functionVersion: "",
    invokedFunctionArn: "",
    memoryLimitInMB: "",
    getRemainingTimeInMillis,
  };
}

/** What can't be deleted comes again, and is found to be a duplicate then. */
async function remove(messages: readonly Message[], options: QueueWorkerOptions): Promise<void> {
  if (messages.length === 0) return;
  const Entries = messages.map(({ ReceiptHandle }, at) => ({ Id: `${at}`, ReceiptHandle }));
  const command = new DeleteMessageBatchCommand({ QueueUrl: options.queueUrl, Entries });
  const { Failed = [] } = await options.client.send(command);
  for (const { Id, Code } of Failed) {
    const messageId = messages[Number(Id)]?.MessageId;
    options.log.warn("a message can't be deleted", { messageId, code: Code });
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // It rejects when the signal aborts.
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}
