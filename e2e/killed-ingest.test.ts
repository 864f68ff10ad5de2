import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import type { MovieRepository } from "@movie-store/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCli, startCli } from "./cli.ts";
import { PROVIDER, realDataFolder, realLines, WHY_SKIPPED } from "./real-data.ts";

describe.skipIf(realDataFolder === undefined)(`an ingest that is killed (else: ${WHY_SKIPPED})`, () => {
  const folder = realDataFolder as string;
  let data: string;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "movie-store-killed-"));
  });
  afterEach(() => rmSync(data, { recursive: true }));

  it("loses nothing and doubles nothing when it is started again with the same files", {
    timeout: 180_000,
  }, async () => {
    const args = ["ingest", folder, "--provider", PROVIDER];
    for (const enough of [1, 9_000, 20_000]) {
      const { process: child, finished } = startCli(data, args);
      await hasLogged(data, enough);
      child.kill("SIGKILL");
      expect((await finished).signal).toBe("SIGKILL");
    }
    const last = await runCli(data, args);
    expect(last.code).toBe(0);

    const repository = SqliteMovieRepository.open({ path: join(data, "movie-store.sqlite") });
    const updates = await loggedUpdates(repository);
    await repository.close();
    expect(updates).toHaveLength(realLines(folder).length);
    expect(new Set(updates).size).toBe(updates.length);

    const verified = await runCli(data, ["verify"]);
    expect(verified.stderr).toBe("");
    expect(verified.code).toBe(0);
  });
});

/** Waits until the log of the running process has so many updates. */
async function hasLogged(data: string, count: number): Promise<void> {
  for (;;) {
    try {
      const repository = SqliteMovieRepository.open({ path: join(data, "movie-store.sqlite") });
      try {
        while ((await repository.version()) < count) await nextTurn();
        return;
      } finally {
        await repository.close();
      }
    } catch {
      await nextTurn(); // the file is not there yet
    }
  }
}

async function loggedUpdates(repository: MovieRepository): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let after = 0; ; ) {
    const page = await repository.log({ after, limit: 1_000 });
    if (page.length === 0) return ids;
    ids.push(...page.map((update) => update.updateId));
    after = page.at(-1)?.sequence ?? after;
  }
}
