/** The whole way: an object is put, S3 tells the queue, the bundled handler takes it in, and the API serves the film. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3UpdateSource } from "@movie-store/adapters/s3";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { createMovieStoreClient } from "@movie-store/client";
import { MovieStore } from "@movie-store/core";
import { Random } from "@movie-store/core/testing";
import {
  type Container,
  createContainer,
  LOGGER,
  loadConfig,
  REPOSITORY,
  type RunningServer,
  STORE,
  startServer,
} from "@movie-store/http-koa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type FreshDatabase, freshDatabase } from "./fresh-database.ts";
import { EventSourceMapping } from "./lambda/event-source-mapping.ts";
import { bundleInto, IngestFunction, RUN_BY } from "./lambda/ingest-function.ts";
import { NotifyingBucket } from "./lambda/notifying-bucket.ts";
import { RuntimeApi } from "./lambda/runtime-api.ts";
import { realDataFolder, realLines, WHY_SKIPPED } from "./real-data.ts";

const [mysqlUrl, redisUrl, s3Endpoint] = [inject("mysqlUrl"), inject("redisUrl"), inject("s3Endpoint")];
const PORTION = 150;

const isComplete = mysqlUrl !== undefined && redisUrl !== undefined && inject("s3Versions");

describe.skipIf(!isComplete)(`from the bucket to the API, the handler run by ${RUN_BY}`, () => {
  let folder: string;
  let database: FreshDatabase;
  let bucket: NotifyingBucket;
  let runtime: RuntimeApi;
  let functions: readonly IngestFunction[];
  let mapping: EventSourceMapping;
  let container: Container;
  let server: RunningServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "movie-store-e2e-"));
    await bundleInto(folder);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    database = await freshDatabase(mysqlUrl as string);
    bucket = await NotifyingBucket.create(s3Endpoint as string);
    // A store has a Redis database to itself.
    const redis = new URL("/9", redisUrl).href;
    const environment = { MYSQL_URL: database.url, REDIS_URL: redis, S3_ENDPOINT: s3Endpoint as string };
    runtime = await RuntimeApi.start();
    const options = { folder, address: runtime.address, environment };
    functions = [IngestFunction.start(options), IngestFunction.start(options)];
    const { sqs: client, queueUrl } = bucket;
    const invoke = (event: unknown) => runtime.invoke(event);
    mapping = EventSourceMapping.start({ client, queueUrl, invoke, visibilitySeconds: 30 });
    const config = loadConfig({ ...environment, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "error" });
    container = createContainer(config);
    server = await startServer({ store: container.resolve(STORE), config, log: container.resolve(LOGGER) });
  });
  afterEach(async () => {
    await mapping.stop();
    await Promise.all(functions.map((each) => each.kill()));
    await runtime.close();
    await server.stop(0);
    await container.close();
    bucket.close();
    await database.drop();
  });

  const client = () => createMovieStoreClient({ url: server.url });
  const heats = async () => (await client().get("/v1/movies", { query: { title: "heat" } })).movies;

  /** Which layer answers a search. */
  async function layerOf(path: string): Promise<string | undefined> {
    const { headers } = await fetch(server.url + path);
    return /^(\w+);/.exec(headers.get("server-timing") ?? "")?.[1];
  }

  it("shows a film that was put, its correction, and the receipts of both", { timeout: 60_000 }, async () => {
    const key = "providers/acme/heat (1995).json";
    expect(await heats()).toEqual([]);
    // The empty answer is cached now, before the film is there.
    await expect.poll(() => layerOf("/v1/movies?title=heat")).toMatch(/^l[12]$/);
    await bucket.put(key, film(1994, "2026-01-01T00:00:00Z"));
    await expect.poll(heats, { timeout: 30_000 }).toMatchObject([{ title: "Heat", year: 1994 }]);
    await bucket.put(key, film(1995, "2026-01-02T00:00:00Z"));
    await expect.poll(heats, { timeout: 30_000 }).toMatchObject([{ title: "Heat", year: 1995 }]);
    await bucket.put(key, '{"title":');
    const receipts = async () => {
      const { updates } = await client().get("/v1/updates", { query: { provider: "acme", key } });
      return updates.map(({ verdict }) => verdict);
    };
    await expect.poll(receipts, { timeout: 30_000 }).toHaveLength(3);
    expect([...(await receipts())].sort()).toEqual(["accepted", "rejected", "superseded"]);
  });

  it.skipIf(realDataFolder === undefined)(
    `makes the same films of 10,000 real ones, delivered twice and shuffled, as the embedded parts (else: ${WHY_SKIPPED})`,
    { timeout: 400_000 },
    async () => {
      const random = new Random(10_000);
      const lines = random.shuffled(realLines(realDataFolder as string)).slice(0, 10_000);
      const keys = lines.map((_, n) => `providers/wikipedia/${n}.json`);
      const drained = () => expect.poll(() => bucket.queued(), { timeout: 60_000, interval: 20 }).toBe(0);
      // In portions: the emulator looks through its whole queue for each message.
      for (const portion of groupsOf([...keys.entries()], PORTION)) {
        await eachOf(portion, 8, ([n, key]) => bucket.put(key, lines[n] as string));
        await drained();
      }
      for (const portion of groupsOf(random.shuffled(keys), PORTION)) {
        await eachOf(groupsOf(portion, 10), 8, (some) => bucket.send(eventOf(bucket.name, some)));
        await drained();
      }
      expect(mapping.counts).toMatchObject({ failed: 0, returned: 0 });

      const production = container.resolve(STORE);
      const repository = SqliteMovieRepository.open({ path: join(folder, "embedded.db"), durable: false });
      const embedded = new MovieStore({ repository, cache: null });
      const source = new S3UpdateSource({
        bucket: bucket.name,
        endpoint: s3Endpoint as string,
        region: "us-east-1",
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
      });
      try {
        const sums = await embedded.ingestFrom(source, "providers/", { batch: 1_000 });
        expect(sums).toEqual({ listed: 10_000, known: 0, receipts: 10_000 });
        // Nothing was missed, and a version told by an event is the one that the list names.
        const again = await production.ingestFrom(source, "providers/", { batch: 1_000 });
        expect(again).toEqual({ listed: 10_000, known: 10_000, receipts: 0 });
        expect(await contents(production)).toEqual(await contents(embedded));
      } finally {
        await source.close();
        await repository.close();
      }
      const { version } = await container.resolve(REPOSITORY).followed();
      const numbers: number[] = [];
      for (let after = 0; after < version; after += 1_000) {
        const page = await container.resolve(REPOSITORY).changes({ after, limit: 1_000 });
        numbers.push(...page.map(({ number }) => number));
      }
      expect(numbers).toEqual(Array.from({ length: version }, (_, at) => at + 1));
    },
  );
});

function film(year: number, updatedAt: string): string {
  return JSON.stringify({ id: "1", title: "Heat", year, updatedAt });
}

/** As the bucket sends it; it may tell of several objects. */
function eventOf(bucket: string, keys: readonly string[]): string {
  const common = {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "us-east-1",
    eventTime: new Date().toISOString(),
    eventName: "ObjectCreated:Put",
  };
  const Records = keys.map((key) => ({
    ...common,
    s3: { s3SchemaVersion: "1.0", bucket: { name: bucket }, object: { key: encodeURIComponent(key) } },
  }));
  return JSON.stringify({ Records });
}

function groupsOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}

/** The films without what tells when and in which order they came in. */
async function contents(store: MovieStore): Promise<readonly unknown[]> {
  const films = [];
  for await (const json of store.exportMovies()) {
    const { version: _, updatedAt: __, ...content } = JSON.parse(json);
    films.push(content);
  }
  return films;
}

async function eachOf<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
