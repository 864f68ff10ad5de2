/** `movie-store migrate`: brings the schema of the database up to date. */

import { loadConfig } from "@movie-store/http-koa";
import type { Command } from "commander";
import { migrate } from "../migrate.ts";
import { print } from "../terminal.ts";

export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .summary("bring the schema of the database up to date")
    .description(
      `Makes the tables of a new database, or brings those of an older release up to date: in MySQL where MYSQL_URL is set,
else in the file of the embedded store. Safe to run twice, and from many pods at once.

The embedded store does this by itself when it is opened; MySQL waits for this command.`,
    )
    .action(async () => {
      const { from, to } = await migrate(loadConfig(process.env));
      print(
        from === to
          ? `the schema is up to date: version ${to}`
          : `the schema is at version ${to} now, it was at ${from}`,
      );
    });
}
