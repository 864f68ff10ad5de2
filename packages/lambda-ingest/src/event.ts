/** The events that Lambda hands over, and the objects that they announce. */

import { isReceiptKey, type ObjectAddress, type Rejection } from "@movie-store/core";
import * as z from "zod";

/** One object that has been written, as an event names it. */
export interface Announcement {
  readonly address: ObjectAddress;
  /** Why it can't even be asked for; the key of the address is then the raw one. */
  readonly fault?: Rejection;
}

/** What is acknowledged or returned as a whole. */
export interface Message {
  readonly id: string;
  /** How often it has been handed over, this time included; absent without a queue, where nobody counts. */
  readonly receiveCount?: number;
  readonly announcements: readonly Announcement[];
  /** Why it is no event; it announces nothing then. */
  readonly unreadable?: string;
}

export interface Invocation {
  /** `queue`: messages may be returned one by one. `direct`: the event itself is the message, and Lambda repeats it. */
  readonly kind: "queue" | "direct";
  readonly messages: readonly Message[];
}

const queueEventSchema = z.object({
  Records: z
    .array(
      z.object({
        eventSource: z.literal("aws:sqs"),
        messageId: z.string().min(1),
        body: z.string(),
        attributes: z.object({ ApproximateReceiveCount: z.coerce.number().int().min(1) }),
      }),
    )
    .min(1),
});

/** Sent once when notifications of a bucket are set up. */
const testEventSchema = z.object({ Event: z.literal("s3:TestEvent") });

const s3EventSchema = z.object({ Records: z.array(z.unknown()).min(1) });

/** Minor versions only add fields. (Amazon S3 User Guide, "Event message structure".) */
const recordSchema = z.object({
  eventVersion: z.string().regex(/^2\.\d+$/, "is not of version 2"),
  eventSource: z.string().endsWith(":s3"),
  eventName: z.string(),
});

const createdRecordSchema = z.object({
  eventTime: z.string().optional(),
  s3: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1),
      size: z.number().optional(),
      versionId: z.string().nullish(),
      sequencer: z.string().nullish(),
    }),
  }),
});

const bridgeEventSchema = z.object({
  version: z.literal("0"),
  source: z.string().startsWith("aws.s3"),
  "detail-type": z.string(),
  time: z.string().optional(),
  detail: z.unknown(),
});

const createdDetailSchema = z.object({
  bucket: z.object({ name: z.string().min(1) }),
  object: z.object({
    key: z.string().min(1),
    size: z.number().optional(),
    "version-id": z.string().nullish(),
    sequencer: z.string().nullish(),
  }),
});

const CREATED = /^(s3:)?ObjectCreated:/;

/** Reads what Lambda hands over. Never throws: what can't be read becomes a message that says so. */
export function readInvocation(event: unknown): Invocation {
  const queued = queueEventSchema.safeParse(event);
  if (!queued.success) return { kind: "direct", messages: [messageOf({ id: "event" }, () => event)] };
  const messages = queued.data.Records.map(({ messageId: id, body, attributes }) =>
    messageOf({ id, receiveCount: attributes.ApproximateReceiveCount }, () => JSON.parse(body)),
  );
  return { kind: "queue", messages };
}

function messageOf(received: Pick<Message, "id" | "receiveCount">, read: () => unknown): Message {
  try {
    return { ...received, announcements: announcementsOf(read()) };
  } catch (error) {
    return { ...received, announcements: [], unreadable: reasonOf(error) };
  }
}

/** @throws ZodError or SyntaxError for what is no event of a bucket. */
function announcementsOf(event: unknown): readonly Announcement[] {
  if (testEventSchema.safeParse(event).success) return [];
  const bridged = bridgeEventSchema.safeParse(event);
  if (bridged.success) return ofBridge(bridged.data);
  return s3EventSchema.parse(event).Records.flatMap(ofRecord);
}

/** Removals are not withdrawals: an update stays what it was, and a provider withdraws a film by saying so. */
function ofRecord(record: unknown): readonly Announcement[] {
  if (!CREATED.test(recordSchema.parse(record).eventName)) return [];
  const { eventTime, s3 } = createdRecordSchema.parse(record);
  const { key: encodedKey, size, versionId, sequencer } = s3.object;
  const common = { bucket: s3.bucket.name, versionId, sequencer, time: eventTime };
  const key = decodeKey(encodedKey);
  if (isNoUpdate(key ?? encodedKey, size)) return [];
  if (key === undefined) {
    const fault = { code: "bad-key", reason: "the key of the event can't be decoded", field: "key" } as const;
    return [{ address: addressOf({ ...common, key: encodedKey }), fault }];
  }
  return [{ address: addressOf({ ...common, key }) }];
}

/** Here keys are not encoded. */
function ofBridge(event: z.infer<typeof bridgeEventSchema>): readonly Announcement[] {
  if (event["detail-type"] !== "Object Created") return [];
  const { bucket, object } = createdDetailSchema.parse(event.detail);
  const { key, size, "version-id": versionId, sequencer } = object;
  if (isNoUpdate(key, size)) return [];
  return [{ address: addressOf({ bucket: bucket.name, key, versionId, sequencer, time: event.time }) }];
}

/** The keys of events are encoded as forms are: `a b+c.json` comes as `a+b%2Bc.json`. */
function decodeKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/**
 * Receipts are written to the bucket whose events come here: one that were taken for an update would get a receipt, and
 * so on. And an empty object with a slash at its end is how a console shows a folder.
 */
function isNoUpdate(key: string, size: number | undefined): boolean {
  return isReceiptKey(key) || (size === 0 && key.endsWith("/"));
}

function addressOf(named: {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | null | undefined;
  readonly sequencer: string | null | undefined;
  readonly time: string | undefined;
}): ObjectAddress {
  const { bucket, key, versionId, sequencer } = named;
  const eventTimeMs = Date.parse(named.time ?? "");
  return {
    bucket,
    key,
    ...(versionId ? { versionId } : {}),
    ...(sequencer ? { sequencer } : {}),
    ...(Number.isNaN(eventTimeMs) ? {} : { eventTimeMs }),
  };
}

/** One line, and nothing of what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof z.ZodError)) return "the message is not JSON";
  const [issue] = error.issues;
  return `the message is no event of a bucket: ${issue?.path.join(".") || "it"}: ${issue?.message}`;
}
