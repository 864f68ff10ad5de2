/** RDS Proxy: keeps the address when the database fails over, and takes connections by TLS alone. */

import { Duration } from "aws-cdk-lib";
import { type IVpc, type SecurityGroup, SubnetType } from "aws-cdk-lib/aws-ec2";
import {
  ClientPasswordAuthType,
  DatabaseInstance,
  DatabaseProxy,
  type IDatabaseInstance,
  ProxyTarget,
} from "aws-cdk-lib/aws-rds";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { MYSQL_PORT } from "../names.ts";
import { ENGINE } from "./database-engine.ts";

export interface Proxied extends Construct {
  readonly instance: IDatabaseInstance;
  readonly secret: ISecret;
  /** Of the database and the proxy. */
  readonly group: SecurityGroup;
}

export function addProxy(database: Proxied, vpc: IVpc): DatabaseProxy {
  const { instance, secret, group } = database;
  // The CDK does not know of a replica which engine it has.
  const target = DatabaseInstance.fromDatabaseInstanceAttributes(database, "Target", {
    engine: ENGINE,
    instanceIdentifier: instance.instanceIdentifier,
    instanceEndpointAddress: instance.dbInstanceEndpointAddress,
    port: MYSQL_PORT,
    securityGroups: [group],
  });
  return new DatabaseProxy(database, "Proxy", {
    proxyTarget: ProxyTarget.fromInstance(target),
    vpc,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    securityGroups: [group],
    secrets: [secret],
    requireTLS: true,
    clientPasswordAuthType: ClientPasswordAuthType.MYSQL_CACHING_SHA2_PASSWORD,
    maxConnectionsPercent: 90,
    borrowTimeout: Duration.seconds(5),
    idleClientTimeout: Duration.minutes(5),
  });
}
