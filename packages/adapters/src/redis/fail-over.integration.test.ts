import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cached, fill, OpenedCaches } from "./testing/opened-caches.ts";
import { REDIS_PROGRAM, RedisProcess } from "./testing/redis-process.ts";
import { TcpProxy } from "./testing/tcp-proxy.ts";

const WAIT = { timeout: 10_000, interval: 10 };

describe.skipIf(REDIS_PROGRAM === undefined)(
  "with servers on PATH that change roles",
  { timeout: 30_000 },
  () => {
    let primary: RedisProcess;
    let replica: RedisProcess;
    /** What the clients are given as the address of the primary. */
    let endpoint: TcpProxy;
    /** Between the primary and its replica. */
    let replication: TcpProxy;
    let opened: OpenedCaches;

    beforeEach(async () => {
      [primary, replica] = await Promise.all([RedisProcess.start(), RedisProcess.start()]);
      endpoint = await TcpProxy.start(primary.port);
      replication = await TcpProxy.start(primary.port);
      await replica.operator.replicaof("127.0.0.1", replication.port);
      await vi.waitFor(async () => {
        expect(await replica.operator.info("replication")).toContain("master_link_status:up");
      }, WAIT);
      opened = new OpenedCaches({ heartbeatMs: 250 });
    });
    afterEach(async () => {
      await opened.close();
      await Promise.all([endpoint.close(), replication.close()]);
      await Promise.all([primary.remove(), replica.remove()]);
    });

    const tagAt = (server: RedisProcess) => server.operator.get(`${opened.prefix}:1:tag=a`);

    test("an invalidation that the new primary never got brings no answer back", async () => {
      const { cache: writer } = await opened.open(endpoint.url);
      const { cache: reader, events } = await opened.open(endpoint.url);
      await fill(reader, "film", ["a"], "Heat");
      const early = await reader.get("late", ["a"]);
      await primary.operator.wait(1, 5_000);
      const nonce = await tagAt(replica);
      expect(nonce).toBe(await tagAt(primary));

      replication.onReply = () => false;
      expect(await writer.invalidate(["a"])).toBe(true);
      await primary.kill();
      await replica.operator.replicaof("NO", "ONE");
      endpoint.targetPort = replica.port;
      endpoint.cut();
      await vi.waitFor(() => expect(events.map(({ isUp }) => isUp)).toEqual([true, false, true]), WAIT);

      // The new primary has the answer and the tag as they were before: only the epoch tells.
      expect(await tagAt(replica)).toBe(nonce);
      expect(await replica.operator.exists(`${opened.prefix}:1:entry=film`)).toBe(1);
      expect(await cached(reader, "film", ["a"])).toBeUndefined();
      if (!early.hit) await reader.set("late", "Heat", early.snapshot, 60_000);
      expect(await cached(reader, "late", ["a"])).toBeUndefined();
      await fill(reader, "film", ["a"], "new");
      expect(await cached(reader, "film", ["a"])).toBe("new");
    });

    test("those who come to the new primary later keep what was set there", async () => {
      const { cache: first } = await opened.open(endpoint.url);
      await fill(first, "film", ["a"], "Heat");
      await primary.operator.wait(1, 5_000);
      await primary.kill();
      await replica.operator.replicaof("NO", "ONE");
      const { cache: second } = await opened.open(replica.url);
      expect(await cached(second, "film", ["a"])).toBeUndefined();
      await fill(second, "film", ["a"], "new");
      const { cache: third } = await opened.open(replica.url);
      expect(await cached(third, "film", ["a"])).toBe("new");
      expect(await cached(second, "film", ["a"])).toBe("new");
    });

    test("a replica is not asked, although it would answer, until it is the primary", async () => {
      const { cache, events } = await opened.open(primary.url);
      await fill(cache, "film", ["a"], "Heat");
      await primary.operator.wait(1, 5_000);
      const { cache: misled, events: misledEvents } = await opened.open(replica.url);
      expect(await cached(misled, "film", ["a"])).toBeUndefined();
      expect(await misled.invalidate(["a"])).toBe(false);
      expect(misledEvents).toEqual([{ connection: "cache", isUp: false, reason: "the server is a replica" }]);
      expect(await cached(cache, "film", ["a"])).toBe("Heat");
      expect(events).toHaveLength(1);
      await replica.operator.replicaof("NO", "ONE");
      await vi.waitFor(() => expect(misledEvents.at(-1)).toEqual({ connection: "cache", isUp: true }), WAIT);
      await fill(misled, "film", ["a"], "new");
      expect(await cached(misled, "film", ["a"])).toBe("new");
    });

    test("a primary that becomes a replica is left, and what it has is not served when it is one again", async () => {
      const { cache, events } = await opened.open(primary.url);
      await fill(cache, "film", ["a"], "Heat");
      // The connection stays open meanwhile, and reads would be answered.
      await primary.operator.replicaof("127.0.0.1", 1);
      await vi.waitFor(() => expect(events.at(-1)?.isUp).toBe(false), WAIT);
      expect(await cached(cache, "film", ["a"])).toBeUndefined();
      await primary.operator.replicaof("NO", "ONE");
      await vi.waitFor(() => expect(events.at(-1)?.isUp).toBe(true), WAIT);
      expect(await primary.operator.exists(`${opened.prefix}:1:entry=film`)).toBe(1);
      expect(await cached(cache, "film", ["a"])).toBeUndefined();
    });

    test("a write to a primary that has become a replica fails and is repeated at the new one", async () => {
      // Without a heartbeat that could tell before.
      const { cache, events } = await opened.open(endpoint.url, { heartbeatMs: 60_000 });
      const { cache: another } = await opened.open(endpoint.url);
      await fill(cache, "film", ["a"], "Heat");
      await primary.operator.wait(1, 5_000);
      await replica.operator.replicaof("NO", "ONE");
      await primary.operator.replicaof("127.0.0.1", replica.port);
      endpoint.targetPort = replica.port;
      expect(await cache.invalidate(["a"])).toBe(false);
      await vi.waitFor(() => expect(events.map(({ isUp }) => isUp)).toEqual([true, false, true]), WAIT);
      for (const reader of [cache, another]) expect(await cached(reader, "film", ["a"])).toBeUndefined();
      await fill(cache, "film", ["a"], "new");
      expect(await cached(cache, "film", ["a"])).toBe("new");
    });
  },
);
