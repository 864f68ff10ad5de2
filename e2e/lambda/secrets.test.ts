import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type FreshDatabase, freshDatabase } from "../fresh-database.ts";
import { bundleInto, IngestFunction, RUN_BY } from "./ingest-function.ts";
import { NotifyingBucket } from "./notifying-bucket.ts";
import { RuntimeApi } from "./runtime-api.ts";

const [awsEndpoint, mysqlUrl] = [inject("s3Endpoint"), inject("mysqlUrl")];
// The emulator from npm has neither versions nor secrets.
const hasSecrets = awsEndpoint !== undefined && inject("s3Versions");
const hasPassword = mysqlUrl !== undefined && new URL(mysqlUrl).password !== "";

describe.skipIf(!hasSecrets || !hasPassword)(`the bundled handler, run by ${RUN_BY}`, () => {
  let folder: string;
  let database: FreshDatabase;
  let bucket: NotifyingBucket;
  let api: RuntimeApi;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "movie-store-lambda-"));
    await bundleInto(folder);
    database = await freshDatabase(mysqlUrl as string);
    bucket = await NotifyingBucket.create(awsEndpoint as string);
    api = await RuntimeApi.start();
  }, 60_000);
  afterAll(async () => {
    await api.close();
    bucket.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function secretOf(text: string): Promise<string> {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new SecretsManagerClient({
      endpoint: awsEndpoint as string,
      region: "us-east-1",
      credentials,
    });
    const Name = `movie-store-${randomBytes(6).toString("hex")}`;
    const { ARN } = await client.send(new CreateSecretCommand({ Name, SecretString: text }));
    client.destroy();
    return ARN as string;
  }

  test("takes its passwords from Secrets Manager", { timeout: 60_000 }, async () => {
    const url = new URL(database.url);
    const [username = "", password = ""] = [url.username, url.password].map(decodeURIComponent);
    [url.username, url.password] = ["", ""];
    const secret = await secretOf(JSON.stringify({ username, password }));
    const started = IngestFunction.start({
      folder,
      address: api.address,
      environment: {
        MYSQL_URL: url.href,
        MYSQL_SECRET: secret,
        S3_ENDPOINT: awsEndpoint as string,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: awsEndpoint as string,
      },
    });
    const key = "providers/acme/1.json";
    await bucket.put(key, JSON.stringify({ id: "1", title: "Heat", year: 1995 }));
    const record = { eventVersion: "2.1", eventSource: "aws:s3", eventName: "ObjectCreated:Put" };
    const event = { Records: [{ ...record, s3: { bucket: { name: bucket.name }, object: { key } } }] };
    await api.invoke(event);
    await started.kill();
    expect(started.output).toContain('"UpdatesAccepted":1');
    expect(started.output).not.toContain(password);
  });
});
