/** MySQL in two zones, and the proxy before it. In a region that stands by: a replica, and a proxy once it takes over. */

import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { InstanceType, Peer, Port, SecurityGroup, SubnetType } from "aws-cdk-lib/aws-ec2";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import {
  type CfnDBInstance,
  Credentials,
  DatabaseInstance,
  DatabaseInstanceReadReplica,
  type DatabaseInstanceReadReplicaProps,
  type DatabaseProxy,
  DatabaseSecret,
  type IDatabaseInstance,
  type ParameterGroup,
  PerformanceInsightRetention,
  StorageType,
} from "aws-cdk-lib/aws-rds";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { explained } from "../explained.ts";
import { DATABASE_NAME, LOG_DAYS, MYSQL_PORT, NOT_IN_URLS, secretName } from "../names.ts";
import type { Stage } from "../stages.ts";
import { ENGINE } from "./database-engine.ts";
import { databaseParameters } from "./database-parameters.ts";
import { addProxy } from "./database-proxy.ts";
import type { Network } from "./network.ts";

const BACKUP_DAYS = Duration.days(35);
const LOGS = ["error", "slowquery"];

export interface DatabaseProps {
  readonly stage: Stage;
  readonly network: Network;
  readonly key: IKey;
  /** Of the region that this one stands by for. */
  readonly primary?: { readonly databaseArn: string; readonly secretArn: string };
}

export class Database extends Construct {
  /** JSON with `username` and `password`. */
  readonly secret: ISecret;
  readonly instance: DatabaseInstance | DatabaseInstanceReadReplica;
  readonly replica: DatabaseInstanceReadReplica | undefined;
  readonly proxy: DatabaseProxy | undefined;
  readonly group: SecurityGroup;
  readonly #props: DatabaseProps;
  readonly #parameters: ParameterGroup;

  constructor(scope: Construct, id: string, props: DatabaseProps) {
    super(scope, id);
    this.#props = props;
    const { stage, network, primary } = props;
    this.group = new SecurityGroup(this, "Group", {
      vpc: network.vpc,
      description: "Movie Store: the database and its proxy",
      allowAllOutbound: false,
    });
    this.group.addEgressRule(Peer.ipv4(stage.cidr), Port.tcp(MYSQL_PORT), "The proxy asks the database");
    this.#parameters = databaseParameters(this, ENGINE, stage.database);
    if (primary === undefined) {
      this.secret = this.#makeSecret();
      this.instance = this.#makePrimary(this.secret);
    } else {
      this.secret = Secret.fromSecretCompleteArn(this, "Secret", primary.secretArn);
      this.instance = this.#makeReplicaOf(primary.databaseArn);
    }
    this.replica = stage.database.hasReadReplica ? this.#addReadReplica(this.instance) : undefined;
    // A proxy can't have a replica as its target: it comes when the replica has been promoted.
    this.proxy = stage.role === "active" ? addProxy(this, network.vpc) : undefined;
  }

  /** Where everything is written and read: the proxy, or what there is without one. */
  get endpoint(): string {
    return this.proxy?.endpoint ?? this.instance.dbInstanceEndpointAddress;
  }

  /** Where long reads go. */
  get readEndpoint(): string {
    return this.replica?.dbInstanceEndpointAddress ?? this.endpoint;
  }

  #makeSecret(): DatabaseSecret {
    const { stage, key } = this.#props;
    const secret = new DatabaseSecret(this, "Secret", {
      secretName: secretName(stage.name, "database"),
      username: DATABASE_NAME,
      dbname: DATABASE_NAME,
      encryptionKey: key,
      excludeCharacters: NOT_IN_URLS,
      replicaRegions: stage.standbyRegion === undefined ? [] : [{ region: stage.standbyRegion }],
    });
    if (stage.database.rotationDays === undefined) {
      explained(
        secret,
        "AwsSolutions-SMG4",
        "It is changed by command, because pods read it at their start.",
      );
    }
    return secret;
  }

  #makePrimary(secret: ISecret): DatabaseInstance {
    const instance = new DatabaseInstance(this, "Instance", {
      ...this.#common(""),
      engine: ENGINE,
      databaseName: DATABASE_NAME,
      credentials: Credentials.fromSecret(secret),
      allocatedStorage: this.#props.stage.database.storageGib,
    });
    instance.addRotationSingleUser({
      // Zero: there is the function that does it, and no schedule.
      automaticallyAfter: Duration.days(this.#props.stage.database.rotationDays ?? 0),
      excludeCharacters: NOT_IN_URLS,
      securityGroup: this.#rotationGroup(),
      // It has to reach Secrets Manager.
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    });
    return this.#settled(instance);
  }

  #makeReplicaOf(databaseArn: string): DatabaseInstanceReadReplica {
    const source = DatabaseInstance.fromDatabaseInstanceAttributes(this, "Primary", {
      instanceIdentifier: databaseArn,
      instanceEndpointAddress: "",
      port: MYSQL_PORT,
      securityGroups: [],
    });
    const instance = new DatabaseInstanceReadReplica(this, "Instance", {
      ...this.#common(""),
      sourceDatabaseInstance: source,
    });
    const resource = asReplica(instance);
    // Replicas in other regions are named by the ARN of their source, those in the same by its name, as the CDK does.
    resource.sourceDbInstanceIdentifier = databaseArn;
    resource.kmsKeyId = this.#props.key.keyArn;
    return this.#settled(instance);
  }

  #addReadReplica(source: IDatabaseInstance): DatabaseInstanceReadReplica {
    const replica = new DatabaseInstanceReadReplica(this, "ReadReplica", {
      ...this.#common("-read"),
      multiAz: false,
      sourceDatabaseInstance: source,
    });
    asReplica(replica);
    explained(
      replica,
      "AwsSolutions-RDS3",
      "Only exports and verification read from it; without it they wait.",
    );
    return this.#settled(replica);
  }

  #common(suffix: string) {
    const { stage, network, key } = this.#props;
    const { instance, maxStorageGib } = stage.database;
    // With a name of its own CloudFormation can't replace it: a change that would need that fails.
    const instanceIdentifier = `movie-store-${stage.name}${suffix}`;
    for (const log of LOGS) {
      new LogGroup(this, `Log${suffix}-${log}`, {
        logGroupName: `/aws/rds/instance/${instanceIdentifier}/${log}`,
        retention: LOG_DAYS,
        encryptionKey: key,
      });
    }
    return {
      instanceIdentifier,
      vpc: network.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [this.group],
      port: MYSQL_PORT,
      instanceType: new InstanceType(instance),
      multiAz: true,
      storageType: StorageType.GP3,
      maxAllocatedStorage: maxStorageGib,
      storageEncrypted: true,
      storageEncryptionKey: key,
      parameterGroup: this.#parameters,
      backupRetention: BACKUP_DAYS,
      copyTagsToSnapshot: true,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      autoMinorVersionUpgrade: true,
      enablePerformanceInsights: true,
      performanceInsightEncryptionKey: key,
      performanceInsightRetention: PerformanceInsightRetention.DEFAULT,
      monitoringInterval: Duration.minutes(1),
      cloudwatchLogsExports: LOGS,
    } satisfies Partial<DatabaseInstanceReadReplicaProps>;
  }

  #rotationGroup(): SecurityGroup {
    const { stage, network } = this.#props;
    const group = new SecurityGroup(this, "RotationGroup", {
      vpc: network.vpc,
      description: "Movie Store: the function that changes the password of the database",
      allowAllOutbound: false,
    });
    group.addEgressRule(Peer.ipv4(stage.cidr), Port.tcp(MYSQL_PORT), "The password is changed");
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "Secrets Manager");
    return group;
  }

  #settled<T extends DatabaseInstance | DatabaseInstanceReadReplica>(instance: T): T {
    explained(
      instance,
      "AwsSolutions-RDS11",
      "The port tells an attacker nothing that the protocol does not tell. The group lets in the store alone.",
    );
    explained(
      instance,
      "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole]",
      "The policy that RDS asks for, to write what it measures.",
    );
    return instance;
  }
}

/** A replica is encrypted because its source is, in the same region with the same key; it may not be told so again. */
function asReplica(instance: DatabaseInstanceReadReplica): CfnDBInstance {
  const resource = instance.node.defaultChild as CfnDBInstance;
  resource.storageEncrypted = undefined;
  resource.kmsKeyId = undefined;
  explained(instance, "AwsSolutions-RDS2", "A replica of an encrypted database is encrypted.");
  return resource;
}
