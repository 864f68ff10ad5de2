/** The role by which workflows on GitHub deploy a stage, from the environment of its name and no other. */

import { Aws, Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, WebIdentityPrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { DataStack } from "../data-stack.ts";
import { explained } from "../explained.ts";
import { consumerKeyName } from "../names.ts";
import type { Stage } from "../stages.ts";
import type { Cluster } from "./cluster.ts";

const ISSUER = "token.actions.githubusercontent.com";

export interface DeployerProps {
  readonly stage: Stage;
  readonly repository: string;
  readonly data: DataStack;
  readonly cluster: Cluster;
}

export class Deployer extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { stage, repository, data, cluster }: DeployerProps) {
    super(scope, id);
    // An account has one provider for this issuer, which docs/runbook.md makes once.
    const provider = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:oidc-provider/${ISSUER}`;
    this.role = new Role(this, "Role", {
      assumedBy: new WebIdentityPrincipal(provider, {
        StringEquals: {
          [`${ISSUER}:aud`]: "sts.amazonaws.com",
          [`${ISSUER}:sub`]: `repo:${repository}:environment:${stage.name}`,
        },
      }),
    });
    const { region } = Stack.of(this);
    const account = Aws.ACCOUNT_ID;
    const arn = (service: string, where: string, rest: string) =>
      `arn:${Aws.PARTITION}:${service}:${where}:${account}:${rest}`;
    this.#allow(
      "sts:AssumeRole",
      arn("iam", "", `role/cdk-*-${account}-${region}`),
      "The roles of cdk bootstrap.",
    );
    this.#allow(
      "cloudformation:DescribeStacks",
      arn("cloudformation", region, `stack/movie-store-${stage.name}-*`),
      "The stacks of this stage; CloudFormation ends their ARNs with an id.",
    );
    this.#allow(
      "secretsmanager:GetSecretValue",
      arn("secretsmanager", region, `secret:${consumerKeyName(stage, "smoke-test", "*")}`),
      "The keys of the smoke test, whatever their labels are.",
    );
    this.#allow("ecr:GetAuthorizationToken", "*", "The token is that of the account: it has no resource.");
    this.#allow("eks:DescribeCluster", cluster.cluster.attrArn);
    this.#allow("kms:Decrypt", data.keys.store.keyArn);
    data.images.repository.grantPullPush(this.role);
    cluster.admit("Deployer", this.role.roleArn);
  }

  /** @param reason why the resource is a pattern, where it is one. */
  #allow(action: string, resource: string, reason?: string): void {
    this.role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    if (reason !== undefined)
      explained(this.role, `AwsSolutions-IAM5[Resource::${written(resource)}]`, reason);
  }
}

/** As cdk-nag writes it. */
function written(resource: string): string {
  return resource
    .replaceAll(Aws.PARTITION, "<AWS::Partition>")
    .replaceAll(Aws.ACCOUNT_ID, "<AWS::AccountId>");
}
