/** The command line on MySQL, Redis and a bucket. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Finished, runCli, startCli, urlOf } from "./cli.ts";
import { type FreshDatabase, freshDatabase } from "./fresh-database.ts";
import { NotifyingBucket } from "./lambda/notifying-bucket.ts";

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
    const running = startCli(data, ["start"], { ...environment(), PORT: "0", HOST: "127.0.0.1" });
    const url = await urlOf(running);
    const titles = async (query: string) => {
      const page = (await (await fetch(`${url}/v1/movies?${query}`)).json()) as {
        readonly movies: readonly { readonly title: string }[];
      };
      return page.movies.map(({ title }) => title);
    };
    expect(await titles("sort=title")).toEqual(["Alien", "Heat", "Up"]);
    expect(await titles("title=ran")).toEqual([]);
    await bucket.put("providers/acme/4.json", film(4, "Ran"));
    await expect.poll(() => titles("title=ran"), { timeout: 30_000 }).toEqual(["Ran"]);
    running.process.kill("SIGTERM");
    expect(await running.finished).toMatchObject({ code: 0, signal: null });
  });

  it.each([
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
