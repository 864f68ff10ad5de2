/** What Lambda does between a queue and a function: polls, invokes, and deletes what the function does not return. */

import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

export interface MappingOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** The function. */
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Messages an event, 1 to 10; default 10. */
  readonly batchSize?: number;
  /** Events at a time; default 2. */
  readonly concurrency?: number;
  /** After this a message that was returned comes again; default 2. */
  readonly visibilitySeconds?: number;
}

export interface MappingCounts {
  readonly invocations: number;
  /** Events whose invocation failed as a whole. */
  readonly failed: number;
  readonly deleted: number;
  /** Messages that the function returned. */
  readonly returned: number;
}

export class EventSourceMapping {
  readonly #options: MappingOptions;
  readonly #stopping = new AbortController();
  readonly #pollers: Promise<void>;
  #counts: MappingCounts = { invocations: 0, failed: 0, deleted: 0, returned: 0 };

  private constructor(options: MappingOptions) {
    this.#options = options;
    const { concurrency = 2 } = options;
    this.#pollers = Promise.all(Array.from({ length: concurrency }, () => this.#poll())).then(() => {});
  }

  static start(options: MappingOptions): EventSourceMapping {
    return new EventSourceMapping(options);
  }

  get counts(): MappingCounts {
    return this.#counts;
  }

  /** Ends when the events that are under way are done. Throws what a poller met that is not the function's. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#pollers;
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      let messages: readonly Message[];
      try {
        messages = await this.#receive(signal);
      } catch (error) {
        if (signal.aborted) return;
        throw error;
      }
      if (messages.length > 0) await this.#handOver(messages);
    }
  }

  async #receive(abortSignal: AbortSignal): Promise<readonly Message[]> {
    const { client, queueUrl, batchSize = 10, visibilitySeconds = 2 } = this.#options;
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: batchSize,
      VisibilityTimeout: visibilitySeconds,
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ["All"],
    });
    return (await client.send(command, { abortSignal })).Messages ?? [];
  }

  async #handOver(messages: readonly Message[]): Promise<void> {
    this.#add({ invocations: 1 });
    const returned = await this.#options
      .invoke(eventOf(messages))
      .then(returnedIds)
      .catch(() => undefined);
    if (returned === undefined) {
      this.#add({ failed: 1 });
      return;
    }
    const done = messages.filter(({ MessageId }) => !returned.has(MessageId ?? ""));
    this.#add({ deleted: done.length, returned: messages.length - done.length });
    if (done.length === 0) return;
    const Entries = done.map(({ ReceiptHandle }, at) => ({ Id: `${at}`, ReceiptHandle }));
    const { client, queueUrl } = this.#options;
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }

  #add(counts: Partial<MappingCounts>): void {
    const { invocations, failed, deleted, returned } = this.#counts;
    this.#counts = {
      invocations: invocations + (counts.invocations ?? 0),
      failed: failed + (counts.failed ?? 0),
      deleted: deleted + (counts.deleted ?? 0),
      returned: returned + (counts.returned ?? 0),
    };
  }
}

/** No answer, or one without this list, means that all is done: so dangerous is a handler that answers nothing. */
function returnedIds(answer: unknown): ReadonlySet<string> {
  const { batchItemFailures = [] } = (answer ?? {}) as {
    readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[];
  };
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
}

function eventOf(messages: readonly Message[]): unknown {
  const Records = messages.map((message) => ({
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes,
    messageAttributes: {},
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:objects",
    awsRegion: "us-east-1",
  }));
  return { Records };
}
