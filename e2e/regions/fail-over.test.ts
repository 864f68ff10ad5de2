/** The way of docs/multi-region.md: the database of the first region is lost with its last changes, the second takes over. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzip } from "@movie-store/adapters/gunzip";
import { S3UpdateSource } from "@movie-store/adapters/s3";
import type { Change, Movie } from "@movie-store/client";
import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { findMySqlPrograms } from "../../tools/services/mysql-programs.ts";
import { type Finished, runCli } from "../cli.ts";
import { NotifyingBucket } from "../lambda/notifying-bucket.ts";
import { Region } from "./region.ts";
import { ReplicaBucket } from "./replica-bucket.ts";
import { ReplicatedMySql } from "./replicated-mysql.ts";

const [redisUrl, s3Endpoint] = [inject("redisUrl"), inject("s3Endpoint")];
const { mysqld } = await findMySqlPrograms(process.env);
const isComplete = mysqld !== undefined && redisUrl !== undefined && inject("s3Versions");

const SEARCHES = [
  "",
  "title=heat",
  "title=film",
  "year=1990..1999",
  "genre=crime",
  "cast=al+pacino",
  "title=new",
];

describe.skipIf(!isComplete)("a second region", { timeout: 120_000 }, () => {
  const data = mkdtempSync(join(tmpdir(), "movie-store-regions-"));
  let mysql: ReplicatedMySql;
  let bucket: NotifyingBucket;
  let replica: ReplicaBucket;
  let first: Region;
  let second: Region;
  /** What a reader of the feed has when the first region is lost. */
  let known: readonly Change[];
  /** The last number that the second region was given. */
  let replicated: number;

  beforeAll(async () => {
    mysql = await ReplicatedMySql.start(process.env);
    await mysql.createDatabase("films");
    bucket = await NotifyingBucket.create(s3Endpoint as string);
    replica = await ReplicaBucket.start(s3Endpoint as string, bucket.name);
    const urls = mysql.urlsOf("films");
    const redis = (number: number) => new URL(`/${number}`, redisUrl).href;
    first = new Region({
      ...{ MYSQL_URL: urls.primary, REDIS_URL: redis(12) },
      ...{ S3_BUCKET: bucket.name, S3_ENDPOINT: s3Endpoint as string },
    });
    second = new Region({
      ...{ MYSQL_URL: urls.replica, REDIS_URL: redis(13) },
      ...{ S3_BUCKET: replica.name, S3_REPLICA_OF: bucket.name, S3_ENDPOINT: replica.url },
    });
    for (const { environment } of [first, second]) await flush(environment.REDIS_URL);
  }, 180_000);

  afterAll(async () => {
    await Promise.all([first?.stop(), second?.stop()]);
    bucket?.close();
    await replica?.close();
    await mysql?.stop();
    rmSync(data, { recursive: true });
  });

  const run = (region: Region, ...args: string[]): Promise<Finished> =>
    runCli(data, args, { ...region.environment, S3_RECEIPTS: "on" });

  const put = async (name: string, film: object) => {
    const bytes = JSON.stringify({ updatedAt: "2026-01-01T00:00:00Z", ...film });
    await bucket.put(`providers/${name}.json`, bytes);
  };

  it("follows the first one, whose readers see every change", async () => {
    expect((await run(first, "migrate")).code).toBe(0);
    for (let n = 0; n < 30; n++) await put(`acme/${n}`, { id: `${n}`, title: `Film ${n}`, year: 1980 + n });
    await put("acme/heat", { id: "heat", title: "Heat", year: 1994, genres: ["Crime"] });
    await put("bolt/heat", { id: "heat", title: "Heat", year: 1995, cast: ["Al Pacino"] });
    expect((await run(first, "reconcile")).code).toBe(0);
    await mysql.replicated();
    await first.start();
    await second.start();
    await expect.poll(() => second.layerOf("title=heat")).toMatch(/^l[12]$/);
    expect(await second.titles("title=heat")).toEqual(["Heat 1995", "Heat 1994"]);
    await second.stop();
  });

  it("has lost the last changes of the first one, which its readers have seen", async () => {
    // One film less: the two that were cached above are one.
    await put("acme/heat", { id: "heat", title: "Heat", year: 1995, updatedAt: "2026-01-02T00:00:00Z" });
    expect((await run(first, "reconcile")).code).toBe(0);
    await mysql.replicated();
    replicated = (await first.client.get("/v1/changes")).version;
    await mysql.cutOff();
    for (let n = 0; n < 6; n++)
      await put(`bolt/new ${n}`, { id: `n${n}`, title: `New ${n}`, year: 1990 + n });
    await put("acme/3", { id: "3", title: "Film 3", year: 2003, updatedAt: "2026-01-03T00:00:00Z" });
    await put("acme/4", { id: "4", deleted: true, updatedAt: "2026-01-03T00:00:00Z" });
    expect((await run(first, "reconcile")).code).toBe(0);
    const { changes, version } = await first.client.get("/v1/changes", { query: { limit: 1_000 } });
    expect([changes.length, version]).toEqual([replicated + 8, replicated + 8]);
    known = changes;
    await mysql.losePrimary();
    const answer = await fetch(`${first.url}/v1/changes`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    await first.stop();
  });

  it("refuses readers who are ahead of it, and lets the others go on", async () => {
    await mysql.promote();
    await second.start();
    const { number, at } = known.at(-1) as Change;
    const ask = (query: string, headers: Record<string, string> = {}) =>
      fetch(`${second.url}/v1/changes?${query}`, { headers }).then(async (answer) => [
        answer.status,
        ((await answer.json()) as { readonly code?: string }).code,
      ]);
    expect(await ask(`after=${number}`)).toEqual([400, "invalid-query"]);
    expect(await ask("", { Accept: "text/event-stream", "Last-Event-ID": `${number}` })).toEqual([
      ...[400, "invalid-query"],
    ]);
    expect(await ask(`after=${number}&afterAt=${at}`)).toEqual([409, "history-changed"]);
    expect(await ask(`after=${replicated}&afterAt=${known[replicated - 1]?.at}`)).toEqual([200, undefined]);
    expect((await fetch(`${second.url}/v1/movies?minVersion=${number}`)).status).toBe(503);
  });

  it("still has old answers in its Redis, unless that is emptied", async () => {
    await expect.poll(() => second.titles("title=heat")).toEqual(["Heat 1995", "Heat 1994"]);
    expect(await run(second, "empty-cache")).toMatchObject({ code: 0, stdout: "the cache is empty\n" });
    await expect.poll(() => second.layerOf("title=heat")).toMatch(/^l[12]$/);
    expect(await second.titles("title=heat")).toEqual(["Heat 1995"]);
  });

  it("takes in what was lost from the bucket, and knows the rest", async () => {
    await put("bolt/later", { id: "later", title: "New film of the second region", year: 2026 });
    const { code, stdout } = await run(second, "reconcile");
    expect(code).toBe(0);
    expect(stdout).toContain("42 versions in the bucket: 33 known, 9 taken in");
    expect((await run(second, "reconcile")).stdout).toContain("42 known, 0 taken in");
    expect(await run(second, "verify")).toMatchObject({ code: 0, stderr: "" });
  });

  it("has each update once and the same films as a store that saw everything", async () => {
    const all = await everything(bucket.name);
    const updates = await all.receipts({ limit: 1_000 });
    const ids = async (names: readonly { readonly updateId: string }[]) =>
      names.map(({ updateId }) => updateId).toSorted();
    const { updates: acme } = await second.client.get("/v1/updates", {
      query: { provider: "acme", limit: 1_000 },
    });
    const { updates: bolt } = await second.client.get("/v1/updates", {
      query: { provider: "bolt", limit: 1_000 },
    });
    expect(await ids([...acme, ...bolt])).toEqual(await ids(updates));
    for (const search of SEARCHES) {
      const parameters = Object.fromEntries(new URLSearchParams(search));
      const expected = await all.find({ ...parametersOf(parameters), limit: 100 });
      const found = async () => (await second.search(search)).map(contentOf);
      expect(await found(), search).toEqual(expected.movies.map(contentOf));
      // Cached, it is the same.
      expect(await found(), search).toEqual(expected.movies.map(contentOf));
    }
  });

  it("gives numbers without a gap, and tells who knew others behind them", async () => {
    const { changes, version } = await second.client.get("/v1/changes", { query: { limit: 1_000 } });
    expect(changes.map(({ number }) => number)).toEqual(Array.from({ length: version }, (_, at) => at + 1));
    expect(version).toBeGreaterThan(known.length);
    expect(changes.slice(0, replicated)).toEqual(known.slice(0, replicated));
    for (const { number, at } of known.slice(replicated)) {
      const reading = second.client.changes({ after: number, afterAt: at }).next();
      await expect(reading).rejects.toMatchObject({ code: "history-changed", status: 409 });
    }
    const { number, at } = known[replicated - 1] as Change;
    const next = await second.client.changes({ after: number, afterAt: at }).next();
    expect(next.value).toEqual(changes[replicated]);
  });

  it("tells in the receipt of a lost update which number it has now", async () => {
    const lost = known.at(-1) as Change;
    const receipt = await second.client.get("/v1/updates/{id}", { path: { id: lost.updateId as string } });
    const [number = 0] = receipt.changes;
    const { changes } = await second.client.get("/v1/changes", { query: { after: number - 1, limit: 1 } });
    expect(changes).toMatchObject([{ number, updateId: lost.updateId, movieId: lost.movieId }]);
    const [text] = (await bucket.contents(`receipts/${receipt.key.slice("providers/".length)}/`)).values();
    expect(JSON.parse(text ?? "")).toMatchObject({ updateId: lost.updateId, changes: [number] });
  });
});

async function flush(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushdb();
  redis.disconnect();
}

/** A store that has taken in every version of the bucket, in the order of its listing. */
async function everything(name: string): Promise<MovieStore> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const connection = { endpoint: s3Endpoint as string, region: "us-east-1", credentials };
  const source = new S3UpdateSource({ bucket: name, ...connection });
  const store = new MovieStore({ repository: new MemoryMovieRepository(), gunzip });
  await store.ingestFrom(source, "providers/");
  await source.close();
  return store;
}

/** Lists, where the search of core takes lists. */
function parametersOf(parameters: Readonly<Record<string, string>>) {
  const isList = (name: string) => ["year", "cast", "genre"].includes(name);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, isList(name) ? [value] : value]),
  );
}

/** Without what tells when a store came to know it. */
function contentOf({ version: _, updatedAt: __, ...content }: Movie) {
  return content;
}
