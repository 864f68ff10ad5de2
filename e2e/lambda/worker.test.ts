import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { MovieStore } from "@movie-store/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { type FreshDatabase, freshDatabase } from "../fresh-database.ts";
import { bundleInto } from "./ingest-function.ts";
import { NotifyingBucket } from "./notifying-bucket.ts";

const [s3Endpoint, mysqlUrl] = [inject("s3Endpoint"), inject("mysqlUrl")];
const canNotify = s3Endpoint !== undefined && inject("s3Versions");

describe.skipIf(!canNotify || mysqlUrl === undefined)("the bundled worker", () => {
  let folder: string;
  let database: FreshDatabase;
  let repository: MySqlMovieRepository;
  let store: MovieStore;
  let bucket: NotifyingBucket;
  let worker: ChildProcess | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "movie-store-worker-"));
    await bundleInto(folder);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    database = await freshDatabase(mysqlUrl as string);
    repository = MySqlMovieRepository.open({ url: database.url });
    store = new MovieStore({ repository, cache: null });
    bucket = await NotifyingBucket.create(s3Endpoint as string);
  });
  afterEach(async () => {
    if (worker?.exitCode === null) worker.kill("SIGKILL");
    bucket.close();
    await repository.close();
    await database.drop();
  });

  function start(environment: Readonly<Record<string, string>>): { readonly output: () => string } {
    const started = spawn(process.execPath, [join(folder, "worker.js")], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_REGION: "us-east-1",
        S3_ENDPOINT: s3Endpoint as string,
        ...environment,
      },
    });
    worker = started;
    let output = "";
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    return { output: () => output };
  }

  test("takes in what providers put, and ends when it is told to", { timeout: 60_000 }, async () => {
    const { output } = start({ MYSQL_URL: database.url, SQS_QUEUE_URL: bucket.queueUrl });
    for (let n = 0; n < 15; n++) {
      await bucket.put(`providers/acme/${n}.json`, JSON.stringify({ id: `${n}`, title: `Film ${n}` }));
    }
    await vi.waitFor(async () => expect(await store.version()).toBe(15), { timeout: 30_000 });
    await vi.waitFor(async () => expect(await bucket.queued()).toBe(0), { timeout: 10_000 });
    worker?.kill("SIGTERM");
    const [code] = await once(worker as ChildProcess, "close");
    expect(code, output()).toBe(0);
    expect(output()).toContain("the worker has stopped");
  });

  test("says in one line which setting it lacks", async () => {
    const { output } = start({ MYSQL_URL: database.url });
    const [code] = await once(worker as ChildProcess, "close");
    expect(code).toBe(1);
    expect(output()).toBe("movie-store worker: SQS_QUEUE_URL must be there: the queue to work on\n");
  });
});
