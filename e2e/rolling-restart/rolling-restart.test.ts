/** Two processes of the API are replaced one after the other, and nobody who asks through the balancer notices. */

import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { MovieStore } from "@movie-store/core";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { freePort } from "../../tools/services/free-port.ts";
import { ApiProcess } from "../api-process.ts";
import { type FreshDatabase, freshDatabase } from "../fresh-database.ts";
import { Balancer, HAPROXY } from "./balancer.ts";
import { KeepAliveClient } from "./keep-alive-client.ts";

const mysqlUrl = inject("mysqlUrl");
const isComplete = mysqlUrl !== undefined && HAPROXY !== undefined;

const CLIENTS = 12;
const ANSWERS_BETWEEN = 500;

describe.skipIf(!isComplete)("a rolling restart behind HAProxy (needs haproxy on PATH)", () => {
  let database: FreshDatabase;
  let balancer: Balancer;
  let ports: readonly number[];
  const pods = new Map<number, ApiProcess>();

  const startPod = async (port: number) => {
    const environment = { MYSQL_URL: database.url, PORT: `${port}`, LOG_LEVEL: "info" };
    pods.set(port, await ApiProcess.start(environment));
    await vi.waitFor(async () => expect(await balancer.stateOf(port)).toBe("UP"), { timeout: 10_000 });
  };

  beforeAll(async () => {
    database = await freshDatabase(mysqlUrl as string);
    const repository = MySqlMovieRepository.open({ url: database.url });
    await new MovieStore({ repository }).ingest({
      ...{ bucket: "films", key: "providers/acme/heat.json", eventTimeMs: Date.UTC(2026, 0, 1) },
      bytes: new TextEncoder().encode('{"id":"heat","title":"Heat","year":1995}'),
    });
    await repository.close();
    ports = [await freePort(), await freePort()];
    balancer = await Balancer.start(HAPROXY as string, ports);
    for (const port of ports) await startPod(port);
  });
  afterAll(async () => {
    await Promise.all([...pods.values()].map((pod) => pod.stop()));
    await balancer.stop();
    await database.drop();
  });

  it("fails no request of clients who keep their connections", { timeout: 60_000 }, async () => {
    const clients = Array.from(
      { length: CLIENTS },
      () => new KeepAliveClient(`${balancer.url}/v1/movies?year=1995`),
    );
    const answered = () => clients.reduce((sum, client) => sum + client.answered, 0);
    const askedOn = async () => {
      const enough = answered() + ANSWERS_BETWEEN;
      await expect.poll(answered).toBeGreaterThan(enough);
    };
    await askedOn();
    for (const port of ports) {
      expect(await pods.get(port)?.stop()).toBe(0);
      await askedOn();
      await startPod(port);
      await askedOn();
    }
    await Promise.all(clients.map((client) => client.stop()));
    expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
    process.stdout.write(`rolling restart: ${answered()} requests, none failed\n`);
  });
});
