/** `movie-store empty-cache`: takes every answer out of the cache that processes share. */

import type { Command } from "commander";
import { withStore } from "../open-store.ts";
import { print } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export function addEmptyCache(program: Command): void {
  program
    .command("empty-cache")
    .summary("take every answer out of the Redis of REDIS_URL")
    .description(
      `From then on each answer is read from the database once more, by every process. It is always safe.

Needed when the database is another one than the answers were read from: after a backup was put back, and when another
region takes over.`,
    )
    .action(() =>
      withStore(async ({ store, config }) => {
        if (config.redisUrl === undefined) {
          throw new UsageError("REDIS_URL: is not set, and the cache of a process ends with it");
        }
        await store.emptySharedCache();
        print("the cache is empty");
      }),
    );
}
