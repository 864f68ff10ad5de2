import { MemoryCache, MemoryMovieRepository } from "@movie-store/core";
import { SharedMemory } from "@movie-store/core/testing";
import { expect, test } from "vitest";
import { metricValue } from "../../test/scrape.ts";
import { ObservedCache } from "../observed-cache.ts";
import { Metrics } from "./metrics.ts";

test("Redis is up from when it is used until it is not, and each interruption is counted", async () => {
  const metrics = new Metrics();
  const { redis } = metrics;
  const up = async (connection: string) =>
    metricValue(await metrics.text(), "movie_store_redis_up", { connection });
  expect([await up("cache"), await up("channel")]).toEqual([0, 0]);
  redis.take({ connection: "cache", isUp: true });
  expect([await up("cache"), await up("channel")]).toEqual([1, 0]);
  redis.take({ connection: "cache", isUp: false, reason: "reset" });
  redis.take({ connection: "cache", isUp: true });
  expect(await up("cache")).toBe(1);
  const interruptions = { connection: "cache" };
  expect(metricValue(await metrics.text(), "movie_store_redis_interruptions_total", interruptions)).toBe(1);
});

test("an invalidation that reached nobody else is counted", async () => {
  const metrics = new Metrics();
  class Unreachable extends MemoryCache {
    override async invalidate(): Promise<boolean> {
      return false;
    }
  }
  const failed = async () =>
    metricValue(await metrics.text(), "movie_store_cache_failed_invalidations_total");
  await new ObservedCache(new MemoryCache(), metrics.cache).invalidate(["a"]);
  expect(await failed()).toBe(0);
  expect(await new ObservedCache(new Unreachable(), metrics.cache).invalidate(["a"])).toBe(false);
  expect(await failed()).toBe(1);
});

test("pools tell what they have at the moment of the scrape", async () => {
  const metrics = new Metrics();
  let read = { limit: 10, open: 3, busy: 1, waiting: 0 };
  metrics.watchPools(() => ({ read }));
  const connections = async (state: string) =>
    metricValue(await metrics.text(), "movie_store_mysql_pool_connections", { pool: "read", state });
  expect([await connections("busy"), await connections("idle")]).toEqual([1, 2]);
  read = { limit: 10, open: 10, busy: 10, waiting: 4 };
  expect([await connections("busy"), await connections("idle")]).toEqual([10, 0]);
  const text = await metrics.text();
  expect(metricValue(text, "movie_store_mysql_pool_waiting", { pool: "read" })).toBe(4);
  expect(metricValue(text, "movie_store_mysql_pool_limit", { pool: "read" })).toBe(10);
});

test("changes that a shared cache has not been told of are pending; where nothing is shared there are none", async () => {
  const repository = new MemoryMovieRepository();
  const followed = async () => ({ followed: 4, version: 7 });
  const shared = new Metrics();
  shared.watchStore({ followed }, new SharedMemory({ clock: Date.now }).open().shared);
  expect(metricValue(await shared.text(), "movie_store_pending_invalidations")).toBe(3);
  const alone = new Metrics();
  alone.watchStore(repository, new MemoryCache().shared);
  expect(await alone.text()).not.toContain("movie_store_pending_invalidations");
});

test("a store that never answers holds a scrape up for a second at most", { timeout: 10_000 }, async () => {
  const metrics = new Metrics();
  metrics.watchStore({ followed: () => new Promise<never>(() => {}) }, false);
  expect(metricValue(await metrics.text(), "movie_store_store_up")).toBe(0);
});
