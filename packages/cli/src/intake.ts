/** Where the films of `start` come from: the inbox, or the bucket that the configuration names. */

import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { DirectoryUpdateSource } from "@movie-store/adapters/directory";
import type { MovieStore } from "@movie-store/core";
import type { Config, Logger, Observation } from "@movie-store/http-koa";
import { followBucket } from "./follow-bucket.ts";
import { followInbox, INBOX_BUCKET, isUnused, takeInSample } from "./inbox.ts";
import { openBucket } from "./open-bucket.ts";

export interface IntakeParts {
  readonly config: Config;
  readonly store: MovieStore;
  readonly log: Logger;
  readonly observation: Observation;
}

export interface Intake {
  readonly name: "inbox" | "bucket";
  readonly place: string;
  /** Begins to take in what is there and what comes. */
  follow(): void;
  /** Resolves when nothing is being taken in any more. */
  close(): Promise<void>;
}

/** An inbox is made if it is not there; an embedded store that is empty gets the sample through it. */
export async function openIntake(parts: IntakeParts): Promise<Intake> {
  return parts.config.bucket === undefined ? openInbox(parts) : openBucketIntake(parts, parts.config.bucket);
}

async function openInbox({ config, store, log }: IntakeParts): Promise<Intake> {
  const { inboxDirectory: root, keyPrefix: prefix } = config;
  await mkdir(root, { recursive: true });
  const source = new DirectoryUpdateSource({ root, prefix, bucket: INBOX_BUCKET });
  const inbox = { config, store, source, log };
  const isEmbedded = config.mysqlUrl === undefined;
  if (config.sample && isEmbedded && (await isUnused(inbox))) await takeInSample(inbox);
  let watch: { close(): Promise<void> } | undefined;
  return {
    name: "inbox",
    place: resolve(root),
    follow: () => {
      watch = followInbox(inbox);
    },
    close: async () => {
      await watch?.close();
      await source.close();
    },
  };
}

function openBucketIntake({ config, store, log, observation }: IntakeParts, name: string): Intake {
  const bucket = openBucket(name, config, store);
  let following: { close(): Promise<void> } | undefined;
  return {
    name: "bucket",
    place: `s3://${name}/${config.keyPrefix}`,
    follow: () => {
      following = followBucket({ store, bucket, prefix: config.keyPrefix, log, observation });
    },
    close: async () => {
      // What is under way fails when the bucket is closed, so no long listing has to be waited for.
      const ended = following?.close();
      await bucket.close();
      await ended;
    },
  };
}
