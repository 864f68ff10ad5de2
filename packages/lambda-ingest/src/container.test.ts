import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { MemoryCache, MemoryMovieRepository, MemoryUpdateSource, MovieStore } from "@movie-store/core";
import { expect, test, vi } from "vitest";
import { loadConfig } from "./config.ts";
import { createContainer, LOGGER, METRICS, RECEIPT_WRITER, SOURCE, STORE } from "./container.ts";

// Nobody listens there; nothing is connected before it is needed.
const config = loadConfig({
  MYSQL_URL: "mysql://nobody@127.0.0.1:1/none",
  S3_ENDPOINT: "http://127.0.0.1:1",
  AWS_REGION: "us-east-1",
  LOG_LEVEL: "silent",
});

test("each part is made once, and nothing is connected by that", async () => {
  const container = createContainer(config);
  const parts = () => [
    container.resolve(LOGGER),
    container.resolve(METRICS),
    container.resolve(SOURCE),
    container.resolve(STORE),
  ];
  const made = parts();
  for (const [at, part] of parts().entries()) expect(part).toBe(made[at]);
  expect(container.resolve(STORE)).toBeInstanceOf(MovieStore);
  await container.close();
});

test("what was made is closed, once, and what was handed in is not", async () => {
  const [repository, cache] = [new MemoryMovieRepository(), new MemoryCache()];
  const source = new MemoryUpdateSource();
  const closes = [repository, cache, source].map((part) => vi.spyOn(part, "close"));
  const container = createContainer(config, { repository, cache, source });
  container.resolve(STORE);
  container.resolve(SOURCE);
  await container.close();
  for (const close of closes) expect(close).not.toHaveBeenCalled();

  const made = createContainer(config);
  const madeSource = made.resolve(SOURCE);
  await made.close();
  await made.close();
  const address = { bucket: "films", key: "providers/acme/1.json" };
  await expect(madeSource.read(address)).rejects.toMatchObject({ code: "closed" });
});

test("settings reach the parts", async () => {
  const repository = new MemoryMovieRepository();
  const ruled = loadConfig({
    ...{ MYSQL_URL: config.mysqlUrl, S3_PREFIX: "in/", PROVIDER_PRIORITY: "bolt,acme", LOG_LEVEL: "silent" },
  });
  const container = createContainer(ruled, { repository, clock: () => 2_000 });
  const store = container.resolve(STORE);
  const film = { externalIds: { imdb: "tt0113277" }, title: "Heat", year: 1995 };
  for (const provider of ["acme", "bolt"]) {
    const bytes = new TextEncoder().encode(JSON.stringify({ id: "1", ...film, overview: provider }));
    await store.ingest({ bucket: "films", key: `in/${provider}/1.json`, eventTimeMs: 1_000, bytes });
  }
  const { movies } = await store.find({ title: "heat" });
  expect(movies).toMatchObject([{ overview: "bolt", updatedAt: "1970-01-01T00:00:02.000Z" }]);
});

test("objects of a replica are read from it and named after its original", async () => {
  const asked: string[] = [];
  const server = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url?.split("?")[0]}`);
    response.writeHead(200, { "Last-Modified": "Sat, 20 Apr 2024 12:00:00 GMT" }).end("{}");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const standsBy = loadConfig({
    MYSQL_URL: config.mysqlUrl,
    AWS_REGION: "us-east-1",
    S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ S3_BUCKET: "films-2", S3_REPLICA_OF: "films", S3_RECEIPTS: "on" },
  });
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const container = createContainer(standsBy, { repository: new MemoryMovieRepository(), cache: null });
  const announced = { bucket: "films-2", key: "providers/acme/1.json", versionId: "v1", sequencer: "0A" };
  const object = await container.resolve(SOURCE).read(announced);
  expect(object).toMatchObject({ bucket: "films", key: announced.key, versionId: "v1" });
  expect(object).not.toHaveProperty("sequencer");
  const receipt = await container.resolve(STORE).ingest(object);
  expect(await container.resolve(RECEIPT_WRITER)?.write([receipt], 5_000)).toMatchObject({ written: 1 });
  expect(asked).toEqual(["GET /films-2/providers/acme/1.json", "PUT /films-2/receipts/acme/1.json/v1.json"]);
  await container.close();
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

test("there is a writer of receipts where they are asked for", async () => {
  expect(createContainer(config).resolve(RECEIPT_WRITER)).toBeNull();
  const asked = { ...config, writesReceipts: true };
  const container = createContainer(asked, { repository: new MemoryMovieRepository() });
  const writer = container.resolve(RECEIPT_WRITER);
  expect(writer).not.toBeNull();
  await container.close();
  const receipt = await container.resolve(STORE).ingest({
    ...{ bucket: "films", key: "providers/acme/1.json", eventTimeMs: 1_000, bytes: new Uint8Array() },
  });
  expect(await writer?.write([receipt], 1_000)).toMatchObject({ failed: 1, error: { code: "closed" } });
});
