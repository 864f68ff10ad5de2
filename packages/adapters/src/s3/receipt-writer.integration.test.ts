import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  MemoryMovieRepository,
  MovieStore,
  type Receipt,
  receiptAnswer,
  receiptKey,
} from "@movie-store/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { gunzip } from "../gunzip.ts";
import { S3ReceiptWriter } from "./receipt-writer.ts";
import { S3UpdateSource } from "./update-source.ts";

const endpoint = inject("s3Endpoint");
const connection = {
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
};
const WITHIN_MS = 30_000;

describe.skipIf(endpoint === undefined || !inject("s3Versions"))("receipts in a bucket", () => {
  let client: S3Client;
  let bucket: string;
  let repository: MemoryMovieRepository;
  let store: MovieStore;
  let source: S3UpdateSource;
  let writer: S3ReceiptWriter;

  beforeAll(() => {
    client = new S3Client({ ...connection, endpoint: endpoint as string, forcePathStyle: true });
  });
  afterAll(() => client.destroy());

  beforeEach(async () => {
    bucket = `films-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    repository = new MemoryMovieRepository();
    store = new MovieStore({ repository, gunzip });
    source = new S3UpdateSource({ bucket, endpoint: endpoint as string, ...connection });
    writer = new S3ReceiptWriter({ store, endpoint: endpoint as string, ...connection });
  });
  afterEach(async () => {
    await Promise.all([source.close(), writer.close()]);
  });

  async function put(key: string, content: object | string | Uint8Array): Promise<void> {
    const isFinished = typeof content === "string" || content instanceof Uint8Array;
    const Body = isFinished ? content : JSON.stringify(content);
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
  }

  /** Takes in what is new, and gives all that the bucket has. */
  async function takeIn(): Promise<{
    readonly news: readonly Receipt[];
    readonly known: readonly Receipt[];
  }> {
    const [news, known]: Receipt[][] = [[], []];
    await store.ingestFrom(source, "", {
      onReceipts: (some, _, others) => {
        news?.push(...some);
        known?.push(...others);
      },
    });
    return { news: news ?? [], known: known ?? [] };
  }

  async function receiptIn(key: string) {
    const { Body, ContentType } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    expect(ContentType).toBe("application/json");
    return JSON.parse((await Body?.transformToString()) ?? "");
  }

  /** The keys of all versions of all receipts. */
  async function writtenKeys(): Promise<readonly string[]> {
    const input = { Bucket: bucket, Prefix: "receipts/" };
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand(input));
    return Versions.map(({ Key = "" }) => Key);
  }

  test("say of each object what became of it, and are found by its name", async () => {
    const key = "providers/acme/1995/heat + up 100%.json";
    await put(key, { id: "1", title: "Het", updatedAt: "2024-01-01" });
    await put(key, { id: "1", title: "Heat", updatedAt: "2024-01-02" });
    await put("providers/bolt/bad.json", '{"title":');
    await put("providers/of-nobody.json", { id: "1", title: "Heat" });
    await put("elsewhere/notes.txt", "not a film");
    const { news } = await takeIn();
    expect(await writer.write(news, WITHIN_MS)).toEqual({ written: 3, failed: 0 });

    const verdicts: string[] = [];
    for (const { updateId, versionId, verdict } of news.filter((receipt) => receipt.key === key)) {
      const written = await receiptIn(`receipts/acme/1995/heat + up 100%.json/${versionId}.json`);
      const stored = (await store.receipt(updateId)) as Receipt;
      expect(written).toEqual(receiptAnswer(stored));
      expect(written).toMatchObject({ updateId, verdict, bucket, key, versionId, provider: "acme" });
      verdicts.push(verdict);
    }
    expect(verdicts).toEqual(["superseded", "accepted"]);
    const [bad] = (await writtenKeys()).filter((each) => each.startsWith("receipts/bolt/bad.json/"));
    expect(await receiptIn(bad as string)).toMatchObject({
      ...{ verdict: "rejected", code: "bad-json", reason: expect.any(String) },
    });
    expect(await writtenKeys()).toHaveLength(3);
  });

  test("are never listed as objects, and so are never taken in", async () => {
    await put("providers/acme/1.json", { id: "1", title: "Heat" });
    const { news } = await takeIn();
    await writer.write(news, WITHIN_MS);
    await put("receipts/acme/2.json", { id: "2", title: "Up" });
    const again = await takeIn();
    expect(again.news).toEqual([]);
    expect(again.known).toHaveLength(1);
  });

  test("stay the first delivery's when an object comes again, and are made up for if they are lost", async () => {
    await put("providers/acme/1.json", { id: "1", title: "Heat" });
    const { news } = await takeIn();
    await writer.write(news, WITHIN_MS);
    const again = await store.ingest(await source.read(news[0] as Receipt));
    expect(again.verdict).toBe("duplicate");
    expect(await writer.write([again, again], WITHIN_MS)).toEqual({ written: 0, failed: 0 });
    const keys = await writtenKeys();
    expect(keys).toHaveLength(1);

    const Key = keys[0] as string;
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    expect(await writer.write([again, again], WITHIN_MS)).toEqual({ written: 1, failed: 0 });
    expect(await receiptIn(Key)).toEqual(receiptAnswer(news[0] as Receipt));
  });

  test("are those of the copy where the content came before", async () => {
    const film = { id: "1", title: "Heat", updatedAt: "2024-01-01" };
    await put("providers/acme/1.json", film);
    await put("providers/acme/copy.json", film);
    const { news } = await takeIn();
    expect(news.map(({ verdict }) => verdict).sort()).toEqual(["accepted", "duplicate"]);
    expect(await writer.write(news, WITHIN_MS)).toEqual({ written: 2, failed: 0 });
    const written = await Promise.all((await writtenKeys()).map(receiptIn));
    expect(written.map(({ key, verdict }) => [key, verdict])).toEqual(
      news.map(({ key, verdict }) => [key, verdict]),
    );
  });

  test("that could not be written fail nothing, and are written once they can be", async () => {
    for (const id of ["1", "2", "3"]) await put(`providers/acme/${id}.json`, { id, title: `Film ${id}` });
    const { news } = await takeIn();
    const cutOff = new S3ReceiptWriter({ store, ...connection, endpoint: "http://127.0.0.1:1", attempts: 1 });
    expect(await cutOff.write(news, WITHIN_MS)).toMatchObject({
      ...{ written: 0, failed: 3, error: { code: "unavailable" } },
    });
    await cutOff.close();
    expect(await writer.write(news.slice(1, 2), WITHIN_MS)).toMatchObject({ written: 1 });

    const { known } = await takeIn();
    expect(known).toHaveLength(3);
    expect(await writer.writeMissing(known, WITHIN_MS)).toEqual({ written: 2, failed: 0 });
    expect(await writer.writeMissing(known, WITHIN_MS)).toEqual({ written: 0, failed: 0 });
    expect(await writtenKeys()).toHaveLength(3);
  });

  test("are found to be missing among many, whatever lies between them", { timeout: 60_000 }, async () => {
    // Beside each other in one listing, apart in the other: "/" comes behind "!" and "." and before "0".
    const names = Array.from({ length: 550 }, (_, n) => [`${n}`, `${n}!${"é".repeat(n % 3)}.json`]).flat();
    const objects = names.map((name) => ({
      ...{ bucket, key: `providers/acme/${name}`, versionId: "v1", eventTimeMs: Date.now() },
      bytes: new TextEncoder().encode(JSON.stringify({ id: name, title: name })),
    }));
    const receipts = await store.ingestMany(objects);
    expect(await writer.write(receipts, WITHIN_MS)).toEqual({ written: 1_100, failed: 0 });
    const gone = receipts.filter((_, at) => at % 137 === 0);
    for (const receipt of gone) {
      const Key = receiptKey(receipt, "providers/");
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    }
    const some = receipts.slice(0, 400);
    const among = gone.filter((receipt) => some.includes(receipt)).length;
    expect(among).toBe(3);
    expect(await writer.writeMissing(some, WITHIN_MS)).toEqual({ written: among, failed: 0 });
    expect(await writer.writeMissing(receipts, WITHIN_MS)).toEqual({
      written: gone.length - among,
      failed: 0,
    });
  });

  test("that were written before an update left the quarantine are written anew", async () => {
    await put("providers/acme/1.json.gz", gzipSync('{"id":"1","title":"Heat"}'));
    const strict = new MovieStore({ repository });
    const rejected: Receipt[] = [];
    await strict.ingestFrom(source, "", { onReceipts: (some) => rejected.push(...some) });
    expect(rejected).toMatchObject([{ rejection: { code: "bad-encoding" } }]);
    await writer.write(rejected, WITHIN_MS);
    expect(await writer.writeMissing(rejected, WITHIN_MS)).toEqual({ written: 0, failed: 0 });

    const later = new MovieStore({ repository, gunzip, clock: () => Date.now() + 60_000 });
    await later.retry(rejected.map(({ updateId }) => updateId));
    const { known } = await takeIn();
    expect(await writer.writeMissing(known, WITHIN_MS)).toEqual({ written: 1, failed: 0 });
    const [key] = new Set(await writtenKeys());
    expect(await receiptIn(key as string)).toMatchObject({ verdict: "accepted", changes: [1] });
  });
});
