/** The function that takes in what the bucket gets. */

import { RemovalPolicy } from "aws-cdk-lib";
import { Peer, Port, SecurityGroup, SubnetType } from "aws-cdk-lib/aws-ec2";
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type Code,
  EventSourceMapping,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { DataStack } from "../data-stack.ts";
import { explained, explainedFolders } from "../explained.ts";
import {
  DATABASE_NAME,
  INGEST_TIMEOUT,
  INGEST_WINDOW,
  LOG_DAYS,
  MYSQL_PORT,
  PROVIDERS_PREFIX,
  RECEIPTS_PREFIX,
  REDIS_PORT,
} from "../names.ts";
import type { Stage } from "../stages.ts";
import { Reach } from "./reach.ts";

export interface IngestProps {
  readonly stage: Stage;
  readonly data: DataStack;
  /** `packages/lambda-ingest/dist`. */
  readonly code: Code;
}

/** Messages in one batch, and so objects in one transaction. */
const BATCH = 100;
const MEMORY_MIB = 1_024;

export class Ingest extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { stage, data, code }: IngestProps) {
    super(scope, id);
    const { vpc } = data.network;
    const group = new SecurityGroup(this, "Group", {
      vpc,
      description: "Movie Store: the function that takes objects in",
      allowAllOutbound: false,
    });
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "S3, Secrets Manager");
    this.function = new LambdaFunction(this, "Function", {
      description: "Movie Store: takes in what providers put into the bucket",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code,
      handler: "handler.handler",
      memorySize: MEMORY_MIB,
      timeout: INGEST_TIMEOUT,
      role: this.#roleFor(data),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [group],
      environmentEncryption: data.keys.store,
      environment: environmentOf(stage, data),
      // The logger of the function writes JSON itself.
      loggingFormat: LoggingFormat.TEXT,
      logGroup: new LogGroup(this, "Log", {
        retention: LOG_DAYS,
        encryptionKey: data.keys.store,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
    });
    new EventSourceMapping(this, "Updates", {
      target: this.function,
      eventSourceArn: data.queue.queue.queueArn,
      enabled: stage.role === "active",
      batchSize: BATCH,
      maxBatchingWindow: INGEST_WINDOW,
      reportBatchItemFailures: true,
      maxConcurrency: stage.ingest.maxConcurrency,
    });
    const from = group.securityGroupId;
    new Reach(this, "ToDatabase", {
      from,
      to: data.database.group.securityGroupId,
      port: MYSQL_PORT,
      description: "The ingest writes",
      asksOnlyAsTold: true,
    });
    new Reach(this, "ToCache", {
      from,
      to: data.cache.group.securityGroupId,
      port: REDIS_PORT,
      description: "The ingest invalidates",
      asksOnlyAsTold: true,
    });
  }

  #roleFor(data: DataStack): Role {
    const { objects, keys, queue, database, cache } = data;
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName("service-role/AWSLambdaVPCAccessExecutionRole"),
      ],
    });
    explained(
      role,
      "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]",
      "Its network interfaces have no ARN before it makes them, and its log is its own.",
    );
    const { bucket } = objects;
    const [sent, receipts] = [
      bucket.arnForObjects(`${PROVIDERS_PREFIX}*`),
      bucket.arnForObjects(`${RECEIPTS_PREFIX}*`),
    ];
    for (const [actions, resources] of [
      [["s3:GetObject", "s3:GetObjectVersion"], [sent]],
      [["s3:GetObject", "s3:PutObject"], [receipts]],
      // Without it S3 says 403 for an object that is not there.
      [["s3:ListBucket"], [bucket.bucketArn]],
      [["kms:Decrypt", "kms:GenerateDataKey"], [keys.objects.keyArn]],
      [["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], [queue.queue.queueArn]],
      [["secretsmanager:GetSecretValue"], [database.secret.secretArn, cache.secret.secretArn]],
      [["kms:Decrypt"], [keys.store.keyArn]],
    ] as const) {
      role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    }
    explainedFolders(role, data);
    return role;
  }
}

/** No password is in it: the function reads the secrets by their names. */
function environmentOf({ providerPriority }: Stage, data: DataStack): Record<string, string> {
  const { database, cache, objects, originalBucket } = data;
  return {
    MYSQL_URL: `mysql://${database.endpoint}:${MYSQL_PORT}/${DATABASE_NAME}?tls=amazon-rds`,
    MYSQL_SECRET: database.secret.secretArn,
    REDIS_URL: `rediss://${cache.endpoint}:${REDIS_PORT}`,
    REDIS_SECRET: cache.secret.secretArn,
    S3_RECEIPTS: "on",
    PROVIDER_PRIORITY: providerPriority.join(","),
    ...(originalBucket === undefined
      ? {}
      : { S3_BUCKET: objects.bucket.bucketName, S3_REPLICA_OF: originalBucket }),
  };
}
