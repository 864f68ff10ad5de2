/** Two keys: providers have to use that of the objects, and must not come near that of everything else. */

import { Aws, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";

export class Keys extends Construct {
  /** Of the bucket. */
  readonly objects: Key;
  /** Of the queues, the database, the cache, secrets, logs and images. */
  readonly store: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const common = { enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN };
    this.objects = new Key(this, "Objects", { ...common, description: "Movie Store: objects of providers" });
    this.store = new Key(this, "Store", { ...common, description: "Movie Store: all but the objects" });
    const { region } = Stack.of(this);
    // The bucket tells the encrypted queue; alarms are told to an encrypted topic.
    this.#letUse("s3.amazonaws.com", { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } });
    this.#letUse("cloudwatch.amazonaws.com", { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } });
    this.#letUse("cloudtrail.amazonaws.com", { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } });
    this.#letUse(`logs.${region}.amazonaws.com`, {
      ArnLike: {
        "kms:EncryptionContext:aws:logs:arn": `arn:${Aws.PARTITION}:logs:${region}:${Aws.ACCOUNT_ID}:*`,
      },
    });
  }

  #letUse(service: string, conditions: Record<string, Record<string, string>>): void {
    this.store.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal(service)],
        actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        resources: ["*"],
        conditions,
      }),
    );
  }
}
