/** Names and numbers that more than one part, or somebody outside of the stacks, relies on. */

import { Duration } from "aws-cdk-lib";
import type { Stage } from "./stages.ts";

/** The folders of the bucket: what providers send, and what became of it. */
export const PROVIDERS_PREFIX = "providers/";
export const RECEIPTS_PREFIX = "receipts/";

export const DATABASE_NAME = "movie_store";
export const MYSQL_PORT = 3306;
export const REDIS_PORT = 6379;
/** Where the pods listen, as their image says. */
export const API_PORT = 3000;

/** The namespace and the service accounts of the manifests. */
export const NAMESPACE = "movie-store";
export const API_ACCOUNT = "movie-store";
export const RECONCILE_ACCOUNT = "movie-store-reconcile";

/** The path of every resource begins so, and so does the stage of the gateway: links in answers hold behind it. */
export const API_VERSION = "v1";

/** An answer may be so old at the edge, besides what the API itself says. */
export const EDGE_TTL = Duration.seconds(5);

export const INGEST_TIMEOUT = Duration.seconds(60);
export const INGEST_WINDOW = Duration.seconds(1);
export const LOG_DAYS = 90;
/** The longest that SQS keeps a message. */
export const QUEUE_RETENTION = Duration.days(14);

/** Secrets have names, so that their replicas in another region are found. */
export function secretName(stage: string, ...parts: readonly string[]): string {
  return ["movie-store", stage, ...parts].join("/");
}

/** Of a key of a consumer. The stage that stands by for another has that one's, so that nobody notices who answers. */
export function consumerKeyName({ name, standbyFor }: Stage, consumer: string, label: string): string {
  return secretName(standbyFor ?? name, "consumers", consumer, label);
}

/** What a URL would need to have encoded: secrets go into URLs as they are. */
export const NOT_IN_URLS = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~ ";
