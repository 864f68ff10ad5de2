/** The command line on MySQL, Redis and a bucket. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMovieStoreClient, type MoviesQuery } from "@movie-store/client";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Finished, runCli, startCli, urlOf } from "./cli.ts";
import { type FreshDatabase, freshDatabase } from "./fresh-database.ts";
import { NotifyingBucket } from "./lambda/notifying-bucket.ts";
import { ReadOnlyBucket } from "./lambda/read-only-bucket.ts";

const [mysqlUrl, redisUrl, s3Endpoint] = [inject("mysqlUrl"), inject("redisUrl"), inject("s3Endpoint")];
const isComplete = mysqlUrl !== undefined && redisUrl !== undefined && inject("s3Versions");

describe.skipIf(!isComplete)("the command line on MySQL, Redis and a bucket", { timeout: 120_000 }, () => {
  const data = mkdtempSync(join(tmpdir(), "movie-store-production-"));
  let database: FreshDatabase;
  let bucket: NotifyingBucket;

  beforeAll(async () => {
    database = await freshDatabase(mysqlUrl as string, { migrated: false });
    bucket = await NotifyingBucket.create(s3Endpoint as string);
  });
  afterAll(async () => {
    bucket.close();
    await database.drop();
    rmSync(data, { recursive: true });
  });

  const environment = () => ({
    MYSQL_URL: database.url,
    // A store has a Redis database to itself.
    REDIS_URL: new URL("/10", redisUrl).href,
    S3_BUCKET: bucket.name,
    S3_ENDPOINT: s3Endpoint as string,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const run = (...args: string[]): Promise<Finished> => runCli(data, args, environment());
  const runWithReceipts = (args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Finished> =>
    runCli(data, args, { ...environment(), S3_RECEIPTS: "on", ...more });
  /** Dated by the provider, for the emulator dates objects to the second. */
  const film = (id: number, title: string, day = 1) =>
    JSON.stringify({ id: `${id}`, title, year: 1990 + id, updatedAt: `2026-01-0${day}T00:00:00Z` });

  it("says that the database has to be migrated, and migrates it once from three processes", async () => {
    expect(await run("export")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("movie-store migrate"),
    });
    const outputs = await Promise.all([run("migrate"), run("migrate"), run("migrate")]);
    expect(outputs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(outputs.filter(({ stdout }) => stdout.includes("it was at 0"))).toHaveLength(1);
    expect((await run("migrate")).stdout).toMatch(/^the schema is up to date: version \d+\n$/);
  });

  it("takes in every version in the bucket, and reads none again", async () => {
    await bucket.put("providers/acme/1.json", film(1, "Het"));
    await bucket.put("providers/acme/1.json", film(1, "Heat", 2));
    await bucket.put("providers/bolt/100% + 1.json", film(2, "Up"));
    await bucket.put("elsewhere/notes.txt", "not a film");
    const first = await run("ingest", `s3://${bucket.name}/`);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/^3 objects: 2 accepted, 0 duplicate, 1 superseded, 0 rejected in /);
    const again = await run("ingest", `s3://${bucket.name}/providers/acme/`);
    expect(again.stdout).toContain("0 objects: 0 accepted");
    expect(again.stderr).toContain("2 objects more known already");
  });

  it("finds what no event told of, and says what is bad", async () => {
    await bucket.put("providers/acme/3.json", film(3, "Alien"));
    await bucket.put("providers/acme/bad.json", '{"title":');
    const found = await run("reconcile");
    expect(found.code).toBe(1);
    expect(found.stdout).toContain("5 versions in the bucket: 3 known, 2 taken in");
    expect(found.stderr).toContain("rejected: 1 bad-json");
    expect((await run("reconcile")).stdout).toContain("5 versions in the bucket: 5 known, 0 taken in");
    expect((await run("rejected")).stdout).toContain("providers/acme/bad.json");
  });

  it("rebuilds, verifies and exports", async () => {
    expect((await run("rebuild")).stdout).toContain("4 updates folded, 0 films changed");
    expect(await run("verify")).toMatchObject({ code: 0, stderr: "" });
    const [head, ...films] = (await run("export")).stdout.trim().split("\n");
    expect(head).toBe('{"version":4}');
    expect(films.map((line) => JSON.parse(line).title).sort()).toEqual(["Alien", "Heat", "Up"]);
  });

  it("serves what is in the bucket and what comes, and ends when it is told to", async () => {
    const own = { PORT: "0", HOST: "127.0.0.1", S3_RECEIPTS: "on" };
    const running = startCli(data, ["start"], { ...environment(), ...own });
    const url = await urlOf(running);
    const client = createMovieStoreClient({ url });
    const titles = async (query: MoviesQuery) =>
      (await client.get("/v1/movies", { query })).movies.map(({ title }) => title);
    expect(await titles({ sort: "title" })).toEqual(["Alien", "Heat", "Up"]);
    expect(await titles({ title: "ran" })).toEqual([]);
    await bucket.put("providers/acme/4.json", film(4, "Ran"));
    await expect.poll(() => titles({ title: "ran" }), { timeout: 30_000 }).toEqual(["Ran"]);
    // What was taken in before has none: that is for "reconcile".
    const receipts = async () => [...(await bucket.contents("receipts/")).values()];
    await expect.poll(async () => (await receipts()).length, { timeout: 30_000 }).toBe(1);
    const { updates } = await client.get("/v1/updates", { query: { key: "providers/acme/4.json" } });
    expect(JSON.parse((await receipts())[0] as string)).toEqual(updates[0]);
    running.process.kill("SIGTERM");
    expect(await running.finished).toMatchObject({ code: 0, signal: null });
  });

  it("writes the receipts that are missing in the bucket, each once", async () => {
    const keys = async () => [...(await bucket.contents("receipts/")).keys()];
    const first = await runWithReceipts(["reconcile"]);
    expect(first).toMatchObject({ code: 0, stderr: "receipts in the bucket: 5 written\n" });
    expect(await keys()).toHaveLength(6);
    expect((await keys()).filter((key) => key.startsWith("receipts/acme/1.json/"))).toHaveLength(2);
    expect((await keys()).filter((key) => key.startsWith("receipts/bolt/100% + 1.json/"))).toHaveLength(1);
    expect(await runWithReceipts(["reconcile"])).toMatchObject({
      ...{ code: 0, stderr: "", stdout: expect.stringContaining("6 versions in the bucket: 6 known") },
    });
    expect(await keys()).toHaveLength(6);
  });

  it("takes in what can have no receipt for now, and reconciles that too", async () => {
    const keys = async () => [...(await bucket.contents("receipts/acme/5.json/")).keys()];
    const readOnly = await ReadOnlyBucket.start(s3Endpoint as string);
    await bucket.put("providers/acme/5.json", film(5, "Jaws"));
    const ingested = await runWithReceipts(["ingest", `s3://${bucket.name}/`], { S3_ENDPOINT: readOnly.url });
    expect(ingested).toMatchObject({ code: 0, stdout: expect.stringContaining("1 accepted") });
    expect(ingested.stderr).toContain(
      "receipts in the bucket: 0 written, 1 not: the bucket can't be written",
    );
    const inVain = await runWithReceipts(["reconcile"], { S3_ENDPOINT: readOnly.url });
    expect(inVain).toMatchObject({ code: 1, stderr: expect.stringContaining("0 written, 1 not") });
    await readOnly.close();
    expect(await keys()).toEqual([]);
    const repaired = await runWithReceipts(["reconcile"]);
    expect(repaired).toMatchObject({ code: 0, stderr: "receipts in the bucket: 1 written\n" });
    expect(await keys()).toHaveLength(1);
  });

  it("writes the receipt of what was read again anew", async () => {
    const again = await runWithReceipts(["rejected", "retry", "--all"]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("receipts in the bucket: 1 written");
  });

  it("refuses receipts for a folder of providers", async () => {
    const { code, stderr } = await runWithReceipts(["reconcile"], { S3_PREFIX: "receipts/" });
    expect(code).toBe(1);
    expect(stderr).toBe("movie-store: S3_PREFIX must not lie in receipts/, the folder of the receipts\n");
  });

  it.each([
    [["ingest", "s3://films/receipts/acme/"], "providers put their films below providers/ (S3_PREFIX)"],
    [["ingest", "s3://films/elsewhere/"], "providers put their films below providers/ (S3_PREFIX)"],
    [["ingest", "s3://F/"], "s3://F/: must be s3://bucket/prefix"],
    [["ingest", "s3://films/", "--provider", "acme"], "--provider: in a bucket the key of an object"],
    [["reconcile", "films"], "films: must be s3://bucket/prefix"],
  ])("%j is refused", async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^movie-store: [^\n]+\n$/);
    expect(stderr).toContain(message);
  });
});
