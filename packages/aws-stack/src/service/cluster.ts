/** The Kubernetes cluster over three zones. What runs in it is the business of packages/k8s-manifests. */

import { Aws, type CfnResource } from "aws-cdk-lib";
import { CfnLaunchTemplate, SubnetType } from "aws-cdk-lib/aws-ec2";
import { CfnAccessEntry, CfnAddon, CfnCluster, CfnNodegroup } from "aws-cdk-lib/aws-eks";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { DataStack } from "../data-stack.ts";
import { explained } from "../explained.ts";
import { LOG_DAYS, MYSQL_PORT, REDIS_PORT } from "../names.ts";
import type { Stage } from "../stages.ts";
import { Reach } from "./reach.ts";

const KUBERNETES = "1.36";
const DISK_GIB = 50;

/** What nodes need before they are ready; the rest needs nodes. */
const BEFORE_NODES = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"];
const BEHIND_NODES = ["coredns", "metrics-server"];
const CONFIGURATION: Readonly<Record<string, object>> = {
  // Without it the network policies of the manifests are only words.
  "vpc-cni": { enableNetworkPolicy: "true" },
};

export class Cluster extends Construct {
  readonly cluster: CfnCluster;

  constructor(
    scope: Construct,
    id: string,
    { stage, data }: { readonly stage: Stage; readonly data: DataStack },
  ) {
    super(scope, id);
    const { vpc } = data.network;
    const { subnetIds } = vpc.selectSubnets({ subnetType: SubnetType.PRIVATE_WITH_EGRESS });
    const name = `movie-store-${stage.name}`;
    const log = new LogGroup(this, "Log", {
      // The name under which EKS looks for it.
      logGroupName: `/aws/eks/${name}/cluster`,
      retention: LOG_DAYS,
      encryptionKey: data.keys.store,
    });
    this.cluster = new CfnCluster(this, "Cluster", {
      name,
      version: KUBERNETES,
      roleArn: this.#role("Role", "eks", ["AmazonEKSClusterPolicy"]).roleArn,
      resourcesVpcConfig: {
        subnetIds,
        endpointPrivateAccess: true,
        endpointPublicAccess: stage.clusterAccessCidrs.length > 0,
        publicAccessCidrs: [...stage.clusterAccessCidrs],
      },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      bootstrapSelfManagedAddons: false,
      encryptionConfig: [{ provider: { keyArn: data.keys.store.keyArn } }],
      logging: {
        clusterLogging: {
          enabledTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"].map((type) => ({
            type,
          })),
        },
      },
      upgradePolicy: { supportType: "STANDARD" },
    });
    this.cluster.node.addDependency(log);
    explained(
      this.cluster,
      "AwsSolutions-EKS1",
      "Workflows that deploy come from changing addresses, and each request needs an IAM identity that the cluster knows. clusterAccessCidrs narrows it.",
    );
    const nodes = this.#addNodes(stage, subnetIds);
    for (const name of BEFORE_NODES) nodes.node.addDependency(this.#addon(name));
    for (const name of BEHIND_NODES) this.#addon(name).node.addDependency(nodes);
  }

  /** Gives a role of IAM the administration of the cluster. */
  admit(id: string, principalArn: string): void {
    new CfnAccessEntry(this, `Access${id}`, {
      clusterName: this.cluster.ref,
      principalArn,
      accessPolicies: [
        {
          policyArn: `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
          accessScope: { type: "cluster" },
        },
      ],
    });
  }

  /** Lets pods ask the database, its replica and the cache. */
  letReach({ database, cache }: DataStack): void {
    const from = this.cluster.attrClusterSecurityGroupId;
    new Reach(this, "ToDatabase", {
      from,
      to: database.group.securityGroupId,
      port: MYSQL_PORT,
      description: "Pods ask the database",
    });
    new Reach(this, "ToCache", {
      from,
      to: cache.group.securityGroupId,
      port: REDIS_PORT,
      description: "Pods ask the cache",
    });
  }

  #addNodes({ nodes }: Stage, subnetIds: string[]): CfnResource {
    const template = new CfnLaunchTemplate(this, "NodeTemplate", {
      launchTemplateData: {
        blockDeviceMappings: [
          { deviceName: "/dev/xvda", ebs: { volumeSize: DISK_GIB, volumeType: "gp3", encrypted: true } },
        ],
        // One hop: a pod can't reach the credentials of its node.
        metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      },
    });
    return new CfnNodegroup(this, "Nodes", {
      clusterName: this.cluster.ref,
      nodeRole: this.#role("NodeRole", "ec2", [
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKS_CNI_Policy",
      ]).roleArn,
      // One in each zone.
      subnets: subnetIds,
      amiType: "AL2023_x86_64_STANDARD",
      instanceTypes: [nodes.instance],
      scalingConfig: { minSize: nodes.min, desiredSize: nodes.min, maxSize: nodes.max },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
      launchTemplate: { id: template.ref, version: template.attrLatestVersionNumber },
    });
  }

  #addon(addonName: string): CfnAddon {
    const configuration = CONFIGURATION[addonName];
    return new CfnAddon(this, `Addon-${addonName}`, {
      clusterName: this.cluster.ref,
      addonName,
      resolveConflicts: "OVERWRITE",
      configurationValues: configuration && JSON.stringify(configuration),
    });
  }

  #role(id: string, service: string, policies: readonly string[]): Role {
    const role = new Role(this, id, {
      assumedBy: new ServicePrincipal(`${service}.amazonaws.com`),
      managedPolicies: policies.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    for (const name of policies) {
      explained(
        role,
        `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
        "EKS asks for this policy, and Amazon keeps it up with EKS.",
      );
    }
    return role;
  }
}
