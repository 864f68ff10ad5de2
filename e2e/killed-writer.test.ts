/** A writer that is killed between any two steps of a write: what is left is finished by others, and nothing is doubled. */

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { RedisCache } from "@movie-store/adapters/redis";
import { type MovieRepository, MovieStore } from "@movie-store/core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type FreshDatabase, freshDatabase } from "./fresh-database.ts";
import { STEPS } from "./killed-writer/writer.ts";

const [mysqlUrl, redisUrl] = [inject("mysqlUrl"), inject("redisUrl")];
const WRITER = resolve(import.meta.dirname, "killed-writer/writer.ts");

describe.skipIf(mysqlUrl === undefined || redisUrl === undefined)("a writer that is killed", () => {
  const prefix = `e2e-${randomBytes(6).toString("hex")}`;
  let database: FreshDatabase;
  let repository: MovieRepository;
  let cache: RedisCache;
  let store: MovieStore;

  beforeAll(async () => {
    database = await freshDatabase(mysqlUrl as string);
    repository = MySqlMovieRepository.open({ url: database.url });
    cache = RedisCache.open({ url: redisUrl as string, prefix });
    store = new MovieStore({ repository, cache });
  });
  afterAll(async () => {
    await cache.close();
    await repository.close();
    await database.drop();
  });

  const isCommitted = (step: string) => STEPS.indexOf(step as never) >= STEPS.indexOf("after the commit");
  const rounds = STEPS.map((step, n) => ({ step, n }));

  it.each(rounds)(
    "$step: the relay and the redelivery finish it",
    { timeout: 60_000 },
    async ({ step, n }) => {
      const object = {
        bucket: "films",
        key: "providers/acme/heat.json",
        versionId: `version-${n}`,
        eventTimeMs: Date.UTC(2026, 0, 1) + n,
        text: JSON.stringify({ id: "heat", title: "Heat", year: 1995, overview: step }),
      };
      const shown = async () => (await store.find({ title: "heat" })).movies[0]?.overview;
      const before = await shown();
      const layer = async () => (await store.findText(store.plan({ title: "heat" }))).layer;
      await expect.poll(layer).toBe("l2");

      expect(await killed(step, JSON.stringify(object))).toBe("SIGKILL");

      // The first call sees what is pending, the second finds it still so and does it.
      await store.catchUp();
      await store.catchUp();
      expect(await shown()).toBe(isCommitted(step) ? step : before);

      const { text, ...address } = object;
      const receipt = await store.ingest({ ...address, bytes: new TextEncoder().encode(text) });
      expect(receipt.verdict).toBe(isCommitted(step) ? "duplicate" : "accepted");
      expect(await shown()).toBe(step);
      const { followed, version } = await repository.followed();
      expect([followed, version]).toEqual([n + 1, n + 1]);
      const rows = (await repository.log({ after: 0, limit: 1_000 })).map(({ updateId }) => updateId);
      expect(rows).toHaveLength(n + 1);
      expect(new Set(rows).size).toBe(n + 1);
    },
  );

  function killed(step: string, object: string): Promise<NodeJS.Signals | null> {
    const args = ["--conditions=@movie-store/source", WRITER, step];
    const child = spawn(process.execPath, [...args, database.url, redisUrl as string, prefix, object], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    return new Promise((done, failed) => {
      child.on("error", failed);
      child.on("close", (_code, signal) => done(signal));
    });
  }
});
