/** A finding of cdk-nag that is meant to be, with the reason why. */

import { type Stack, Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { PROVIDERS_PREFIX, RECEIPTS_PREFIX } from "./names.ts";

/** @param rule such as `AwsSolutions-IAM5`, with `[…]` where the rule names what it found. */
export function explained(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
}

/** Of a role that works on all objects of the bucket of the data stack. */
export function explainedFolders(role: IConstruct, data: Stack): void {
  // So cdk-nag writes the ARN of the bucket, as the other stack imports it.
  const bucket = `${data.stackName}:ExportsOutputFnGetAttBucketObjectsF3751061Arn94D19047`;
  for (const folder of [PROVIDERS_PREFIX, RECEIPTS_PREFIX]) {
    explained(
      role,
      `AwsSolutions-IAM5[Resource::${bucket}/${folder}*]`,
      `The objects below ${folder}, whatever they are called.`,
    );
  }
}
