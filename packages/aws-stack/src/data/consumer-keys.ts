/** The keys of those who ask the API, each a secret of its own, that they get it from. */

import type { IKey } from "aws-cdk-lib/aws-kms";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { explained } from "../explained.ts";
import { consumerKeyName } from "../names.ts";
import type { Stage } from "../stages.ts";

/** Letters and digits. */
const LENGTH = 40;

export class ConsumerKeys extends Construct {
  constructor(scope: Construct, id: string, { stage, key }: { readonly stage: Stage; readonly key: IKey }) {
    super(scope, id);
    const { consumers, standbyRegion } = stage;
    for (const { name, keys } of consumers) {
      for (const label of keys) {
        const secret = new Secret(this, `${name}-${label}`, {
          secretName: consumerKeyName(stage, name, label),
          encryptionKey: key,
          generateSecretString: { passwordLength: LENGTH, excludePunctuation: true },
          replicaRegions: standbyRegion === undefined ? [] : [{ region: standbyRegion }],
        });
        explained(
          secret,
          "AwsSolutions-SMG4",
          "A new key is one more label of the consumer: the old one goes when the new one is in use.",
        );
      }
    }
  }
}
