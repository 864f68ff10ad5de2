/** Stands for SQS with messages of a bucket: each is handed out until it is deleted, and sometimes twice at a time. */

import type { NamedObject } from "./bucket.ts";
import type { Clock } from "./process.ts";
import type { Step } from "./step.ts";

/** How long a message that was handed out is hidden. */
const VISIBILITY_MS = 1_000;

export interface QueueMessage {
  readonly id: string;
  readonly named: NamedObject;
  receiveCount: number;
  visibleAtMs: number;
}

/** A message as SQS and the bucket write it. */
export type QueueRecord = ReturnType<typeof recordOf>;

export class Queue {
  readonly #clock: Clock;
  #messages: QueueMessage[] = [];
  #sent = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  send(named: NamedObject): void {
    this.#messages.push({ id: `${++this.#sent}`, named, receiveCount: 0, visibleAtMs: this.#clock.nowMs });
  }

  /** What may be handed out together: one message, or all that are visible, in both orders. */
  batches(): readonly (readonly QueueMessage[])[] {
    const visible = this.#messages.filter(({ visibleAtMs }) => visibleAtMs <= this.#clock.nowMs);
    const single = visible.map((message) => [message]);
    return visible.length < 2 ? single : [...single, visible, visible.toReversed()];
  }

  receive(messages: readonly QueueMessage[]): readonly QueueRecord[] {
    for (const message of messages) {
      message.receiveCount++;
      message.visibleAtMs = this.#clock.nowMs + VISIBILITY_MS;
    }
    return messages.map(recordOf);
  }

  delete(id: string): void {
    this.#messages = this.#messages.filter((message) => message.id !== id);
  }

  *steps(): Iterable<Step> {
    for (const message of this.#messages) {
      if (message.visibleAtMs <= this.#clock.nowMs) continue;
      const happen = () => {
        message.visibleAtMs = this.#clock.nowMs;
      };
      yield { kind: "repeat", name: `the queue hands ${message.named.name} out again, too early`, happen };
    }
  }
}

function recordOf({ id, named: { object }, receiveCount }: QueueMessage) {
  const { bucket, key, versionId, sequencer, eventTimeMs } = object;
  const event = {
    ...{ eventVersion: "2.1", eventSource: "aws:s3", eventName: "ObjectCreated:Put" },
    eventTime: new Date(eventTimeMs).toISOString(),
    s3: {
      bucket: { name: bucket },
      object: { key: encodeURIComponent(key).replaceAll("%20", "+"), versionId, sequencer },
    },
  };
  return {
    eventSource: "aws:sqs",
    messageId: id,
    body: JSON.stringify({ Records: [event] }),
    attributes: { ApproximateReceiveCount: `${receiveCount}` },
  };
}
