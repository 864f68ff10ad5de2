/** The stacks of every stage, looked over by the rules of AWS Solutions. */

import { App, type AppProps, Tags, Validations } from "aws-cdk-lib";
import type { Code } from "aws-cdk-lib/aws-lambda";
import { AwsSolutionsChecks } from "cdk-nag";
import { DataStack } from "./data-stack.ts";
import { ServiceStack } from "./service-stack.ts";
import type { Stage } from "./stages.ts";

export interface StoreAppProps {
  readonly stages: readonly Stage[];
  readonly ingestCode: () => Code;
  readonly app?: AppProps;
}

export class UnknownStage extends Error {
  override readonly name = "UnknownStage";
}

/** How the CDK behaves where it would otherwise behave as it did years ago. */
const FLAGS = {
  "@aws-cdk/core:validateAgainstDefaultRules": true,
  "@aws-cdk/core:checkSecretUsage": true,
  "@aws-cdk/core:enablePartitionLiterals": true,
  "@aws-cdk/aws-iam:minimizePolicies": true,
  "@aws-cdk/aws-rds:databaseProxyUniqueResourceName": true,
  "@aws-cdk/aws-apigateway:usagePlanKeyOrderInsensitiveId": true,
};

/**
 * Where the context names a stage, it alone. A finding that nobody has explained stops the synthesis.
 *
 * @throws UnknownStage
 */
export function storeApp({ stages, ingestCode, app: props }: StoreAppProps): App {
  const app = new App({ ...props, context: { ...FLAGS, ...props?.context } });
  const asked: unknown = app.node.tryGetContext("stage");
  const chosen = stages.filter(({ name }) => asked === undefined || name === asked);
  if (chosen.length === 0) {
    throw new UnknownStage(`there is no stage ${asked}: ${stages.map(({ name }) => name).join(", ")}`);
  }
  for (const stage of chosen) {
    const data = new DataStack(app, stage);
    const service = new ServiceStack(app, { stage, data, ingestCode: ingestCode() });
    for (const stack of [data, service]) Tags.of(stack).add("movie-store-stage", stage.name);
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
