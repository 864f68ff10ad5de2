/** The cache that the pods share: Valkey with cluster mode off, which the adapter needs. It may forget anything. */

import { SecurityGroup, SubnetType } from "aws-cdk-lib/aws-ec2";
import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup } from "aws-cdk-lib/aws-elasticache";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { explained } from "../explained.ts";
import { LOG_DAYS, REDIS_PORT, secretName } from "../names.ts";
import type { Stage } from "../stages.ts";
import type { Network } from "./network.ts";

export interface RedisCacheProps {
  readonly stage: Stage;
  readonly network: Network;
  readonly key: IKey;
}

export class RedisCache extends Construct {
  /** The token, as it is. */
  readonly secret: Secret;
  readonly group: SecurityGroup;
  readonly cluster: CfnReplicationGroup;

  constructor(scope: Construct, id: string, { stage, network, key }: RedisCacheProps) {
    super(scope, id);
    const { node, nodes } = stage.cache;
    const subnets = network.vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_ISOLATED });
    this.group = new SecurityGroup(this, "Group", {
      vpc: network.vpc,
      description: "Movie Store: the cache",
      allowAllOutbound: false,
    });
    this.secret = new Secret(this, "Token", {
      secretName: secretName(stage.name, "redis"),
      encryptionKey: key,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    explained(
      this.secret,
      "AwsSolutions-SMG4",
      "The cache takes a new token by a command of its own: docs/runbook.md.",
    );
    const parameters = new CfnParameterGroup(this, "Parameters", {
      cacheParameterGroupFamily: "valkey8",
      description: "Movie Store",
      properties: {
        "maxmemory-policy": "allkeys-lru",
        // A primary that is cut off refuses invalidations instead of losing them (docs/decisions/0014-redis.md). With
        // one replica, its loss alone would do so.
        "min-replicas-to-write": nodes === 3 ? "1" : "0",
      },
    });
    const subnetGroup = new CfnSubnetGroup(this, "Subnets", {
      description: "Movie Store",
      subnetIds: subnets.subnetIds,
    });
    const slowLog = new LogGroup(this, "SlowLog", { retention: LOG_DAYS, encryptionKey: key });
    this.cluster = new CfnReplicationGroup(this, "Cluster", {
      replicationGroupDescription: "Movie Store: answers and their tags",
      engine: "valkey",
      engineVersion: "8.0",
      clusterMode: "disabled",
      cacheNodeType: node,
      numCacheClusters: nodes,
      preferredCacheClusterAZs: stage.availabilityZones.slice(0, nodes),
      multiAzEnabled: true,
      automaticFailoverEnabled: true,
      port: REDIS_PORT,
      cacheSubnetGroupName: subnetGroup.ref,
      cacheParameterGroupName: parameters.ref,
      securityGroupIds: [this.group.securityGroupId],
      atRestEncryptionEnabled: true,
      kmsKeyId: key.keyArn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      // A reference that CloudFormation resolves: the template has no token.
      authToken: this.secret.secretValue.unsafeUnwrap(),
      autoMinorVersionUpgrade: true,
      // It keeps nothing that is needed.
      snapshotRetentionLimit: 0,
      logDeliveryConfigurations: [
        {
          logType: "slow-log",
          logFormat: "json",
          destinationType: "cloudwatch-logs",
          destinationDetails: { cloudWatchLogsDetails: { logGroup: slowLog.logGroupName } },
        },
      ],
    });
  }

  get endpoint(): string {
    return this.cluster.attrPrimaryEndPointAddress;
  }
}
