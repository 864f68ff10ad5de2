/** From the inbox into the store. */

import type { DirectoryUpdateSource, DirectoryWatch } from "@movie-store/adapters/directory";
import type { MovieStore, Receipt } from "@movie-store/core";
import type { Config, Logger } from "@movie-store/http-koa";
import { copySample } from "./sample.ts";
import { Tally } from "./tally.ts";
import { print } from "./terminal.ts";

export const INBOX_BUCKET = "inbox";

const BATCH = 200;

export interface InboxParts {
  readonly config: Config;
  readonly store: MovieStore;
  readonly source: DirectoryUpdateSource;
  readonly log: Logger;
}

/** Whether nothing has ever been received, and nothing is waiting: the sample would be in nobody's way. */
export async function isUnused({ config, store, source }: InboxParts): Promise<boolean> {
  if ((await store.receipts({ limit: 1 })).length > 0) return false;
  for await (const _ of source.list(config.keyPrefix)) return false;
  return true;
}

/** Copies the sample into the inbox and takes it in from there. */
export async function takeInSample({ config, store, source }: InboxParts): Promise<void> {
  for (const files of await copySample(config.inboxDirectory)) {
    for (let at = 0; at < files.length; at += BATCH) {
      const some = files.slice(at, at + BATCH);
      const read = (file: string) => source.read({ bucket: INBOX_BUCKET, key: config.keyPrefix + file });
      await store.ingestMany(await Promise.all(some.map(read)));
    }
  }
}

/** Takes in what is in the inbox and what comes, and prints a line where that was anything new. */
export function followInbox({ store, source, log }: InboxParts): DirectoryWatch {
  return source.watch({
    batchSize: BATCH,
    onBatch: async (objects) => printNews(await store.ingestMany(objects)),
    onError: (error) => log.warn({ err: error }, "the inbox: will be tried again"),
  });
}

function printNews(receipts: readonly Receipt[]): void {
  const news = new Tally();
  news.add(receipts.filter(({ verdict }) => verdict !== "duplicate"));
  if (news.objects > 0) print(`inbox: ${news.text}${news.rejections === "" ? "" : ` (${news.rejections})`}`);
}
