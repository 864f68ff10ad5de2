/** A bucket with versions, and a queue that is told of each new object in it. */

import { randomBytes } from "node:crypto";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

const QUEUE_SIZES = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;

export class NotifyingBucket {
  readonly name: string;
  readonly queueUrl: string;
  readonly sqs: SQSClient;
  readonly #s3: S3Client;

  private constructor(name: string, queueUrl: string, s3: S3Client, sqs: SQSClient) {
    this.name = name;
    this.queueUrl = queueUrl;
    this.#s3 = s3;
    this.sqs = sqs;
  }

  static async create(endpoint: string): Promise<NotifyingBucket> {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const connection = { endpoint, region: "us-east-1", credentials };
    const [s3, sqs] = [new S3Client({ ...connection, forcePathStyle: true }), new SQSClient(connection)];
    const name = `films-${randomBytes(6).toString("hex")}`;
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const arns = { QueueUrl, AttributeNames: ["QueueArn" as const] };
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand(arns));
    const Bucket = name;
    await s3.send(new CreateBucketCommand({ Bucket }));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    // The service sends its test event to the queue now.
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          QueueConfigurations: [{ QueueArn: Attributes?.["QueueArn"], Events: ["s3:ObjectCreated:*"] }],
        },
      }),
    );
    return new NotifyingBucket(name, QueueUrl, s3, sqs);
  }

  /** As a provider does it; the event comes by itself. */
  async put(key: string, body: string | Uint8Array): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body }));
  }

  /** What lies below a prefix, by its key; at most a thousand. */
  async contents(prefix: string): Promise<ReadonlyMap<string, string>> {
    const Bucket = this.name;
    const { Contents = [] } = await this.#s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
    const texts = new Map<string, string>();
    for (const { Key = "" } of Contents) {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket, Key }));
      texts.set(Key, (await Body?.transformToString()) ?? "");
    }
    return texts;
  }

  /** A message that did not come from the bucket, or comes again. */
  async send(body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: body }));
  }

  /** Messages in the queue, those under way included. */
  async queued(): Promise<number> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.queueUrl,
      AttributeNames: [...QUEUE_SIZES],
    });
    const { Attributes = {} } = await this.sqs.send(command);
    return QUEUE_SIZES.reduce((sum, name) => sum + Number(Attributes[name]), 0);
  }

  close(): void {
    this.#s3.destroy();
    this.sqs.destroy();
  }
}
