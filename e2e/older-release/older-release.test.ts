/** What happens between a migration and the last process of the release before it: expand and contract. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { SCHEMA_VERSION } from "../../packages/adapters/src/mysql/schema.ts";
import { ApiProcess } from "../api-process.ts";
import { runCli } from "../cli.ts";
import { type FreshDatabase, freshDatabase } from "../fresh-database.ts";
import { EventSourceMapping } from "../lambda/event-source-mapping.ts";
import { bundleInto, IngestFunction } from "../lambda/ingest-function.ts";
import { NotifyingBucket } from "../lambda/notifying-bucket.ts";
import { RuntimeApi } from "../lambda/runtime-api.ts";
import { KeepAliveClient } from "../rolling-restart/keep-alive-client.ts";
import { runSql } from "../sql.ts";
import { commitBeforeSchema, OlderRelease } from "./older-release.ts";

const [mysqlUrl, redisUrl, s3Endpoint] = [inject("mysqlUrl"), inject("redisUrl"), inject("s3Endpoint")];
const commit = await commitBeforeSchema();
const hasServers = mysqlUrl !== undefined && redisUrl !== undefined && inject("s3Versions");
if (hasServers && commit === undefined) {
  process.stderr.write(
    `\nThe release before schema ${SCHEMA_VERSION} is not tried on it: the history of Git does not go back so far.\n`,
  );
}

const FILMS = 20;
const WAIT = { timeout: 30_000, interval: 50 };

describe.skipIf(!hasServers || commit === undefined)(
  `the release before schema ${SCHEMA_VERSION} (${commit?.slice(0, 7) ?? "needs the history of Git"}) on that schema`,
  { timeout: 120_000 },
  () => {
    let older: OlderRelease;
    let folder: string;
    let database: FreshDatabase;
    let bucket: NotifyingBucket;
    let runtime: RuntimeApi;
    let mapping: EventSourceMapping;
    let repository: MySqlMovieRepository;
    let store: MovieStore;
    let writer: IngestFunction;
    const pods: ApiProcess[] = [];
    let reader: KeepAliveClient;
    const environment = () => ({
      MYSQL_URL: database.url,
      REDIS_URL: new URL("/11", redisUrl).href,
      S3_ENDPOINT: s3Endpoint as string,
    });

    beforeAll(async () => {
      older = await OlderRelease.of(commit as string);
      folder = await mkdtemp(join(tmpdir(), "movie-store-functions-"));
      await bundleInto(join(folder, "older"), older.pathOf("packages/lambda-ingest/build.ts"));
      await bundleInto(join(folder, "newer"));
      database = await freshDatabase(mysqlUrl as string, { migrated: false });
      const redis = new Redis(environment().REDIS_URL);
      await redis.flushdb();
      redis.disconnect();
      const migrated = await runCli(
        folder,
        ["migrate"],
        environment(),
        older.pathOf("packages/cli/bin/movie-store.js"),
      );
      expect(migrated).toMatchObject({ code: 0, stderr: "" });
      repository = MySqlMovieRepository.open({ url: database.url });
      store = new MovieStore({ repository, cache: null });
      bucket = await NotifyingBucket.create(s3Endpoint as string);
      runtime = await RuntimeApi.start();
      const { sqs: client, queueUrl } = bucket;
      mapping = EventSourceMapping.start({ client, queueUrl, invoke: (event) => runtime.invoke(event) });
    }, 120_000);

    afterAll(async () => {
      await reader?.stop();
      await Promise.all(pods.map((pod) => pod.stop()));
      await writer?.kill();
      await runtime?.close();
      await mapping?.stop();
      bucket?.close();
      await repository?.close();
      await database?.drop();
      await rm(folder, { recursive: true });
      await older?.remove();
    });

    const startWriter = (release: "older" | "newer") => {
      writer = IngestFunction.start({
        folder: join(folder, release),
        address: runtime.address,
        environment: environment(),
      });
    };
    const put = async (from: number, to: number) => {
      for (let n = from; n < to; n++) await bucket.put(`providers/acme/${n}.json`, film(n));
    };
    const logged = async () =>
      Number((await runSql(database.url, "SELECT count(*) AS logged FROM update_log"))[0]?.["logged"]);
    const shownBy = async (pod: ApiProcess | undefined) => {
      const answer = await fetch(`${pod?.url}/v1/movies?title=film&limit=100`);
      return ((await answer.json()) as { readonly movies: readonly unknown[] }).movies.length;
    };

    it("writes and serves its own schema", async () => {
      startWriter("older");
      pods.push(await ApiProcess.start(environment(), older.pathOf("packages/http-koa/src/main.ts")));
      await put(0, FILMS);
      await vi.waitFor(async () => expect(await shownBy(pods[0])).toBe(FILMS), WAIT);
      reader = new KeepAliveClient(`${pods[0]?.url}/v1/movies?year=1990..2020&genre=drama&sort=title`);
    });

    it("stops to write when the schema is migrated, and its updates stay in the queue", async () => {
      const { returned } = mapping.counts;
      const { code, stdout } = await runCli(folder, ["migrate"], environment());
      expect([code, stdout]).toEqual([0, expect.stringContaining(`${SCHEMA_VERSION}`)]);
      await put(FILMS, 2 * FILMS);
      await vi.waitFor(() => expect(mapping.counts.returned).toBeGreaterThan(returned), WAIT);
      expect(await bucket.queued()).toBe(FILMS);
      expect(await logged()).toBe(FILMS);
    });

    it("goes on reading, and sees within the bound what the newer release takes in", async () => {
      await writer.kill();
      startWriter("newer");
      await vi.waitFor(async () => expect(await bucket.queued()).toBe(0), WAIT);
      pods.push(await ApiProcess.start(environment()));
      for (const pod of pods) await vi.waitFor(async () => expect(await shownBy(pod)).toBe(2 * FILMS), WAIT);
      expect(await logged()).toBe(2 * FILMS);
      expect((await store.receipts({ limit: 100 })).map(({ verdict }) => verdict)).toEqual(
        Array.from({ length: 2 * FILMS }, () => "accepted"),
      );
      expect((await store.verify(new MemoryMovieRepository())).differences).toEqual([]);
    });

    it("fails no request of its readers all the while", async () => {
      const { answered } = reader;
      await vi.waitFor(() => expect(reader.answered).toBeGreaterThan(answered + 20), WAIT);
      expect(reader.failures).toEqual([]);
      for (const { errors } of pods) expect(errors).toEqual([]);
    });

    it("refuses to migrate a schema that it does not know", async () => {
      const migrated = await runCli(
        folder,
        ["migrate"],
        environment(),
        older.pathOf("packages/cli/bin/movie-store.js"),
      );
      expect(migrated.code).not.toBe(0);
      expect(migrated.stderr).toContain(`the database has schema ${SCHEMA_VERSION}`);
    });
  },
);

function film(n: number): string {
  return JSON.stringify({
    ...{ id: `${n}`, title: `Film ${n}`, year: 1990 + (n % 30), genres: ["Drama"], cast: [`Actor ${n % 5}`] },
    updatedAt: "2026-01-01",
  });
}
