/** What each consumer may ask, and the keys by which the gateway and the API know it. */

import { SecretValue } from "aws-cdk-lib";
import { ApiKey, Period, type RestApi, UsagePlan } from "aws-cdk-lib/aws-apigateway";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { explained } from "../explained.ts";
import { consumerKeyName, secretName } from "../names.ts";
import type { Consumer, Stage } from "../stages.ts";

export interface ConsumersProps {
  readonly stage: Stage;
  readonly api: RestApi;
  readonly key: IKey;
}

export class Consumers extends Construct {
  /** What API_KEYS has to be: `name:key,…`. */
  readonly secret: Secret;
  readonly #props: ConsumersProps;

  constructor(scope: Construct, id: string, props: ConsumersProps) {
    super(scope, id);
    this.#props = props;
    const { stage, key } = props;
    const entries = stage.consumers.flatMap((consumer) => this.#add(consumer));
    this.secret = new Secret(this, "All", {
      secretName: secretName(stage.name, "api-keys"),
      encryptionKey: key,
      secretStringValue: SecretValue.unsafePlainText(entries.join(",")),
    });
    explained(this.secret, "AwsSolutions-SMG4", "It is made of the secrets of the consumers.");
  }

  /** @returns its entries of API_KEYS. */
  #add({ name, keys, requestsPerSecond, burst, requestsPerDay }: Consumer): string[] {
    const { stage, api } = this.#props;
    const plan = new UsagePlan(this, `Plan-${name}`, {
      name: `movie-store-${stage.name}-${name}`,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      quota: { limit: requestsPerDay, period: Period.DAY },
      apiStages: [{ api, stage: api.deploymentStage }],
    });
    return keys.map((label) => {
      // A reference that CloudFormation resolves: no template has a key. By name, because the stack that has the secret
      // could not let go of it otherwise.
      const value = SecretValue.secretsManager(consumerKeyName(stage, name, label)).unsafeUnwrap();
      const apiKeyName = `movie-store-${stage.name}-${name}-${label}`;
      plan.addApiKey(new ApiKey(this, `Key-${name}-${label}`, { apiKeyName, value }));
      return `${name}:${value}`;
    });
  }
}
