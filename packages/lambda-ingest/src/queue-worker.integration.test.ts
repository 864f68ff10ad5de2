import { randomUUID } from "node:crypto";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { MovieStoreError } from "@movie-store/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { film, RunningIngest, readingBy, recordOf } from "../test/running-ingest.ts";
import type { Handler } from "./create-handler.ts";
import { workOnQueue } from "./queue-worker.ts";

const endpoint = inject("s3Endpoint");

describe.skipIf(endpoint === undefined)("the worker on a queue", () => {
  let client: SQSClient;
  let queueUrl: string;
  let ingest: RunningIngest;
  let working: Promise<void>;
  let stopping: AbortController;

  beforeAll(() => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    client = new SQSClient({ endpoint: endpoint as string, region: "us-east-1", credentials });
  });
  afterAll(() => client.destroy());

  beforeEach(async () => {
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: `objects-${randomUUID()}` }));
    queueUrl = QueueUrl as string;
    ingest = new RunningIngest();
    stopping = new AbortController();
    working = Promise.resolve();
  });
  afterEach(async () => {
    stopping.abort();
    await working;
  });

  function start(handler: Handler = ingest.handler, visibilitySeconds = 2): void {
    const { log } = ingest;
    const options = { client, queueUrl, handler, log, visibilitySeconds, waitSeconds: 1, pauseMs: 10 };
    working = workOnQueue(options, stopping.signal);
  }

  async function send(bodies: readonly string[]): Promise<void> {
    for (let at = 0; at < bodies.length; at += 10) {
      const Entries = bodies.slice(at, at + 10).map((MessageBody, n) => ({ Id: `${n}`, MessageBody }));
      await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  }

  function bodyOf(id: string): string {
    return JSON.stringify({
      Records: [recordOf(ingest.bucket.put(`providers/acme/${id}.json`, film(id)))],
    });
  }

  /** Messages that are in the queue, hidden or not. */
  async function left(): Promise<number> {
    const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    const command = new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [...AttributeNames],
    });
    const { Attributes = {} } = await client.send(command);
    return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
  }

  test("takes in what comes, and deletes what is done", { timeout: 20_000 }, async () => {
    start(ingest.handler, 30);
    await send(Array.from({ length: 25 }, (_, n) => bodyOf(`${n}`)));
    await vi.waitFor(async () => expect(await left()).toBe(0), { timeout: 15_000 });
    expect(await ingest.store.version()).toBe(25);
  });

  test("leaves what has to come again, and gets it again", { timeout: 20_000 }, async () => {
    let refusals = 2;
    const { bucket } = ingest;
    const source = readingBy(bucket, async (address) => {
      if (address.key.endsWith("/2.json") && refusals-- > 0) throw new MovieStoreError("unavailable", "away");
      return bucket.read(address);
    });
    const refusing = new RunningIngest({ source });
    start(refusing.handler);
    await send(["1", "2", "3"].map(bodyOf));
    await vi.waitFor(async () => expect(await left()).toBe(0), { timeout: 15_000 });
    expect(await refusing.verdicts()).toEqual(["accepted", "accepted", "accepted"]);
    expect(refusals).toBeLessThan(0);
  });

  test("counts how often a message has come, so that a missing object ends as gone", {
    timeout: 20_000,
  }, async () => {
    start();
    const missing = { bucket: "films", key: "providers/acme/none.json", versionId: "none" };
    await send([JSON.stringify({ Records: [recordOf(missing)] })]);
    await vi.waitFor(async () => expect(await left()).toBe(0), { timeout: 15_000 });
    expect(await ingest.verdicts()).toEqual(["gone"]);
    expect(ingest.lines.filter(({ message }) => message === "returned")).toHaveLength(2);
  });

  test("deletes nothing of a batch that fails as a whole", { timeout: 20_000 }, async () => {
    let calls = 0;
    start((event, context) => {
      if (calls++ === 0) throw new Error("a fault of ours");
      return ingest.handler(event, context);
    });
    await send([bodyOf("1")]);
    await vi.waitFor(async () => expect(await left()).toBe(0), { timeout: 15_000 });
    expect(calls).toBeGreaterThan(1);
    expect(await ingest.verdicts()).toEqual(["accepted"]);
  });

  test("ends the batch that it has begun when it is stopped", async () => {
    const { promise: finish, resolve } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    start(async (event, context) => {
      begin();
      await finish;
      return ingest.handler(event, context);
    }, 30);
    await send([bodyOf("1")]);
    await begun;
    stopping.abort();
    resolve();
    await working;
    expect(await left()).toBe(0);
    expect(await ingest.verdicts()).toEqual(["accepted"]);
  });

  test("goes on when the queue has not answered", async () => {
    let calls = 0;
    const { log } = ingest;
    const failing = {
      send: (...args: Parameters<SQSClient["send"]>) => {
        if (calls++ < 2) return Promise.reject(new Error("no answer"));
        return client.send(...args);
      },
    } as SQSClient;
    const options = { client: failing, queueUrl, handler: ingest.handler, log, waitSeconds: 1, pauseMs: 1 };
    working = workOnQueue(options, stopping.signal);
    await send([bodyOf("1")]);
    await vi.waitFor(async () => expect(await ingest.store.version()).toBe(1), { timeout: 4_000 });
    expect(ingest.lines.filter(({ message }) => message === "the queue does not answer")).toHaveLength(2);
  });
});
