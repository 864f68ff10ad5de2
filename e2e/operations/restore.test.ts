/** A database that is lost is put back from a dump, by the commands of docs/runbook.md, and nothing is missing. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { createMovieStoreClient, type Movie } from "@movie-store/client";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startMySql } from "../../tools/services/database-servers.ts";
import { findMySqlPrograms } from "../../tools/services/mysql-programs.ts";
import type { Server } from "../../tools/services/server.ts";
import { runCli } from "../cli.ts";
import { NotifyingBucket } from "../lambda/notifying-bucket.ts";
import { Region } from "../regions/region.ts";
import { runbookCommands, runCommands } from "./runbook-commands.ts";

const [redisUrl, s3Endpoint] = [inject("redisUrl"), inject("s3Endpoint")];
const programs = await findMySqlPrograms(process.env);
const isComplete = programs.mysqld !== undefined && redisUrl !== undefined && inject("s3Versions");

describe.skipIf(!isComplete)("a backup that is put back", { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-restore-"));
  let servers: readonly [old: Server, empty: Server];
  let bucket: NotifyingBucket;
  let before: Region;
  let after: Region;
  let lost: Everything;

  beforeAll(async () => {
    servers = await Promise.all([startMySql(process.env), startMySql(process.env)]);
    bucket = await NotifyingBucket.create(s3Endpoint as string);
    const regionOn = ({ url }: Server) =>
      new Region({
        MYSQL_URL: `${url}/movie_store`,
        // A store has a Redis database to itself, and keeps it when its database is put back.
        REDIS_URL: new URL("/14", redisUrl).href,
        S3_BUCKET: bucket.name,
        S3_ENDPOINT: s3Endpoint as string,
      });
    [before, after] = [regionOn(servers[0]), regionOn(servers[1])];
    for (const [name, { url }] of [["old", servers[0]] as const, ["new", servers[1]] as const]) {
      const { hostname, port, username, password } = new URL(url);
      const lines = [
        "[client]",
        `host=${hostname}`,
        `port=${port}`,
        `user=${username}`,
        `password=${password}`,
      ];
      writeFileSync(join(folder, `${name}.cnf`), lines.join("\n"), { mode: 0o600 });
    }
  }, 180_000);

  afterAll(async () => {
    await Promise.all([before?.stop(), after?.stop()]);
    bucket?.close();
    await Promise.all((servers ?? []).map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  });

  const reconcile = () => runCli(folder, ["reconcile"], before.environment);
  const run = (commands: string, region: Region) =>
    runCommands(commands, {
      folder,
      environment: region.environment as Record<string, string>,
      mysqlFolder: programs.mysqld === undefined ? "" : dirname(programs.mysqldump),
    });
  const put = (name: string, film: object) =>
    bucket.put(`providers/${name}.json`, JSON.stringify({ updatedAt: "2026-01-01T00:00:00Z", ...film }));

  it("is made while updates come in", async () => {
    await run(
      "mysql --defaults-extra-file=old.cnf --execute 'CREATE DATABASE movie_store'\nmovie_store migrate",
      before,
    );
    for (let n = 0; n < 40; n++) await put(`acme/${n}`, { id: `${n}`, title: `Film ${n}`, year: 1980 + n });
    expect((await reconcile()).code).toBe(0);
    for (let n = 0; n < 40; n++)
      await put(`bolt/${n}`, { id: `${n}`, title: `Film ${n}`, year: 1980 + n, cast: ["Me"] });
    const [ingested] = await Promise.all([reconcile(), run(runbookCommands("dump"), before)]);
    expect(ingested.code).toBe(0);
  });

  it("lacks what came after it, which readers have seen", async () => {
    await put("bolt/new", { id: "new", title: "New", year: 2026 });
    expect((await reconcile()).code).toBe(0);
    // By another reconciliation, as one alone would take them first.
    await put("acme/0", { id: "0", title: "Another title", updatedAt: "2026-01-02T00:00:00Z" });
    await put("acme/1", { id: "1", deleted: true, updatedAt: "2026-01-02T00:00:00Z" });
    expect((await reconcile()).code).toBe(0);
    lost = await everythingOf(before);
    expect(lost.films.map(({ title }) => title)).toContain("New");
    // From a file, not from the bucket: nothing can bring this back but the file.
    writeFileSync(join(folder, "local.json"), '{"id":"1","title":"Local","year":2026}');
    const args = ["ingest", join(folder, "local.json"), "--provider", "local"];
    expect((await runCli(folder, args, before.environment)).code).toBe(0);
    await expect.poll(() => before.layerOf("title=local")).toMatch(/^l[12]$/);
    expect(await before.titles("title=local")).toEqual(["Local 2026"]);
    await before.stop();
    await servers[0].stop();
  });

  it("is put into an empty server and repaired from the bucket", async () => {
    await run(runbookCommands("restore"), after);
    const said = await run(runbookCommands("repair"), after);
    expect(said).toMatch(/^the schema is up to date/);
    expect(said).toMatch(/the cache is empty\n83 versions in the bucket: \d+ known, [1-9]\d* taken in/);
    expect(said).toMatch(/83 updates, \d+ film ids and \d+ changes agree/);
    const restored = await everythingOf(after);
    expect(restored.films.map(contentOf)).toEqual(lost.films.map(contentOf));
    expect(restored.updateIds).toEqual(lost.updateIds);
    // The cache has been emptied: it had an answer that no change takes out.
    expect(await after.titles("title=local")).toEqual([]);
  });
});

interface Everything {
  readonly films: readonly Movie[];
  readonly updateIds: readonly string[];
}

/** As readers of the API see it, so with what its Redis has. */
async function everythingOf(region: Region): Promise<Everything> {
  await region.start();
  const client = createMovieStoreClient({ url: region.url });
  await expect.poll(() => region.layerOf("title=new")).toMatch(/^l[12]$/);
  expect(await region.titles("title=new")).toEqual(["New 2026"]);
  const films: Movie[] = [];
  for await (const film of client.movies({ sort: "title" })) films.push(film);
  const repository = MySqlMovieRepository.open({ url: region.environment.MYSQL_URL });
  const updates = await repository.log({ after: 0, limit: 1_000 });
  await repository.close();
  return { films, updateIds: updates.map(({ updateId }) => updateId).toSorted() };
}

function contentOf({ version: _, updatedAt: __, ...content }: Movie) {
  return content;
}
