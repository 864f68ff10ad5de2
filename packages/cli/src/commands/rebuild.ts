/** `movie-store rebuild`: makes the films again from the update log. */

import type { Command } from "commander";
import { withStore } from "../open-store.ts";
import { pace } from "../tally.ts";
import { counted, Progress, print } from "../terminal.ts";

export function addRebuild(program: Command): void {
  program
    .command("rebuild")
    .summary("make every film again from the update log")
    .description(
      `Forgets every table but the update log and the numbered changes, and makes them again from the log.

Readers see the old state until the end. Where the result differs from what was last published, a change is added.`,
    )
    .action(() =>
      withStore(async ({ store }) => {
        const progress = new Progress("update");
        const startMs = performance.now();
        const { updates, changed } = await store.rebuild((done) => progress.show(done));
        progress.clear();
        print(
          `${counted(updates, "update")} folded, ${counted(changed, "film")} changed${pace(updates, performance.now() - startMs)}`,
        );
      }),
    );
}
