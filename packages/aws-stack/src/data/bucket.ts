/** The bucket: every version of every object is kept, and each provider has a folder of its own. */

import { Aws, Duration } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import {
  Bucket,
  type CfnBucket,
  ObjectLockRetention,
  ObjectOwnership,
  ReplicationTimeValue,
} from "aws-cdk-lib/aws-s3";
import type { IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { explained } from "../explained.ts";
import { PROVIDERS_PREFIX } from "../names.ts";
import type { Stage } from "../stages.ts";
import { privateBucket } from "./private-bucket.ts";

export interface ObjectBucketProps {
  readonly stage: Stage;
  readonly key: IKey;
  readonly queue: Queue;
  /** Where new objects are replicated to. */
  readonly replica?: { readonly bucketArn: string; readonly keyArn: string };
}

export class ObjectBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { stage, key, queue, replica }: ObjectBucketProps) {
    super(scope, id);
    const { objectLockDays } = stage;
    this.bucket = new Bucket(this, "Objects", {
      ...privateBucket(key),
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      objectLockEnabled: objectLockDays !== undefined,
      objectLockDefaultRetention:
        objectLockDays === undefined
          ? undefined
          : ObjectLockRetention.governance(Duration.days(objectLockDays)),
      // No object ever goes, and none gets colder: the cheaper classes charge for 128 KiB, and these have two or three.
      lifecycleRules: [{ id: "unfinished-uploads", abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      replicationRules: replica && [this.#replicationTo(replica)],
    });
    if (replica !== undefined) this.#explainReplication();
    this.#keepEveryVersion();
    this.#takeNoOtherEncryption(key);
    if (stage.role === "active") this.#tell(queue);
    explained(
      this.bucket,
      "AwsSolutions-S1",
      "CloudTrail logs every access to its objects; a log of the server would have the same once more.",
    );
  }

  #replicationTo({ bucketArn, keyArn }: { readonly bucketArn: string; readonly keyArn: string }) {
    return {
      destination: Bucket.fromBucketArn(this, "Replica", bucketArn),
      kmsKey: Key.fromKeyArn(this, "ReplicaKey", keyArn),
      sseKmsEncryptedObjects: true,
      replicationTimeControl: ReplicationTimeValue.FIFTEEN_MINUTES,
      metrics: ReplicationTimeValue.FIFTEEN_MINUTES,
    };
  }

  #explainReplication(): void {
    for (const found of [
      "Resource::<BucketObjectsF3751061.Arn>/*",
      "Resource::<ReplicaBucketArn>/*",
      "Action::kms:GenerateDataKey*",
      "Action::kms:ReEncrypt*",
    ]) {
      explained(
        this.bucket,
        `AwsSolutions-IAM5[${found}]`,
        "S3 replicates every object, from one bucket and key to another.",
      );
    }
  }

  /** An object cannot be asked for again, so nobody deletes one, and nobody turns off that versions are kept. */
  #keepEveryVersion(): void {
    this.#deny("NobodyDeletes", this.bucket.arnForObjects("*"), [
      "s3:DeleteObject",
      "s3:DeleteObjectVersion",
      "s3:BypassGovernanceRetention",
    ]);
    // CloudFormation may have to say it again when it changes something else.
    const cloudFormation = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/cdk-*-cfn-exec-role-*`;
    this.#deny("VersionsAreKept", this.bucket.bucketArn, ["s3:PutBucketVersioning", "s3:DeleteBucket"], {
      ArnNotLike: { "aws:PrincipalArn": cloudFormation },
    });
  }

  /** What is encrypted with a key of the provider's could not be read. Without these headers the default holds. */
  #takeNoOtherEncryption(key: IKey): void {
    const objects = this.bucket.arnForObjects("*");
    this.#deny("NoOtherEncryption", objects, ["s3:PutObject"], {
      StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption": "aws:kms" },
    });
    this.#deny("NoOtherKey", objects, ["s3:PutObject"], {
      StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption-aws-kms-key-id": key.keyArn },
    });
  }

  #deny(sid: string, resource: string, actions: string[], conditions: Record<string, unknown> = {}): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions,
        resources: [resource],
        conditions: conditions as Record<string, Record<string, string>>,
      }),
    );
  }

  /** By the resource itself: the construct of the CDK does it by a function of its own, with rights on all buckets. */
  #tell(queue: IQueue): void {
    const bucket = this.bucket.node.defaultChild as CfnBucket;
    const rules = [{ name: "prefix", value: PROVIDERS_PREFIX }];
    bucket.notificationConfiguration = {
      queueConfigurations: [
        { event: "s3:ObjectCreated:*", queue: queue.queueArn, filter: { s3Key: { rules } } },
      ],
    };
    // S3 asks the queue whether it may send before it takes the configuration.
    bucket.node.addDependency(queue.node.findChild("Policy"));
  }
}
