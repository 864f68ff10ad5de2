/** The queue between bucket and function, and the one for what could not be taken in. */

import { Aws, Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { INGEST_TIMEOUT, INGEST_WINDOW, QUEUE_RETENTION } from "../names.ts";

/** After so many receives a message is set aside. (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS": 5 at least.) */
const MAX_RECEIVES = 5;

/** Six times the time of the function, and the window in which a batch is gathered. (The same.) */
const VISIBILITY = Duration.seconds(6 * INGEST_TIMEOUT.toSeconds() + INGEST_WINDOW.toSeconds());

export class UpdateQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { key }: { readonly key: IKey }) {
    super(scope, id);
    const common = {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
      retentionPeriod: QUEUE_RETENTION,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    this.deadLetters = new Queue(this, "DeadLetters", common);
    this.queue = new Queue(this, "Updates", {
      ...common,
      visibilityTimeout: VISIBILITY,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: "BucketTells",
        principals: [new ServicePrincipal("s3.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [this.queue.queueArn],
        // Not the ARN of the bucket: the bucket needs this policy before it can be made.
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
    );
  }
}
