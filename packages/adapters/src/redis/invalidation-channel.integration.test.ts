import { LayeredCache, MAX_NEAR_AGE_MS, MemoryCache } from "@movie-store/core";
import { cacheContract } from "@movie-store/core/testing";
import { afterEach, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { RedisInvalidationChannel } from "./index.ts";
import { fill, OpenedCaches, PATIENT } from "./testing/opened-caches.ts";
import { REDIS_PROGRAM, RedisProcess } from "./testing/redis-process.ts";
import { TcpProxy } from "./testing/tcp-proxy.ts";

const WAIT = { timeout: 10_000, interval: 10 };
const redisUrl = inject("redisUrl");

/** What a channel tells, in order. */
class Told {
  readonly all: (string | readonly string[])[] = [];
  readonly onTags = (tags: readonly string[]) => void this.all.push(tags);
  readonly onLive = () => void this.all.push("live");
  readonly onGap = () => void this.all.push("gap");

  is(expected: readonly unknown[]): Promise<void> {
    return vi.waitFor(() => expect(this.all).toEqual(expected), WAIT);
  }
}

describe.skipIf(REDIS_PROGRAM === undefined)("with a server on PATH", { timeout: 30_000 }, () => {
  let server: RedisProcess;
  let proxy: TcpProxy;
  let opened: OpenedCaches;
  let channel: RedisInvalidationChannel;
  let told: Told;

  beforeEach(async () => {
    server = await RedisProcess.start();
    proxy = await TcpProxy.start(server.port);
    opened = new OpenedCaches();
    channel = RedisInvalidationChannel.open({ url: proxy.url, prefix: opened.prefix });
    told = new Told();
  });
  afterEach(async () => {
    await channel.close();
    await opened.close();
    await proxy.close();
    await server.remove();
  });

  test("tells the tags that any process invalidates, from when it is live", async () => {
    const { cache } = await opened.open(server.url);
    const { cache: another } = await opened.open(server.url);
    channel.listen(told);
    await told.is(["live"]);
    await cache.invalidate(["a", "c:ryan o'neal", "w:東京", "\ud83c"]);
    await told.is(["live", ["a", "c:ryan o'neal", "w:東京", "\ud83c"]]);
    await another.invalidate(["b"]);
    await told.is(["live", ["a", "c:ryan o'neal", "w:東京", "\ud83c"], ["b"]]);
  });

  test("one that is live already says so to who begins to listen", async () => {
    channel.listen(told);
    await told.is(["live"]);
    const late = new Told();
    channel.listen(late);
    expect(late.all).toEqual(["live"]);
  });

  test("tells tags after they have lost their values", async () => {
    const { cache } = await opened.open(server.url);
    const found: number[] = [];
    channel.listen({
      ...told,
      onTags: ([tag]) =>
        void server.operator.exists(`${opened.prefix}:1:tag=${tag}`).then((count) => found.push(count)),
    });
    await told.is(["live"]);
    for (let time = 1; time <= 50; time++) {
      await fill(cache, "film", ["a"], "Heat");
      await cache.invalidate(["a"]);
      await vi.waitFor(() => expect(found).toHaveLength(time), { ...WAIT, interval: 1 });
    }
    expect(found).toEqual(Array(50).fill(0));
  });

  test("has a gap while the connection is lost, and listens again after it", async () => {
    const { cache } = await opened.open(server.url);
    channel.listen(told);
    await told.is(["live"]);
    proxy.cut();
    await told.is(["live", "gap", "live"]);
    await cache.invalidate(["a"]);
    await told.is(["live", "gap", "live", ["a"]]);
  });

  test("has a gap when messages are lost on a connection that stays open", async () => {
    const { cache } = await opened.open(server.url);
    channel.listen(told);
    await told.is(["live"]);
    proxy.onReply = () => false;
    await cache.invalidate(["a"]);
    await told.is(["live", "gap"]);
    proxy.onReply = () => true;
    await told.is(["live", "gap", "live"]);
  });

  test("has a gap while the server hangs, and is live on the same connection once it has answered", async () => {
    const { cache } = await opened.open(server.url);
    await channel.close();
    channel = RedisInvalidationChannel.open({ url: proxy.url, prefix: opened.prefix, heartbeatMs: 50 });
    channel.listen(told);
    await told.is(["live"]);
    const { connections } = proxy;
    server.hang();
    await told.is(["live", "gap"]);
    server.goOn();
    await told.is(["live", "gap", "live"]);
    await cache.invalidate(["a"]);
    await told.is(["live", "gap", "live", ["a"]]);
    expect(proxy.connections).toBe(connections);
  });

  test("has a gap when its server becomes a replica, on which messages can get lost", async () => {
    channel.listen(told);
    await told.is(["live"]);
    await server.operator.replicaof("127.0.0.1", 1);
    await told.is(["live", "gap"]);
    await server.operator.replicaof("NO", "ONE");
    await told.is(["live", "gap", "live"]);
  });

  test("takes a message that it can't read for one about every tag", async () => {
    channel.listen(told);
    await told.is(["live"]);
    for (const message of ["all", "", "{}", '["a']) {
      await server.operator.publish(`${opened.prefix}:1:invalidated`, message);
    }
    await told.is(["live", ...Array(4).fill(["gap", "live"]).flat()]);
  });

  test("tells nothing after it was closed", async () => {
    const { cache } = await opened.open(server.url);
    channel.listen(told);
    await told.is(["live"]);
    await channel.close();
    const another = RedisInvalidationChannel.open({ url: server.url, prefix: opened.prefix });
    const toldAnother = new Told();
    another.listen(toldAnother);
    await toldAnother.is(["live"]);
    await cache.invalidate(["a"]);
    await toldAnother.is(["live", ["a"]]);
    await another.close();
    expect(told.all).toEqual(["live", "gap"]);
  });
});

describe.skipIf(redisUrl === undefined)("behind a cache in this process", () => {
  const url = redisUrl ?? "";
  let opened: OpenedCaches;
  let layered: LayeredCache[];

  beforeEach(() => {
    opened = new OpenedCaches();
    layered = [];
  });
  const close = async () => {
    for (const cache of layered) await cache.close();
    await opened.closeAndRemove(url);
  };
  afterEach(() => close());

  /** Waits until it is live. */
  async function open(clock: () => number): Promise<LayeredCache> {
    const { cache: far } = await opened.open(url, { clock });
    const channel = RedisInvalidationChannel.open({ ...PATIENT, url, prefix: opened.prefix });
    const cache = new LayeredCache({ near: new MemoryCache({ clock }), far, channel, clock });
    layered.push(cache);
    await vi.waitFor(async () => {
      await fill(cache, "ready", ["ready"], "yes");
      expect(await cache.get("ready", ["ready"])).toMatchObject({ hit: true, layer: "l1" });
    }, WAIT);
    return cache;
  }

  describe("both keep the contract", () => {
    const cases = cacheContract(
      async (clock) => ({ cache: await open(clock), openAnother: () => open(clock), close }),
      { clock: true, shared: true, visibleWithinMs: MAX_NEAR_AGE_MS },
    );
    for (const each of cases) test(each.name, () => each.run(), 30_000);
  });

  test("what another process invalidates goes without any time having passed", async () => {
    const [cache, another] = [await open(() => 0), await open(() => 0)];
    await fill(cache, "film", ["a"], "Heat");
    for (const layer of ["l2", "l1", "l1"]) {
      expect(await another.get("film", ["a"])).toMatchObject({ hit: true, layer });
    }
    await cache.invalidate(["a"]);
    await vi.waitFor(
      async () => expect(await another.get("film", ["a"])).toMatchObject({ hit: false }),
      WAIT,
    );
  });
});
