import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { MovieStore, receiptAnswer } from "@movie-store/core";
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { type FreshDatabase, freshDatabase } from "../fresh-database.ts";
import { EventSourceMapping } from "./event-source-mapping.ts";
import { bundleInto, IngestFunction, RUN_BY } from "./ingest-function.ts";
import { NotifyingBucket } from "./notifying-bucket.ts";
import { ReadOnlyBucket } from "./read-only-bucket.ts";
import { RuntimeApi } from "./runtime-api.ts";

const [s3Endpoint, mysqlUrl] = [inject("s3Endpoint"), inject("mysqlUrl")];
const canNotify = s3Endpoint !== undefined && inject("s3Versions");

describe.skipIf(!canNotify || mysqlUrl === undefined)(`the bundled handler, run by ${RUN_BY}`, () => {
  let folder: string;
  let database: FreshDatabase;
  let repository: MySqlMovieRepository;
  let store: MovieStore;
  let bucket: NotifyingBucket;
  let api: RuntimeApi;
  let functions: IngestFunction[];
  let mapping: EventSourceMapping | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "movie-store-lambda-"));
    await bundleInto(folder);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  beforeEach(async () => {
    database = await freshDatabase(mysqlUrl as string);
    repository = MySqlMovieRepository.open({ url: database.url });
    store = new MovieStore({ repository, cache: null });
    bucket = await NotifyingBucket.create(s3Endpoint as string);
    api = await RuntimeApi.start();
    functions = [];
    mapping = undefined;
  });
  afterEach(async () => {
    await Promise.all(functions.map((each) => each.kill()));
    await api.close();
    await mapping?.stop();
    bucket.close();
    await repository.close();
    await database.drop();
  });

  function startFunction(more: Readonly<Record<string, string>> = {}): IngestFunction {
    const environment = { MYSQL_URL: database.url, S3_ENDPOINT: s3Endpoint as string, ...more };
    const started = IngestFunction.start({ folder, address: api.address, environment });
    functions.push(started);
    return started;
  }

  function startMapping(timeoutMs?: number): EventSourceMapping {
    const { sqs: client, queueUrl } = bucket;
    mapping = EventSourceMapping.start({ client, queueUrl, invoke: (event) => api.invoke(event, timeoutMs) });
    return mapping;
  }

  /** Until the queue is empty. */
  async function done(): Promise<void> {
    await vi.waitFor(async () => expect(await bucket.queued()).toBe(0), { timeout: 60_000, interval: 50 });
  }

  async function verdicts(): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (const { verdict } of await store.receipts({ limit: 1_000 })) {
      counts[verdict] = (counts[verdict] ?? 0) + 1;
    }
    return counts;
  }

  test("takes in what providers put, with a receipt for each", { timeout: 120_000 }, async () => {
    for (let n = 0; n < 40; n++) await bucket.put(`providers/acme/${n}.json`, film(n));
    for (const name of ["a b+c.json", "100%.json", "amélie 🎬.json"]) {
      await bucket.put(`providers/bolt/${name}`, film(name));
    }
    await bucket.put("providers/acme/bad.json", '{"title":');
    await bucket.put("providers/acme/folder/", new Uint8Array());
    startFunction();
    startFunction();
    startMapping();
    await done();
    await bucket.put("providers/acme/0.json", film(0, { title: "Corrected", updatedAt: "2024-04-02" }));
    await done();

    expect(await verdicts()).toEqual({ accepted: 43, superseded: 1, rejected: 1 });
    const { changes } = await store.changes({ limit: 1_000 });
    expect(changes.map(({ number }) => number)).toEqual(changes.map((_, at) => at + 1));
    expect((await store.find({ title: "corrected" })).movies).toHaveLength(1);
    // The test event that the bucket sent first is done as well.
    expect(mapping?.counts).toMatchObject({ failed: 0, returned: 0, deleted: 47 });
    const output = functions.map((each) => each.output).join("");
    expect(output).toContain('"_aws"');
    expect(output).toContain('"EventToReadable"');
    expect(output).not.toContain("Film 7");
  });

  test("writes a receipt beside each object, and takes none of them for an update", {
    timeout: 60_000,
  }, async () => {
    for (let n = 0; n < 5; n++) await bucket.put(`providers/acme/${n} + é.json`, film(n));
    await bucket.put("providers/acme/bad.json", '{"title":');
    await bucket.put("providers/of-nobody.json", film(9));
    const started = startFunction({ S3_RECEIPTS: "on" });
    startMapping();
    await done();

    expect(await verdicts()).toEqual({ accepted: 5, rejected: 2 });
    const written = await bucket.contents("receipts/");
    const expected = (await store.receipts({ provider: "acme", limit: 1_000 })).map((receipt) => [
      `receipts/${receipt.key.slice("providers/".length)}/${receipt.versionId}.json`,
      JSON.stringify(receiptAnswer(receipt)),
    ]);
    expect(expected).toHaveLength(6);
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(expected));
    // The bucket tells of its receipts as of everything else: the test event, seven objects, six receipts.
    expect(mapping?.counts).toMatchObject({ failed: 0, returned: 0, deleted: 14 });

    // The same event again.
    const object = { key: "providers/acme/0+%2B+%C3%A9.json" };
    const record = { eventVersion: "2.1", eventSource: "aws:s3", eventName: "ObjectCreated:Put" };
    await bucket.send(
      JSON.stringify({ Records: [{ ...record, s3: { bucket: { name: bucket.name }, object } }] }),
    );
    await done();
    expect(started.output).toContain('"UpdatesDuplicate":1');
    expect(await bucket.contents("receipts/")).toEqual(written);
    expect(await verdicts()).toEqual({ accepted: 5, rejected: 2 });
  });

  test("loses nothing and returns nothing where receipts can't be written", {
    timeout: 60_000,
  }, async () => {
    const proxy = await ReadOnlyBucket.start(s3Endpoint as string);
    for (let n = 0; n < 5; n++) await bucket.put(`providers/acme/${n}.json`, film(n));
    const started = startFunction({ S3_RECEIPTS: "on", S3_ENDPOINT: proxy.url });
    startMapping();
    await done();
    await proxy.close();
    expect(await verdicts()).toEqual({ accepted: 5 });
    expect(mapping?.counts).toMatchObject({ failed: 0, returned: 0, deleted: 6 });
    expect(await bucket.contents("receipts/")).toEqual(new Map());
    expect(started.output).toContain("receipts are not in the bucket");
    expect(started.output).toContain('"ReceiptsFailed":');
  });

  test("returns what may succeed later and what is no event, and loses nothing", {
    timeout: 60_000,
  }, async () => {
    await bucket.put("providers/acme/1.json", film(1));
    await bucket.send("no event");
    startFunction();
    const started = startMapping();
    await vi.waitFor(async () => expect(await verdicts()).toEqual({ accepted: 1 }), { timeout: 30_000 });
    await vi.waitFor(() => expect(started.counts.returned).toBeGreaterThan(1), { timeout: 30_000 });
    expect(started.counts.failed).toBe(0);
    expect(await bucket.queued()).toBe(1);
  });

  test("takes in once what comes to another environment after the first was killed", {
    timeout: 60_000,
  }, async () => {
    for (let n = 0; n < 30; n++) await bucket.put(`providers/acme/${n}.json`, film(n));
    const first = startFunction();
    startMapping(2_000);
    await vi.waitFor(async () => expect(await store.version()).toBeGreaterThan(0), { timeout: 30_000 });
    await first.kill();
    startFunction();
    await done();
    expect(await verdicts()).toEqual({ accepted: 30 });
    expect(await store.version()).toBe(30);
  });

  test("heals when its connection to the database is lost between two batches", {
    timeout: 60_000,
  }, async () => {
    startFunction();
    startMapping();
    await bucket.put("providers/acme/1.json", film(1));
    await done();
    await killConnections(database.url);
    await bucket.put("providers/acme/2.json", film(2));
    await done();
    expect(await verdicts()).toEqual({ accepted: 2 });
    expect(mapping?.counts.failed).toBe(0);
  });

  test("ends with its transaction when its time is up, and keeps no other writer waiting", {
    timeout: 60_000,
  }, async () => {
    const blocker = await createConnection(database.url);
    await blocker.beginTransaction();
    await blocker.query("SELECT * FROM store FOR UPDATE");
    const first = startFunction();
    startMapping(3_000);
    await bucket.put("providers/acme/1.json", film(1));
    await first.exited;
    expect(first.output).toContain("the time of this invocation is up");
    await blocker.rollback();
    await blocker.end();
    startFunction();
    await done();
    expect(await verdicts()).toEqual({ accepted: 1 });
  });

  test("refuses to start with a bad setting, and says which", async () => {
    const environment = { MYSQL_URL: "films", S3_ENDPOINT: s3Endpoint as string };
    const started = IngestFunction.start({ folder, address: api.address, environment });
    functions.push(started);
    await vi.waitFor(() => expect(started.output).toContain("MYSQL_URL must be a URL"), { timeout: 20_000 });
  });
});

function film(id: number | string, more: object = {}): string {
  return JSON.stringify({ id: `${id}`, title: `Film ${id}`, updatedAt: "2024-04-01", ...more });
}

/** As a server does with connections that have been idle for long, or a fail-over. */
async function killConnections(url: string): Promise<void> {
  const connection = await createConnection(url);
  const [rows] = await connection.query<({ readonly id: number } & RowDataPacket)[]>(
    "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
  );
  for (const { id } of rows) await connection.query(`KILL ${id}`);
  await connection.end();
}
