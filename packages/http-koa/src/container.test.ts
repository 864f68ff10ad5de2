import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { MemoryMovieRepository } from "@movie-store/core";
import { expect, onTestFinished, test } from "vitest";
import { HEAT } from "../test/films.ts";
import { ingest } from "../test/running-api.ts";
import { loadConfig } from "./config.ts";
import { CACHE, CLOCK, createContainer, REPOSITORY, STORE } from "./container.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "movie-store-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("the embedded store outlives its container", async () => {
  const config = loadConfig({ MOVIE_STORE_DATA: join(await temporaryFolder(), "new", "data") });
  const first = createContainer(config);
  await ingest(first.resolve(STORE), [HEAT]);
  await first.close();
  const second = createContainer(config);
  expect((await second.resolve(STORE).find({ title: "heat" })).movies).toHaveLength(1);
  await second.close();
});

test("a container gives the same part each time, and shares none with others", () => {
  const replacements = () => ({ repository: new MemoryMovieRepository() });
  const one = createContainer(loadConfig({}), replacements());
  const other = createContainer(loadConfig({}), replacements());
  expect(one.resolve(STORE)).toBe(one.resolve(STORE));
  expect(one.resolve(CACHE)).not.toBe(other.resolve(CACHE));
});

test("closing closes what the container made, and not what it was given", async () => {
  const config = loadConfig({ MOVIE_STORE_DATA: await temporaryFolder() });
  const own = createContainer(config);
  const made = own.resolve(REPOSITORY);
  await own.close();
  await expect(made.version()).rejects.toMatchObject({ code: "closed" });

  const repository = new MemoryMovieRepository();
  const given = createContainer(config, { repository });
  given.resolve(STORE);
  await given.close();
  expect(await repository.version()).toBe(0);
});

test("the store follows the configuration: prefix, priority, clock and compressed objects", async () => {
  const config = loadConfig({ S3_PREFIX: "in/", PROVIDER_PRIORITY: "zenith,acme" });
  const container = createContainer(config, {
    repository: new MemoryMovieRepository(),
    clock: () => Date.UTC(2026, 5, 1),
  });
  const store = container.resolve(STORE);
  const send = async (provider: string, year: number) =>
    store.ingest({
      bucket: "films",
      key: `in/${provider}/heat.json.gz`,
      eventTimeMs: Date.UTC(2026, 0, 1) + year,
      bytes: gzipSync(JSON.stringify({ ...HEAT, year })),
    });
  expect(await send("zenith", 1995)).toMatchObject({
    verdict: "accepted",
    receivedAtMs: Date.UTC(2026, 5, 1),
  });
  await send("acme", 1996);
  expect((await store.find({})).movies).toMatchObject([{ title: "Heat", year: 1995 }]);
  expect(container.resolve(CLOCK)()).toBe(Date.UTC(2026, 5, 1));
});
