/** What works on the data: deployed with each release, and made anew from nothing if need be. */

import { type App, CfnOutput, Stack } from "aws-cdk-lib";
import type { Code } from "aws-cdk-lib/aws-lambda";
import type { DataStack } from "./data-stack.ts";
import { Alarms } from "./service/alarms.ts";
import { Balancer } from "./service/balancer.ts";
import { Cluster } from "./service/cluster.ts";
import { Consumers } from "./service/consumers.ts";
import { Deployer } from "./service/deployer.ts";
import { Firewall } from "./service/firewall.ts";
import { Gateway } from "./service/gateway.ts";
import { Ingest } from "./service/ingest.ts";
import { PodRoles } from "./service/pod-roles.ts";
import type { Stage } from "./stages.ts";

export interface ServiceStackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  /** Of the function that takes objects in: `packages/lambda-ingest/dist`. */
  readonly ingestCode: Code;
}

export class ServiceStack extends Stack {
  constructor(app: App, { stage, data, ingestCode }: ServiceStackProps) {
    super(app, `movie-store-${stage.name}-service`, {
      env: { region: stage.region },
      description: `Movie Store, ${stage.name}: ingest, cluster, gateway, alarms`,
    });
    const key = data.keys.store;
    const ingest = new Ingest(this, "Ingest", { stage, data, code: ingestCode });
    const cluster = new Cluster(this, "Cluster", { stage, data });
    const clusterGroupId = cluster.cluster.attrClusterSecurityGroupId;
    const balancer = new Balancer(this, "Balancer", { stage, data, clusterGroupId });
    cluster.letReach(data);
    const gateway = new Gateway(this, "Gateway", { stage, balancer, key });
    const { api } = gateway;
    new Firewall(this, "Firewall", { stage, protectedArn: api.deploymentStage.stageArn });
    const consumers = new Consumers(this, "Consumers", { stage, api, key });
    const roles = new PodRoles(this, "Pods", {
      data,
      cluster,
      apiKeysSecretArn: consumers.secret.secretArn,
      targetGroupArn: balancer.targets.targetGroupArn,
    });
    for (const [at, arn] of stage.clusterAdmins.entries()) cluster.admit(`Admin${at}`, arn);
    const { deployedBy: repository } = stage;
    const deployer =
      repository === undefined
        ? undefined
        : new Deployer(this, "Deployer", { stage, repository, data, cluster });
    new Alarms(this, "Alarms", { stage, data, ingest, balancer, gateway });

    // What the manifests, the runbook and the workflows need to know; they know these names.
    this.#tell({
      Region: this.region,
      VpcCidr: data.network.vpc.vpcCidrBlock,
      BucketName: data.objects.bucket.bucketName,
      BucketArn: data.objects.bucket.bucketArn,
      ObjectKeyArn: data.keys.objects.keyArn,
      QueueUrl: data.queue.queue.queueUrl,
      DeadLetterQueueUrl: data.queue.deadLetters.queueUrl,
      DatabaseArn: data.database.instance.instanceArn,
      DatabaseProxyEndpoint: data.database.endpoint,
      DatabaseReadEndpoint: data.database.readEndpoint,
      DatabaseSecretArn: data.database.secret.secretArn,
      RedisEndpoint: data.cache.endpoint,
      RedisSecretArn: data.cache.secret.secretArn,
      ApiKeysSecretArn: consumers.secret.secretArn,
      ApiUrl: gateway.url,
      OriginUrl: balancer.origin,
      TargetGroupArn: balancer.targets.targetGroupArn,
      ClusterName: cluster.cluster.ref,
      ApiRoleArn: roles.api.roleArn,
      ReconcileRoleArn: roles.reconcile.roleArn,
      ImageRepositoryUri: data.images.repository.repositoryUri,
      IngestFunctionName: ingest.function.functionName,
      ...(deployer === undefined ? {} : { DeployRoleArn: deployer.role.roleArn }),
    });
  }

  #tell(outputs: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
