import { Agent, get, type IncomingMessage } from "node:http";
import { MemoryMovieRepository, MovieStore, MovieStoreError } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { HEAT, RONIN } from "../test/films.ts";
import { ingest, openSocket, readToEnd, startApi, TroubledRepository } from "../test/running-api.ts";

const REQUEST = "GET /v1/movies HTTP/1.1\r\nHost: x\r\n\r\n";

describe("a server that is told to stop", () => {
  test("fails readiness at once, serves on, and ends each connection with its answer", async () => {
    const api = await startApi({ films: [HEAT] });
    const socket = await openSocket(api.port);
    const answers = readToEnd(socket);
    socket.write(REQUEST);
    await new Promise((resolve) => socket.once("data", resolve));
    const stopped = api.server.stop(10);
    const ready = await api.get("/health/ready");
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ code: "stopping" });
    const served = await api.get("/v1/movies");
    expect(served.status).toBe(200);
    expect(served.headers.get("connection")).toBe("close");
    socket.write(REQUEST);
    const [first, second, ...more] = (await answers).split("HTTP/1.1 ").slice(1);
    expect(first).toMatch(/^200 OK\r\n[\s\S]*Connection: keep-alive/);
    expect(second).toMatch(/^200 OK\r\n[\s\S]*Connection: close/);
    expect(more).toEqual([]);
    await stopped;
    await expect(openSocket(api.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("drops no request of clients that keep asking over open connections", async () => {
    const api = await startApi({ films: [HEAT] });
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const statuses: number[] = [];
    let asking = true;
    const ask = async () => {
      while (asking) {
        const response = await answerTo(`${api.url}/v1/movies`, agent);
        statuses.push(response.statusCode ?? 0);
        // A balancer sends no more to who has said that it goes.
        if (response.headers.connection === "close") return;
      }
    };
    const clients = [ask(), ask(), ask(), ask()];
    while (statuses.length < 20) await answerTo(`${api.url}/health/live`);
    const stopped = api.server.stop(5);
    await Promise.all(clients);
    asking = false;
    await stopped;
    agent.destroy();
    expect(statuses.length).toBeGreaterThanOrEqual(24);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test("waits for the answer to a request under way", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    troubled.before = async (method) => {
      if (method !== "findReceipts") return;
      arrive();
      await released;
    };
    const answer = api.get("/v1/updates");
    await arrived;
    const stopped = api.server.stop(10);
    release();
    expect((await answer).status).toBe(200);
    await stopped;
    expect(await api.log.line({ msg: "the API has stopped" })).toMatchObject({ cutOff: 0 });
  });

  test("goes on serving while no connection is left, and a balancer may open the next one", async () => {
    const api = await startApi();
    const once = new Agent({ keepAlive: false });
    await answerTo(`${api.url}/health/live`, once);
    const stopped = api.server.stop(10);
    const untilMs = performance.now() + 300;
    while (performance.now() < untilMs) {
      expect((await answerTo(`${api.url}/health/live`, once)).statusCode).toBe(200);
    }
    await stopped;
  });

  test("does not wait for a client that never said anything", async () => {
    const api = await startApi();
    const socket = await openSocket(api.port);
    const ended = readToEnd(socket);
    // Sent behind the silent one, so that the server has seen both.
    await api.get("/health/live");
    await api.server.stop(0.2);
    expect(await ended).toBe("");
    expect(await api.log.line({ msg: "the API has stopped" })).toMatchObject({ cutOff: 0 });
  });

  test("cuts off at the deadline who is in the middle of a request", async () => {
    const api = await startApi();
    const socket = await openSocket(api.port);
    const ended = readToEnd(socket);
    socket.write("GET /v1/movies HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    await api.get("/health/live");
    await api.server.stop(0.2);
    expect(await ended).toBe("");
    expect(await api.log.line({ msg: "the API has stopped" })).toMatchObject({ cutOff: 1 });
  });

  test("cuts off at the deadline who waits for a store that hangs", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository });
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    troubled.before = async (method) => {
      if (method !== "findReceipts") return;
      arrive();
      await released;
    };
    const answer = api.get("/v1/updates").then(
      () => "answered",
      () => "cut off",
    );
    await arrived;
    await api.server.stop(0.2);
    expect(await answer).toBe("cut off");
    release();
  });

  test("stops once, however often it is told", async () => {
    const api = await startApi();
    expect(api.server.stop(1)).toBe(api.server.stop(1));
    await api.server.stop();
  });
});

describe("a server", () => {
  test("sees what other processes change in its store", async () => {
    const repository = new MemoryMovieRepository();
    const api = await startApi({ repository, films: [HEAT] });
    const titles = async () =>
      (await (await api.get("/v1/movies?genre=crime&sort=title")).text()).match(/Heat|Ronin/g);
    expect(await titles()).toEqual(["Heat"]);
    await ingest(new MovieStore({ repository }), [RONIN]);
    // Ends with the test's time limit if it never does.
    while ((await titles())?.length !== 2);
  });

  test("says once that it can't follow the changes, and when it can again", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository, films: [HEAT] });
    // There is nothing to follow before something is in the cache.
    await api.get("/v1/movies");
    const { promise: twice, resolve } = Promise.withResolvers<void>();
    let failures = 0;
    troubled.before = async () => {
      if (++failures === 2) resolve();
      throw new MovieStoreError("unavailable", "down");
    };
    await twice;
    troubled.before = async () => {};
    await api.log.line({ msg: "follows the changes of the store again" });
    const warnings = api.log.lines.filter(({ msg }) => msg === "can't follow the changes of the store");
    expect(warnings).toHaveLength(1);
  });

  test("tells where it listens, and that a port is taken", async () => {
    const api = await startApi();
    expect(api.url).toBe(`http://127.0.0.1:${api.port}`);
    await expect(startApi({ environment: { PORT: String(api.port) } })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });
});

function answerTo(url: string, agent?: Agent): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(url, agent === undefined ? {} : { agent }, (response) => {
    response.resume().once("end", () => resolve(response));
  }).once("error", reject);
  return promise;
}
