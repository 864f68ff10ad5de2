/** The images that the cluster runs: a tag never means another image later. */

import { RemovalPolicy } from "aws-cdk-lib";
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from "aws-cdk-lib/aws-ecr";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";

const KEPT = 50;

export class Images extends Construct {
  readonly repository: Repository;

  constructor(scope: Construct, id: string, { key }: { readonly key: IKey }) {
    super(scope, id);
    this.repository = new Repository(this, "Repository", {
      imageTagMutability: TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: RepositoryEncryption.KMS,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { description: `the last ${KEPT} stay`, tagStatus: TagStatus.ANY, maxImageCount: KEPT },
      ],
    });
  }
}
