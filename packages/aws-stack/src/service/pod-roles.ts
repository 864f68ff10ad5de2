/** What pods may do on AWS: EKS Pod Identity gives the role to one service account of one namespace. */

import { CfnPodIdentityAssociation } from "aws-cdk-lib/aws-eks";
import { PolicyStatement, Role, ServicePrincipal, SessionTagsPrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { DataStack } from "../data-stack.ts";
import { explained, explainedFolders } from "../explained.ts";
import { API_ACCOUNT, NAMESPACE, PROVIDERS_PREFIX, RECEIPTS_PREFIX, RECONCILE_ACCOUNT } from "../names.ts";
import type { Cluster } from "./cluster.ts";

export interface PodRolesProps {
  readonly data: DataStack;
  readonly cluster: Cluster;
  readonly apiKeysSecretArn: string;
  readonly targetGroupArn: string;
}

export class PodRoles extends Construct {
  /** May do nothing: the API has its secrets from Kubernetes, and asks nothing of AWS. */
  readonly api: Role;
  readonly reconcile: Role;
  readonly #clusterName: string;

  constructor(
    scope: Construct,
    id: string,
    { data, cluster, apiKeysSecretArn, targetGroupArn }: PodRolesProps,
  ) {
    super(scope, id);
    this.#clusterName = cluster.cluster.ref;
    const { bucket } = data.objects;
    this.api = this.#role("Api", NAMESPACE, API_ACCOUNT, []);
    this.reconcile = this.#role("Reconcile", NAMESPACE, RECONCILE_ACCOUNT, [
      [["s3:ListBucket", "s3:ListBucketVersions"], [bucket.bucketArn]],
      [["s3:GetObject", "s3:GetObjectVersion"], [bucket.arnForObjects(`${PROVIDERS_PREFIX}*`)]],
      [["s3:GetObject", "s3:PutObject"], [bucket.arnForObjects(`${RECEIPTS_PREFIX}*`)]],
      [["kms:Decrypt", "kms:GenerateDataKey"], [data.keys.objects.keyArn]],
    ]);
    explainedFolders(this.reconcile, data);
    this.#role("ExternalSecrets", "external-secrets", "external-secrets", [
      [
        ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        [data.database.secret.secretArn, data.cache.secret.secretArn, apiKeysSecretArn],
      ],
      [["kms:Decrypt"], [data.keys.store.keyArn]],
    ]);
    // The balancer is this stack's: the controller only says which pods are behind it.
    const balancing = this.#role("LoadBalancerController", "kube-system", "aws-load-balancer-controller", [
      [["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"], [targetGroupArn]],
      [
        [
          "elasticloadbalancing:DescribeLoadBalancers",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetGroupAttributes",
          "elasticloadbalancing:DescribeTargetHealth",
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeInstances",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
        ],
        ["*"],
      ],
    ]);
    explained(
      balancing,
      "AwsSolutions-IAM5[Resource::*]",
      "These actions take no resource; they change nothing.",
    );
  }

  #role(
    id: string,
    namespace: string,
    serviceAccount: string,
    statements: readonly (readonly [actions: readonly string[], resources: readonly string[]])[],
  ): Role {
    const role = new Role(this, `${id}Role`, {
      assumedBy: new SessionTagsPrincipal(new ServicePrincipal("pods.eks.amazonaws.com")),
    });
    for (const [actions, resources] of statements) {
      role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    }
    new CfnPodIdentityAssociation(this, `${id}Association`, {
      clusterName: this.#clusterName,
      namespace,
      serviceAccount,
      roleArn: role.roleArn,
    });
    return role;
  }
}
