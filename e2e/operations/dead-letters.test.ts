/**
 * Messages that were given up are replayed, as docs/runbook.md says. The emulator has no task that moves messages, so
 * this moves them as such a task does: one by one, body by body.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { MovieStore } from "@movie-store/core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { runCli } from "../cli.ts";
import { type FreshDatabase, freshDatabase } from "../fresh-database.ts";
import { EventSourceMapping } from "../lambda/event-source-mapping.ts";
import { bundleInto, IngestFunction } from "../lambda/ingest-function.ts";
import { NotifyingBucket } from "../lambda/notifying-bucket.ts";
import { RuntimeApi } from "../lambda/runtime-api.ts";

const [s3Endpoint, mysqlUrl] = [inject("s3Endpoint"), inject("mysqlUrl")];
const isComplete = mysqlUrl !== undefined && inject("s3Versions");
/** Nothing listens there. */
const NO_DATABASE = "mysql://nobody:nothing@127.0.0.1:1/films";

describe.skipIf(!isComplete)("messages that were given up", { timeout: 120_000 }, () => {
  let folder: string;
  let database: FreshDatabase;
  let repository: MySqlMovieRepository;
  let store: MovieStore;
  let bucket: NotifyingBucket;
  let deadLetters: string;
  let runtime: RuntimeApi;
  let mapping: EventSourceMapping;
  let ingest: IngestFunction | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "movie-store-dead-letters-"));
    await bundleInto(folder);
    database = await freshDatabase(mysqlUrl as string);
    repository = MySqlMovieRepository.open({ url: database.url });
    store = new MovieStore({ repository, cache: null });
    bucket = await NotifyingBucket.create(s3Endpoint as string);
    deadLetters = await giveUpAfterTwo(bucket);
    runtime = await RuntimeApi.start();
    const { sqs: client, queueUrl } = bucket;
    const invoke = (event: unknown) => runtime.invoke(event);
    mapping = EventSourceMapping.start({ client, queueUrl, invoke, visibilitySeconds: 1 });
  }, 60_000);
  afterAll(async () => {
    await ingest?.kill();
    await runtime.close();
    await mapping.stop();
    bucket.close();
    await repository.close();
    await database.drop();
    await rm(folder, { recursive: true });
  }, 60_000);

  const connection = () => ({
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    S3_ENDPOINT: s3Endpoint as string,
  });
  async function start(url: string): Promise<void> {
    await ingest?.kill();
    const environment = { MYSQL_URL: url, S3_ENDPOINT: s3Endpoint as string };
    ingest = IngestFunction.start({ folder, address: runtime.address, environment });
  }

  it("are those that a database was away for too long for", async () => {
    for (const title of ["Heat", "Ran", "Up"]) {
      await bucket.put(`providers/acme/${title}.json`, JSON.stringify({ id: title, title }));
    }
    await start(NO_DATABASE);
    await expect.poll(() => lengthOf(bucket, deadLetters), { timeout: 60_000 }).toBe(3);
    expect(await bucket.queued()).toBe(0);
    expect(await store.version()).toBe(0);
  });

  it("are found in the bucket without them", async () => {
    const environment = { ...connection(), MYSQL_URL: database.url, S3_BUCKET: bucket.name };
    expect(
      (await runCli(folder, ["reconcile", `s3://${bucket.name}/providers/acme/R`], environment)).code,
    ).toBe(0);
    expect((await store.find({ sort: "title" })).movies.map(({ title }) => title)).toEqual(["Ran"]);
  });

  it("are taken in when they come again, each once", async () => {
    await moveBack(bucket, deadLetters);
    await start(database.url);
    const titles = async () => (await store.find({ sort: "title" })).movies.map(({ title }) => title);
    await expect.poll(titles, { timeout: 60_000 }).toEqual(["Heat", "Ran", "Up"]);
    await expect.poll(() => bucket.queued(), { timeout: 60_000 }).toBe(0);
    expect(await lengthOf(bucket, deadLetters)).toBe(0);
    expect(await store.version()).toBe(3);
    expect(await repository.log({ after: 0, limit: 1_000 })).toHaveLength(3);
  });
});

/** @returns the queue of what was given up. */
async function giveUpAfterTwo({ sqs, name, queueUrl: QueueUrl }: NotifyingBucket): Promise<string> {
  const { QueueUrl: url = "" } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-dead` }));
  const arns = { QueueUrl: url, AttributeNames: ["QueueArn" as const] };
  const deadLetterTargetArn = (await sqs.send(new GetQueueAttributesCommand(arns))).Attributes?.["QueueArn"];
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
  // The test event of the bucket is there already, and is acknowledged.
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
  return url;
}

async function lengthOf({ sqs }: NotifyingBucket, QueueUrl: string): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.["ApproximateNumberOfMessages"]);
}

async function moveBack(bucket: NotifyingBucket, QueueUrl: string): Promise<void> {
  for (;;) {
    const asked = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await bucket.sqs.send(asked);
    if (Messages.length === 0) return;
    for (const { Body = "", ReceiptHandle } of Messages) {
      await bucket.send(Body);
      await bucket.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}
