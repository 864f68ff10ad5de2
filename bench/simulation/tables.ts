/** The simulated tables of docs/scaling.md, as text. A test compares them with the page. */

import { type CacheLoad, simulateCache } from "./cache.ts";
import { allQueries, missRate, passedByEdge, type Query, tagRate } from "./queries.ts";
import { type QueueLoad, simulateQueue } from "./queue.ts";

const UPDATES: readonly (readonly [updatesPerSecond: number, batch: number])[] = [
  [0, 1],
  [10, 1],
  [100, 10],
  [1_000, 100],
  [10_000, 100],
  [10_000, 5_000],
];
const LOADS: readonly Pick<CacheLoad, "requestsPerSecond" | "pods" | "seconds">[] = [
  { requestsPerSecond: 10_000, pods: 6, seconds: 10 },
  { requestsPerSecond: 1_000_000, pods: 80, seconds: 1 },
];

export function cacheTable(): string {
  const queries = allQueries();
  const rows = LOADS.flatMap((load) =>
    UPDATES.map(([updatesPerSecond, batch]) => {
      const result = simulateCache(queries, { ...load, updatesPerSecond, batch });
      return [
        whole(load.requestsPerSecond),
        whole(load.pods),
        whole(updatesPerSecond),
        updatesPerSecond === 0 ? "" : whole(batch),
        percent(result.near),
        percent(result.redis),
        percent(result.joined),
        rounded(result.readsPerSecond),
        rounded(result.peakReadsPerSecond),
      ];
    }),
  );
  return table(
    [
      "requests/s",
      "pods",
      "updates/s",
      "in batches of",
      "near cache",
      "Redis",
      "waited for a read of the pod",
      "reads/s of MySQL",
      "in the busiest 10 ms",
    ],
    rows,
  );
}

const EDGE_REQUESTS = 1_000_000;
const EDGE_MAX_AGE_SECONDS = 5;

const EDGE_UPDATES = 10_000;
const TTL_SECONDS = 300;

export function edgeTable(): string {
  const queries = allQueries();
  const rows = [1, 10, 50].map((places) => {
    const passed = (share: number) => passedByEdge(EDGE_REQUESTS * share, EDGE_MAX_AGE_SECONDS, places);
    const readsWith = (batch: number) =>
      sumOf(queries, (query) =>
        missRate(passed(query.share), tagRate(query, EDGE_UPDATES / batch, batch), TTL_SECONDS),
      );
    return [
      whole(places),
      rounded(sumOf(queries, ({ share }) => passed(share))),
      rounded(readsWith(100)),
      rounded(readsWith(5_000)),
    ];
  });
  return table(
    ["edge caches", "requests/s that pass", "reads/s of MySQL, batches of 100", "batches of 5,000"],
    rows,
  );
}

function sumOf(queries: readonly Query[], value: (query: Query) => number): number {
  return queries.reduce((sum, query) => sum + value(query), 0);
}

const FUNCTIONS = 4;
const QUEUES: readonly Pick<QueueLoad, "updatesPerSecond" | "maxBatch" | "slowness">[] = [
  ...[10, 50, 100, 500, 1_000, 1_250, 1_500].map((updatesPerSecond) => ({
    updatesPerSecond,
    maxBatch: 100,
    slowness: 1,
  })),
  ...[300, 500, 600].map((updatesPerSecond) => ({ updatesPerSecond, maxBatch: 100, slowness: 2.5 })),
];

export function queueTable(): string {
  const rows = QUEUES.map((load) => queueRow(load.updatesPerSecond, { ...load, functions: FUNCTIONS }));
  return table(["updates/s", "batch takes", ...QUEUE_HEAD], rows);
}

const UPDATES_OF_ALL = 10_000;

export function shardTable(): string {
  const rows = [8, 12, 16].map((shards) => shardRow(shards, 1));
  const slow = [20, 24, 32].map((shards) => shardRow(shards, 2.5));
  return table(["shards", "batch takes", ...QUEUE_HEAD], [...rows, ...slow]);
}

const QUEUE_HEAD = ["updates a batch", "writer at work", "delay p50", "delay p99"];

function shardRow(shards: number, slowness: number): readonly string[] {
  const updatesPerSecond = UPDATES_OF_ALL / shards;
  return queueRow(shards, { updatesPerSecond, functions: FUNCTIONS, maxBatch: 100, slowness });
}

function queueRow(first: number, load: QueueLoad): readonly string[] {
  const delay = simulateQueue(load);
  const takes = load.slowness === 1 ? "as measured" : `${load.slowness} times as long`;
  if (delay === undefined) return [whole(first), takes, "100", "all of it", "grows", "without end"];
  const { meanBatch, busy, p50Ms, p99Ms } = delay;
  return [
    whole(first),
    takes,
    meanBatch.toFixed(meanBatch < 10 ? 1 : 0),
    percent(busy),
    `${rounded(p50Ms)} ms`,
    `${rounded(p99Ms)} ms`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---:"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function whole(value: number): string {
  return value.toLocaleString("en");
}

/** To two digits: more would say more than a model knows. */
function rounded(value: number): string {
  return whole(Number(value.toPrecision(2)));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}
