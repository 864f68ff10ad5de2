import { randomUUID } from "node:crypto";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { MemoryMovieRepository, MovieStore, type ObjectAddress, type UpdateSource } from "@movie-store/core";
import { updateSourceContract } from "@movie-store/core/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { S3UpdateSource } from "./update-source.ts";

const endpoint = inject("s3Endpoint");
const keepsVersions = inject("s3Versions");
const connection = {
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
};

// The emulator from npm does not know the list of versions, on which everything here rests.
describe.skipIf(endpoint === undefined || !keepsVersions)("a bucket", () => {
  let client: S3Client;

  beforeAll(() => {
    client = new S3Client({ ...connection, endpoint: endpoint as string, forcePathStyle: true });
  });
  afterAll(() => client.destroy());

  async function newBucket(versioning: boolean): Promise<string> {
    const bucket = `films-${randomUUID()}`;
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    if (versioning) await setVersioning(bucket, "Enabled");
    return bucket;
  }

  async function setVersioning(bucket: string, status: "Enabled" | "Suspended"): Promise<void> {
    const input = { Bucket: bucket, VersioningConfiguration: { Status: status } };
    await client.send(new PutBucketVersioningCommand(input));
  }

  async function put(bucket: string, key: string, body: string | Uint8Array): Promise<void> {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  function open(bucket: string): S3UpdateSource {
    return new S3UpdateSource({ bucket, endpoint: endpoint as string, ...connection });
  }

  function contractOn(versions: boolean) {
    return updateSourceContract(
      async () => {
        const bucket = await newBucket(versions);
        return {
          source: open(bucket),
          bucket,
          put: (key, bytes) => put(bucket, key, bytes),
          remove: async (key) => {
            await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
          },
        };
      },
      { versions, manyKeys: 1_010 },
    );
  }

  describe("with versioning keeps the contract", () => {
    for (const each of contractOn(true)) test(each.name, { timeout: 60_000 }, () => each.run());
  });

  describe("without versioning keeps the contract", () => {
    for (const each of contractOn(false)) test(each.name, { timeout: 60_000 }, () => each.run());
  });

  test("is listed with every version across pages, without delete markers and folders", {
    timeout: 60_000,
  }, async () => {
    const bucket = await newBucket(true);
    await put(bucket, "providers/acme/", new Uint8Array());
    await put(bucket, "providers/acme/a.json", "first");
    // The versions of this key begin on one page of a thousand and end on the next.
    for (let n = 0; n < 1_005; n++) await put(bucket, "providers/acme/b.json", `${n}`);
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: "providers/acme/b.json" }));
    await put(bucket, "providers/acme/c.json", "last");
    const source = open(bucket);
    const addresses = await listOf(source, "providers/");
    expect(addresses.map(({ key }) => key)).toEqual([
      "providers/acme/a.json",
      ...Array(1_005).fill("providers/acme/b.json"),
      "providers/acme/c.json",
    ]);
    for (const n of [0, 1, 500, 1_004]) {
      expect(await textOf(source, addresses[n + 1])).toBe(`${n}`);
    }
    await source.close();
  });

  test("that began without versioning and suspends it loses no version that is kept", async () => {
    const bucket = await newBucket(false);
    const key = "providers/acme/a.json";
    await put(bucket, key, "without an id");
    await setVersioning(bucket, "Enabled");
    await put(bucket, key, "with an id");
    const source = open(bucket);
    const [older, newer] = await listOf(source, key);
    expect([await textOf(source, older), await textOf(source, newer)]).toEqual([
      "without an id",
      "with an id",
    ]);
    const read = await source.read(older as ObjectAddress);
    expect(read).not.toHaveProperty("versionId");
    expect(await source.read(newer as ObjectAddress)).toHaveProperty("versionId", newer?.versionId);
    await source.close();
  });

  test("gives an object the same date and id by an event and by a listing", async () => {
    const bucket = await newBucket(true);
    const key = "providers/acme/heat.json";
    await put(bucket, key, '{"id":"1","title":"Heat"}');
    const source = open(bucket);
    const [listed] = await listOf(source, "providers/");
    const versionId = listed?.versionId === undefined ? {} : { versionId: listed.versionId };
    const event = { bucket, key, ...versionId, sequencer: "0A", eventTimeMs: 1_700_000_000_123 };
    const byEvent = await source.read(event);
    const byList = await source.read(listed as ObjectAddress);
    expect(byEvent).toEqual({ ...byList, sequencer: "0A" });
    expect(byEvent.eventTimeMs).toBeGreaterThan(event.eventTimeMs);

    const store = new MovieStore({ repository: new MemoryMovieRepository() });
    await store.ingest(byEvent);
    expect((await store.ingest(byList)).verdict).toBe("duplicate");
    await source.close();
  });

  test("that does not exist is no empty one, and its objects are not gone", async () => {
    const source = open(`films-${randomUUID()}`);
    await expect(listOf(source, "")).rejects.toMatchObject({ code: "unavailable", retryable: true });
    const address = { bucket: `films-${randomUUID()}`, key: "providers/acme/a.json" };
    await expect(source.read(address)).rejects.toMatchObject({ code: "unavailable" });
    await source.close();
  });
});

async function listOf(source: UpdateSource, prefix: string): Promise<readonly ObjectAddress[]> {
  const addresses: ObjectAddress[] = [];
  for await (const address of source.list(prefix)) addresses.push(address);
  return addresses;
}

async function textOf(source: UpdateSource, address: ObjectAddress | undefined): Promise<string> {
  return Buffer.from((await source.read(address as ObjectAddress)).bytes).toString();
}
