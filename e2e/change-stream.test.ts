/** Streams of events miss nothing and double nothing: several API processes on one store, many writers and clients. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MovieStore } from "@movie-store/core";
import { Random } from "@movie-store/core/testing";
import {
  type Container,
  createContainer,
  LOGGER,
  loadConfig,
  REPOSITORY,
  type RunningServer,
  STORE,
  startServer,
} from "@movie-store/http-koa";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { EventClient } from "../packages/http-koa/test/event-client.ts";
import { freshDatabase } from "./fresh-database.ts";

const mysqlUrl = inject("mysqlUrl");

interface Place {
  /** Of the configuration. */
  readonly environment: Readonly<Record<string, string>>;
  remove(): Promise<unknown>;
}

async function onSqlite(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "movie-store-e2e-"));
  return { environment: { MOVIE_STORE_DATA: folder }, remove: () => rm(folder, { recursive: true }) };
}

async function onMysql(): Promise<Place> {
  const database = await freshDatabase(mysqlUrl as string);
  return { environment: { MYSQL_URL: database.url }, remove: () => database.drop() };
}

/** What a process of the API has. */
interface Api {
  readonly container: Container;
  readonly server: RunningServer;
}

async function startApi(environment: Place["environment"]): Promise<Api> {
  const config = loadConfig({ ...environment, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "error" });
  const container = createContainer(config);
  const server = await startServer({
    store: container.resolve(STORE),
    config,
    log: container.resolve(LOGGER),
  });
  return { container, server };
}

const WRITERS = 16;
const UPDATES_A_WRITER = 15;
/** Each update makes a change. */
const TOTAL = WRITERS * UPDATES_A_WRITER;

describe.each([
  ["SQLite", onSqlite, false],
  ["MySQL", onMysql, mysqlUrl === undefined],
] as const)("streams of changes on %s", (_, open, isAbsent) => {
  describe.skipIf(isAbsent)("of two processes", () => {
    let place: Place;
    let apis: readonly [Api, Api];

    beforeEach(async () => {
      place = await open();
      apis = [await startApi(place.environment), await startApi(place.environment)];
    });
    afterEach(async () => {
      for (const { container, server } of apis) {
        await server.stop(0);
        await container.close();
      }
      await place.remove();
    });

    const storeOf = ({ container }: Api) => container.resolve(STORE);
    const connect = ({ server }: Api, lastEventId?: string) =>
      EventClient.open(
        `${server.url}/v1/changes`,
        lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId },
      );

    it("tell of a write through the other process, which can then be read", async () => {
      const [writing, reading] = apis;
      const films = async (query: string) => {
        const response = await fetch(`${reading.server.url}/v1/movies${query}`);
        return ((await response.json()) as { readonly movies: readonly object[] }).movies;
      };
      expect(await films("")).toEqual([]);
      const client = await connect(reading);
      await ingest(storeOf(writing), "heat", 1995);
      await client.until(({ events }) => events.length === 1);
      client.cutOff();
      expect(client.events[0]).toMatchObject({ id: 1, event: "created", data: { provider: "acme" } });
      expect(await films(`?minVersion=${client.lastEventId}`)).toMatchObject([{ year: 1995 }]);
    });

    /** Goes from process to process, cut off every so many events, until it has all. */
    async function readAll(random: Random): Promise<readonly number[]> {
      const numbers: number[] = [];
      for (let [turn, lastEventId] = [random.integer(2), "0"]; lastEventId !== `${TOTAL}`; turn++) {
        const client = await connect(apis[turn % 2] as Api, lastEventId).catch(() => undefined);
        if (client === undefined) continue;
        const wanted = Math.min(1 + random.integer(60), TOTAL - Number(lastEventId));
        // A process that stops ends the stream earlier.
        await client.until(({ events }) => events.length >= wanted).catch(() => {});
        client.cutOff();
        numbers.push(...client.numbers);
        if (client.lastEventId !== "") lastEventId = client.lastEventId;
      }
      return numbers;
    }

    it("give every number once while sixteen write, clients are cut off and a process stops", {
      timeout: 60_000,
    }, async () => {
      const steady = await connect(apis[0], "0");
      const reading = Array.from({ length: 8 }, (_, reader) => readAll(new Random(reader)));
      let written = 0;
      const write = async (writer: number) => {
        // A third of them as a process that has no API.
        const store =
          writer % 3 === 2
            ? new MovieStore({ repository: apis[0].container.resolve(REPOSITORY) })
            : storeOf(apis[writer % 3] as Api);
        for (let n = 0; n < UPDATES_A_WRITER; n++) {
          await ingest(store, `${writer}-${n % 5}`, 1900 + n);
          if (++written === TOTAL / 2) void apis[1].server.stop(1);
        }
      };
      await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
      expect(await storeOf(apis[0]).version()).toBe(TOTAL);
      await steady.until(({ events }) => events.length >= TOTAL);
      steady.cutOff();
      const numbers = Array.from({ length: TOTAL }, (_, at) => at + 1);
      expect(steady.numbers).toEqual(numbers);
      for (const read of await Promise.all(reading)) expect(read).toEqual(numbers);
    });
  });
});

let eventTimeMs = Date.UTC(2026, 0, 1);

async function ingest(store: MovieStore, id: string, year: number): Promise<void> {
  eventTimeMs += 1_000;
  await store.ingest({
    bucket: "films",
    key: `providers/acme/${id}.json`,
    eventTimeMs,
    bytes: new TextEncoder().encode(JSON.stringify({ id, title: `Film ${id}`, year })),
  });
}
