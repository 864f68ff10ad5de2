/** What must not be lost: deployed rarely, protected from being deleted. */

import { type App, CfnParameter, Stack } from "aws-cdk-lib";
import { AuditTrail } from "./data/audit-trail.ts";
import { ObjectBucket } from "./data/bucket.ts";
import { ConsumerKeys } from "./data/consumer-keys.ts";
import { Database } from "./data/database.ts";
import { Images } from "./data/images.ts";
import { Keys } from "./data/keys.ts";
import { Network } from "./data/network.ts";
import { ProviderAccess } from "./data/provider-access.ts";
import { RedisCache } from "./data/redis-cache.ts";
import { UpdateQueue } from "./data/update-queue.ts";
import { explained } from "./explained.ts";
import type { Stage } from "./stages.ts";

export class DataStack extends Stack {
  readonly keys: Keys;
  readonly network: Network;
  readonly queue: UpdateQueue;
  readonly objects: ObjectBucket;
  readonly database: Database;
  readonly cache: RedisCache;
  readonly images: Images;
  /** The bucket of which this one is a replica. */
  readonly originalBucket: string | undefined;

  constructor(app: App, stage: Stage) {
    super(app, `movie-store-${stage.name}-data`, {
      env: { region: stage.region },
      description: `Movie Store, ${stage.name}: bucket, queue, database, cache`,
      terminationProtection: true,
    });
    const { standbyFor, replicatesObjects } = stage;
    const primary =
      standbyFor === undefined
        ? undefined
        : {
            databaseArn: this.#told("PrimaryDatabaseArn", `DatabaseArn, as the stack of ${standbyFor} says`),
            secretArn: this.#told(
              "PrimaryDatabaseSecretArn",
              `DatabaseSecretArn of ${standbyFor}, in this region`,
            ),
          };
    this.originalBucket =
      standbyFor === undefined
        ? undefined
        : this.#told("PrimaryBucketName", `BucketName, as the stack of ${standbyFor} says`);
    const replica = replicatesObjects
      ? {
          bucketArn: this.#told("ReplicaBucketArn", "The bucket of the region that stands by"),
          keyArn: this.#told("ReplicaKeyArn", "ObjectKeyArn, as the stack of the region that stands by says"),
        }
      : undefined;

    explained(this, "CloudFormation-Validate::W2509", "The ARN of a secret is none.");
    this.keys = new Keys(this, "Keys");
    const { store: key, objects: objectKey } = this.keys;
    this.network = new Network(this, "Network", { stage, key });
    this.queue = new UpdateQueue(this, "Queue", { key });
    this.objects = new ObjectBucket(this, "Bucket", {
      stage,
      key: objectKey,
      queue: this.queue.queue,
      replica,
    });
    const { bucket } = this.objects;
    new ProviderAccess(this, "Providers", { providers: stage.providers, bucket, key: objectKey });
    this.database = new Database(this, "Database", {
      stage,
      network: this.network,
      key,
      primary,
    });
    this.cache = new RedisCache(this, "Cache", { stage, network: this.network, key });
    this.images = new Images(this, "Images", { key });
    // Those of a stage that stands by are replicas of the other's.
    if (standbyFor === undefined) new ConsumerKeys(this, "Consumers", { stage, key });
    new AuditTrail(this, "Audit", { objects: bucket, key });
  }

  /** What only a deployment knows: it has to be given with `--parameters`, once. */
  #told(name: string, description: string): string {
    return new CfnParameter(this, name, { type: "String", description, minLength: 1 }).valueAsString;
  }
}
