import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { simulateCache } from "./cache.ts";
import { allQueries, missRate, passedByEdge, tagRate } from "./queries.ts";
import { simulateQueue } from "./queue.ts";
import { writerMs } from "./service-times.ts";
import { cacheTable, edgeTable, queueTable, shardTable } from "./tables.ts";

const page = readFileSync(new URL("../../docs/scaling.md", import.meta.url), "utf8");

test.each([
  ["cache", cacheTable],
  ["edge", edgeTable],
  ["queue", queueTable],
  ["shard", shardTable],
])(
  "the %s table in docs/scaling.md is what the simulation gives",
  (_, table) => {
    expect(page).toContain(`\n${table()}\n`);
  },
  120_000,
);

const queries = allQueries();

test("every request asks for something, and every update has the tags that it is said to have", () => {
  expect(queries.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  for (const kind of new Set(queries.map((query) => query.kind))) {
    if (kind.tags !== "popular") continue;
    const ofKind = queries.filter((query) => query.kind === kind);
    expect(ofKind.reduce((sum, { tagShare }) => sum + tagShare, 0)).toBeCloseTo(1, 9);
  }
});

test("without near caches and with reads that take no time, the simulated misses are those that arithmetic gives", () => {
  const [requestsPerSecond, updatesPerSecond, batch] = [20_000, 500, 10];
  const load = { requestsPerSecond, updatesPerSecond, batch, pods: 1, seconds: 20 };
  const simulated = simulateCache(queries, { ...load, nearSeconds: 0, readSeconds: 0 });
  const reckoned = queries.reduce(
    (sum, query) =>
      sum + missRate(requestsPerSecond * query.share, tagRate(query, updatesPerSecond / batch, batch), 300),
    0,
  );
  expect(simulated.readsPerSecond / reckoned).toBeCloseTo(1, 1);
  expect(simulated.near).toBe(0);
}, 30_000);

test("an update stream takes answers out of both caches", () => {
  const load = { requestsPerSecond: 20_000, pods: 4, batch: 10, seconds: 3 };
  const calm = simulateCache(queries, { ...load, updatesPerSecond: 0 });
  const busy = simulateCache(queries, { ...load, updatesPerSecond: 1_000 });
  expect(busy.near).toBeLessThan(calm.near);
  expect(busy.readsPerSecond).toBeGreaterThan(2 * calm.readsPerSecond);
  expect(busy.peakReadsPerSecond).toBeGreaterThan(busy.readsPerSecond);
}, 30_000);

test("an edge cache that keeps nothing lets everything pass, one that keeps lets one a lifetime pass", () => {
  expect(passedByEdge(1_000, 0, 1)).toBe(1_000);
  expect(passedByEdge(1e9, 5, 10)).toBeCloseTo(10 / 5, 3);
});

test("the writer's times are the measured ones at the measured sizes", () => {
  expect([1, 10, 100, 5_000].map(writerMs).map(Math.round)).toEqual([6, 13, 75, 2_500]);
  expect(writerMs(50)).toBeGreaterThan(writerMs(49));
});

test("a writer that is hardly asked takes updates one by one, in the time of one", () => {
  const delay = simulateQueue({ updatesPerSecond: 1, functions: 4, maxBatch: 100, slowness: 1 });
  expect(delay?.p50Ms).toBeCloseTo(6, 6);
  expect(delay?.meanBatch).toBeLessThan(1.05);
});

test("more than the largest batches can carry is never taken in", () => {
  const load = { functions: 4, maxBatch: 100, slowness: 1 };
  expect(simulateQueue({ ...load, updatesPerSecond: 1_340 })).toBeUndefined();
  expect(simulateQueue({ ...load, updatesPerSecond: 1_300 })).toBeDefined();
});
