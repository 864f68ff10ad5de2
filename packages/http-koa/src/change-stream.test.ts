import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
import { describe, expect, test } from "vitest";
import { UNAVAILABLE } from "../test/feed-of-numbers.ts";
import { AMELIE, filmsOf, HEAT, RONIN } from "../test/films.ts";
import { openStream } from "../test/open-stream.ts";
import { ingest, startApi, TroubledRepository } from "../test/running-api.ts";

describe("the feed as a stream of events", () => {
  test("has an event for each change, in the form of server-sent events", async () => {
    const api = await startApi({ films: [HEAT, { ...HEAT, year: 1996 }] });
    const feed = (await (await api.get("/v1/changes")).json()) as { changes: object[] };
    const { signal, abort } = abortable();
    const response = await api.get("/v1/changes?after=0", {
      headers: { Accept: "text/event-stream" },
      signal,
    });
    const expected = [
      "retry: 1000\nid: 0\n\n",
      `id: 1\nevent: created\ndata: ${JSON.stringify(feed.changes[0])}\n\n`,
      `id: 2\nevent: updated\ndata: ${JSON.stringify(feed.changes[1])}\n\n`,
    ].join("");
    let text = "";
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString();
      if (text.length >= expected.length) break;
    }
    abort();
    expect(text).toBe(expected);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "movie-store-version": "2",
      vary: "Accept",
    });
    expect(response.headers.get("etag")).toBeNull();
  });

  test("begins with what comes from now on, and with a place to come back to", async () => {
    const api = await startApi({ films: [HEAT] });
    const client = await openStream(api, "");
    await client.until(({ lastEventId }) => lastEventId === "1");
    client.cutOff();
    // While it is away. Without the place it would come back to what comes from then on.
    await ingest(api.store, [RONIN]);
    const again = await openStream(api, "", { "Last-Event-ID": client.lastEventId });
    await ingest(api.store, [AMELIE]);
    await again.until(({ events }) => events.length === 2);
    expect(client.events).toEqual([]);
    expect(again.numbers).toEqual([2, 3]);
  });

  test("goes on behind Last-Event-ID, whatever the address says", async () => {
    const api = await startApi({ films: filmsOf(1999, 5) });
    const client = await openStream(api, "?after=1", { "Last-Event-ID": "3" });
    await client.until(({ events }) => events.length === 2);
    expect(client.numbers).toEqual([4, 5]);
    expect(client.events.map(({ id }) => id)).toEqual([4, 5]);
  });

  test("tells what this process and what others write", async () => {
    const repository = new MemoryMovieRepository();
    const api = await startApi({ repository });
    const client = await openStream(api, "");
    await ingest(api.store, [HEAT]);
    await client.until(({ events }) => events.length === 1);
    await ingest(new MovieStore({ repository }), [RONIN]);
    await client.until(({ events }) => events.length === 2);
    expect(client.numbers).toEqual([1, 2]);
  });

  test("says every so often that it is still there", async () => {
    const api = await startApi({ heartbeatMs: 5 });
    const client = await openStream(api, "");
    await client.until(({ comments }) => comments >= 3);
    await ingest(api.store, [HEAT]);
    await client.until(({ events }) => events.length === 1);
    await client.until(({ comments }) => comments >= 6);
    expect(client.numbers).toEqual([1]);
  });

  test.each([
    ["", "x", "Last-Event-ID"],
    ["", "-1", "Last-Event-ID"],
    ["", "1.0", "Last-Event-ID"],
    ["", "1234567890123456", "Last-Event-ID"],
    ["", "2", "Last-Event-ID"],
    ["?after=x", "1", "after"],
    ["?after=2", undefined, "after"],
    ["?limit=10", undefined, "limit"],
    ["?since=1", undefined, "since"],
  ])("can't be asked for with %s and Last-Event-ID %s", async (query, lastEventId, parameter) => {
    const api = await startApi({ films: [HEAT] });
    const headers = {
      Accept: "text/event-stream",
      ...(lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId }),
    };
    const response = await api.get(`/v1/changes${query}`, { headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid-query", parameter });
  });

  test("has headers that can be asked for alone", async () => {
    const api = await startApi({ films: [HEAT] });
    const response = await api.get("/v1/changes", {
      method: "HEAD",
      headers: { Accept: "text/event-stream" },
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe("");
  });

  test("needs a key where there are keys, and has one line in the log, at its end", async () => {
    const api = await startApi({ environment: { API_KEYS: "web:key-of-web" }, films: [HEAT] });
    await expect(openStream(api, "")).rejects.toThrow("401");
    const client = await openStream(api, "?after=0", {
      "X-Api-Key": "key-of-web",
      "X-Request-Id": "the-stream",
    });
    await client.until(({ events }) => events.length === 1);
    const linesOfIt = () => api.log.lines.filter(({ requestId }) => requestId === "the-stream");
    expect(linesOfIt()).toEqual([]);
    client.cutOff();
    await api.log.line({ requestId: "the-stream", consumer: "web", status: 200, aborted: true });
    expect(linesOfIt()).toHaveLength(1);
  });

  test("ends well when the process stops", async () => {
    const api = await startApi({ films: [HEAT] });
    const client = await openStream(api, "?after=0", { "X-Request-Id": "the-stream" });
    await client.until(({ events }) => events.length === 1);
    await api.server.stop(10);
    await client.ended;
    expect(client.isWhole).toBe(true);
    expect(await api.log.line({ requestId: "the-stream" })).not.toHaveProperty("aborted");
    expect(await api.log.line({ msg: "the API has stopped" })).toMatchObject({ cutOff: 0 });
  });

  test("stays open while the store is away, and goes on without a gap", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository, films: [HEAT], heartbeatMs: 5 });
    const atTheEnd = await openStream(api, "");
    await atTheEnd.until(({ comments }) => comments > 0);
    let failures = 0;
    const { promise: failedOften, resolve } = Promise.withResolvers<void>();
    troubled.before = async (method) => {
      if (method !== "version" && method !== "changes") return;
      if (++failures === 3) resolve();
      throw UNAVAILABLE;
    };
    await ingest(new MovieStore({ repository: troubled.repository }), [RONIN]);
    await failedOften;
    const comments = atTheEnd.comments;
    await atTheEnd.until((client) => client.comments > comments);
    expect(atTheEnd.events).toEqual([]);
    troubled.before = async () => {};
    await ingest(api.store, [AMELIE]);
    await atTheEnd.until(({ events }) => events.length === 2);
    expect(atTheEnd.numbers).toEqual([2, 3]);
  });

  test("is 503 to who comes while the store is away", async () => {
    const troubled = new TroubledRepository();
    const api = await startApi({ repository: troubled.repository });
    troubled.before = async () => {
      throw UNAVAILABLE;
    };
    const response = await api.get("/v1/changes", { headers: { Accept: "text/event-stream" } });
    expect(response.status).toBe(503);
  });
});

describe("which form of the feed is given", () => {
  test.each([
    ["application/json", "application/json"],
    ["*/*", "application/json"],
    ["text/event-stream", "text/event-stream"],
    ["text/*", "text/event-stream"],
    ["text/event-stream, */*;q=0.1", "text/event-stream"],
    ["text/event-stream, application/json;q=0.5", "text/event-stream"],
    ["text/event-stream;q=0.5, application/json", "application/json"],
    ["text/event-stream, application/json", "text/event-stream"],
  ])("to who takes %s: %s", async (accept, mediaType) => {
    const api = await startApi({ films: [AMELIE] });
    const response = await api.get("/v1/changes", { method: "HEAD", headers: { Accept: accept } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain(mediaType);
    expect(response.headers.get("vary")).toBe("Accept");
  });

  test("none to who takes neither", async () => {
    const api = await startApi();
    const response = await api.get("/v1/changes", { headers: { Accept: "text/html" } });
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({ code: "not-acceptable" });
  });
});

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
