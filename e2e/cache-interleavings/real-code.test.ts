import { type Cache, type Change, MemoryCache, type MovieRepository } from "@movie-store/core";
import { describe, expect, it } from "vitest";
import { Cluster } from "./cluster.ts";
import type { Faults } from "./faults.ts";
import type { CacheServer, Database } from "./outside.ts";
import { exploreSchedules, type Run } from "./schedule.ts";

type Scenario = (faults?: Faults) => Run;

/** A film leaves a genre; its writer may die or not reach the cache server, which forgets things. */
const writerDies: Scenario = (faults) => {
  const cluster = new Cluster(["x"], { crashes: 1, failedBumps: 1, evictions: 1 }, faults);
  cluster.ask(cluster.open("reader"), "x", 2);
  cluster.relay(cluster.open("relay"), 2);
  cluster.write(cluster.open("writer", { mayDie: true }), { genres: ["y"] });
  return cluster;
};

/** Requests of one pod share reads of the database while a film leaves. */
const sharedReads: Scenario = (faults) => {
  const cluster = new Cluster(["x"], {}, faults);
  const reader = cluster.open("reader");
  cluster.ask(reader, "x", 1);
  cluster.ask(reader, "x", 2);
  cluster.write(cluster.open("writer"), { genres: ["y"] });
  return cluster;
};

/** A film leaves and comes back, by writers in two pods, who follow each other's changes. */
const twoPodsWrite: Scenario = (faults) => {
  const cluster = new Cluster(["x"], {}, faults);
  cluster.ask(cluster.open("reader"), "x", 2);
  cluster.write(cluster.open("writer"), { genres: ["y"] });
  cluster.write(cluster.open("other writer"), { genres: ["x"] });
  return cluster;
};

/** The same in one pod, where they share rounds of following. */
const onePodWrites: Scenario = (faults) => {
  const cluster = new Cluster(["x"], {}, faults);
  const writer = cluster.open("writer");
  cluster.ask(cluster.open("reader"), "x", 2);
  cluster.write(writer, { genres: ["y"] });
  cluster.write(writer, { genres: ["x"] });
  return cluster;
};

/** A near cache before the shared one is told of a change late, or never. */
const nearCache: Scenario = (faults) => {
  const cluster = new Cluster(["x"], { gaps: 1, seconds: 1 }, faults);
  const reader = cluster.open("reader", { isLayered: true });
  cluster.fill("x");
  cluster.ask(reader, "x", 2);
  cluster.write(cluster.open("writer"), { genres: ["y"] });
  return cluster;
};

/** The pod with the near cache writes as well, and may not reach the cache server. */
const nearWriter: Scenario = (faults) => {
  const cluster = new Cluster(["x"], { failedBumps: 1 }, faults);
  const pod = cluster.open("pod", { isLayered: true });
  cluster.fill("x");
  cluster.ask(pod, "x", 2);
  cluster.write(pod, { genres: ["y"] });
  return cluster;
};

const SOUND: readonly (readonly [what: string, scenario: Scenario])[] = [
  ["a writer dies or can't reach the cache server", writerDies],
  ["requests share reads of the database", sharedReads],
  ["writers in two pods follow each other's changes", twoPodsWrite],
  ["writers in one pod share rounds of following", onePodWrites],
  ["a near cache is told late or not at all", nearCache],
  ["the pod of a near cache writes", nearWriter],
];

function repositoryWith(replace: (inner: MovieRepository, database: Database) => Partial<MovieRepository>) {
  return (inner: MovieRepository, database: Database): MovieRepository => ({
    ...inner,
    ...replace(inner, database),
  });
}

function cacheWith(replace: (inner: Cache, server: CacheServer) => Partial<Cache>) {
  return (inner: Cache, server: CacheServer): Cache => ({ ...inner, ...replace(inner, server) });
}

class NeverCleared extends MemoryCache {
  override clear() {}
}

class TakesSnapshotsLate extends MemoryCache {
  readonly #tags = new Map<string, readonly string[]>();

  override get(key: string, tags: readonly string[]) {
    this.#tags.set(key, tags);
    return super.get(key, tags);
  }
  override async set(key: string, value: string, _snapshot: string, ttlMs: number) {
    const now = await super.get(`now ${key}`, this.#tags.get(key) ?? []);
    if (!now.hit) await super.set(key, value, now.snapshot, ttlMs);
  }
}

class NeverOld extends MemoryCache {
  override set(key: string, value: string, snapshot: string) {
    return super.set(key, value, snapshot, 60_000);
  }
}

class NeverTold extends MemoryCache {
  override async invalidate() {
    return true;
  }
}

const near = (Near: typeof MemoryCache): Faults => ({ near: (clock) => new Near({ clock }) });

const BROKEN: readonly (readonly [what: string, scenario: Scenario, faults: Faults])[] = [
  ["no relay", writerDies, { hasNoRelay: true }],
  [
    "changes marked as followed when they are read",
    writerDies,
    {
      repository: repositoryWith((inner, database) => ({
        changes: async (page) => {
          const changes = await inner.changes(page);
          database.followed = Math.max(database.followed, changes.at(-1)?.number ?? 0);
          return changes;
        },
      })),
    },
  ],
  [
    "a cache that says done of what it has not done",
    writerDies,
    { cache: cacheWith((inner) => ({ invalidate: async (tags) => (await inner.invalidate(tags)) || true })) },
  ],
  [
    "a feed without the images before",
    sharedReads,
    {
      repository: repositoryWith((inner) => ({
        changes: async (page) =>
          (await inner.changes(page)).map((change): Change => ({ ...change, before: undefined })),
      })),
    },
  ],
  ["entries with the values that their tags have when they are set", sharedReads, { takesTagsAtSet: true }],
  ["reads from a replica that is behind", sharedReads, { readsBehind: true }],
  [
    "one snapshot for all lookups, by which requests share reads",
    sharedReads,
    {
      cache: cacheWith((inner) => ({
        get: async (key, tags) => {
          const lookup = await inner.get(key, tags);
          return lookup.hit ? lookup : { hit: false, snapshot: "" };
        },
      })),
    },
  ],
  ["a near cache that is kept at a gap", nearCache, near(NeverCleared)],
  ["a near cache with values from after the lookup", nearCache, near(TakesSnapshotsLate)],
  ["a near cache without a limit of age", nearCache, near(NeverOld)],
  ["a near cache that is not told", nearWriter, near(NeverTold)],
];

describe("the real code serves nothing out of date, and is right at rest, under every schedule in which", () => {
  for (const [what, scenario] of SOUND) {
    it(what, async () => {
      const { states, violation } = await exploreSchedules(scenario);
      expect(violation).toBeUndefined();
      expect(states).toBeGreaterThan(100);
      process.stdout.write(`${states.toLocaleString("en")} states of the real code: ${what}\n`);
    });
  }
});

describe("some schedule of the real code is found that goes wrong with", () => {
  for (const [what, scenario, faults] of BROKEN) {
    it(what, async () => {
      const { states, violation } = await exploreSchedules(() => scenario(faults));
      expect(violation?.what).toMatch(/ without /);
      process.stdout.write(`${states.toLocaleString("en")} states of the real code: ${what}\n`);
    });
  }
});
