/** A role for each provider, which the policy of the bucket holds to the provider's own folders. */

import { Stack, Tags } from "aws-cdk-lib";
import { AnyPrincipal, ArnPrincipal, Effect, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { explained } from "../explained.ts";
import { PROVIDERS_PREFIX, RECEIPTS_PREFIX } from "../names.ts";
import type { Provider } from "../stages.ts";

export interface ProviderAccessProps {
  readonly providers: readonly Provider[];
  readonly bucket: Bucket;
  readonly key: IKey;
}

/** One segment of a key, and nothing that a policy would take for a pattern. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,40}$/;

/** On the role of a provider: its name. */
const TAG = "movie-store-provider";

const WRITE = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
const READ = ["s3:GetObject", "s3:GetObjectVersion"];
const LIST = ["s3:ListBucket", "s3:ListBucketVersions"];

export class ProviderAccess extends Construct {
  constructor(scope: Construct, id: string, { providers, bucket, key }: ProviderAccessProps) {
    super(scope, id);
    boundProviders(bucket);
    for (const provider of providers) this.#addRole(provider, bucket, key);
  }

  #addRole({ name, principal, externalId }: Provider, bucket: Bucket, key: IKey): void {
    if (!NAME.test(name)) throw new Error(`a provider can't be named ${name}: ${NAME.source}`);
    const role = new Role(this, name, {
      roleName: `${Stack.of(this).stackName}-provider-${name}`,
      assumedBy: new ArnPrincipal(principal),
      externalIds: externalId === undefined ? [] : [externalId],
    });
    Tags.of(role).add(TAG, name);
    const [sent, receipts] = foldersOf(name);
    const atS3 = { StringEquals: { "kms:ViaService": `s3.${Stack.of(this).region}.amazonaws.com` } };
    for (const statement of [
      { actions: WRITE, resources: [bucket.arnForObjects(sent)] },
      { actions: READ, resources: [bucket.arnForObjects(receipts)] },
      {
        actions: LIST,
        resources: [bucket.bucketArn],
        conditions: { StringLike: { "s3:prefix": [receipts] } },
      },
      { actions: ["kms:GenerateDataKey", "kms:Decrypt"], resources: [key.keyArn], conditions: atS3 },
    ]) {
      role.addToPolicy(new PolicyStatement(statement));
    }
    for (const folder of [sent, receipts]) {
      explained(
        role,
        `AwsSolutions-IAM5[Resource::<BucketObjectsF3751061.Arn>/${folder}]`,
        `The provider's own folder, ${folder}.`,
      );
    }
  }
}

/**
 * The bucket says it too, for whoever has the tag: so a policy that somebody attaches to a role later can't widen it. It
 * is said once for all, as the policy of a bucket has an end (20 KB).
 */
function boundProviders(bucket: Bucket): void {
  const [sent, receipts] = foldersOf(`\${aws:PrincipalTag/${TAG}}`);
  const everything = [bucket.bucketArn, bucket.arnForObjects("*")];
  deny("ProvidersWriteAndRead", { notActions: [...WRITE, ...READ, ...LIST], resources: everything });
  deny("ProvidersWriteTheirOwn", { actions: WRITE, notResources: [bucket.arnForObjects(sent)] });
  deny("ProvidersReadTheirReceipts", { actions: READ, notResources: [bucket.arnForObjects(receipts)] });
  deny("ProvidersListTheirReceipts", { actions: LIST, resources: [bucket.bucketArn] }, receipts);

  function deny(
    sid: string,
    what: { actions?: string[]; notActions?: string[]; resources?: string[]; notResources?: string[] },
    unlessPrefix?: string,
  ): void {
    bucket.addToResourcePolicy(
      new PolicyStatement({
        ...what,
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        conditions: {
          Null: { [`aws:PrincipalTag/${TAG}`]: "false" },
          ...(unlessPrefix === undefined ? {} : { StringNotLike: { "s3:prefix": unlessPrefix } }),
        },
      }),
    );
  }
}

function foldersOf(name: string): readonly [sent: string, receipts: string] {
  return [`${PROVIDERS_PREFIX}${name}/*`, `${RECEIPTS_PREFIX}${name}/*`];
}
