/** What a pod calls: a repository and a cache whose every command is a choice of the schedule. */

import { type Cache, type MovieRepository, tag } from "@movie-store/core";
import type { Accidents, Faults } from "./faults.ts";
import { type CacheServer, type Database, EVERY_ANSWER } from "./outside.ts";
import type { Schedule } from "./schedule.ts";

/** What the clients of a pod keep between calls. */
export interface Held {
  /** Tags whose invalidation has not reached the cache server. */
  kept: readonly string[];
  /** The version of the database when it was last asked. */
  seen: number;
}

export interface Surroundings {
  readonly database: Database;
  readonly server: CacheServer;
  readonly schedule: Schedule;
  readonly left: Required<Accidents>;
  readonly faults: Faults;
}

export function repositoryOf(
  { database, schedule, faults }: Surroundings,
  pod: string,
  held: Held,
): MovieRepository {
  const repository: Pick<MovieRepository, "followed" | "changes" | "markFollowed"> = {
    followed: () =>
      schedule.call(pod, "asks what is followed", () => {
        held.seen = database.version;
        return { followed: database.followed, version: database.version };
      }),
    changes: async ({ after, limit }) => {
      const upTo = await schedule.call(pod, "reads the changes", () => database.version);
      return database.changes.slice(after, Math.min(after + limit, upTo));
    },
    markFollowed: (number) =>
      schedule.call(pod, `marks ${number}`, () => {
        database.followed = Math.max(database.followed, number);
      }),
  };
  const whole = repository as MovieRepository;
  return faults.repository?.(whole, database) ?? whole;
}

/** @param isSlow whether its answers take their time to come in, which only matters to what a pod holds itself. */
export function cacheOf(
  { server, schedule, left, faults }: Surroundings,
  pod: string,
  held: Held,
  isSlow: boolean,
): Cache {
  const cache: Cache = {
    shared: true,
    get: async (key, tags) => {
      const lookup = await schedule.call(pod, `looks up ${key}`, () => {
        if (held.kept.length > 0) server.invalidate(held.kept);
        held.kept = [];
        const snapshot = server.snapshot(tags);
        const entry = server.entries.get(key);
        return entry?.snapshot === snapshot
          ? ({ hit: true, value: entry.value, layer: "l2" } as const)
          : ({ hit: false, snapshot } as const);
      });
      if (isSlow) await schedule.call(pod, `hears of ${key}`, () => undefined);
      return lookup;
    },
    set: (key, value, snapshot) =>
      schedule.call(pod, `sets ${key}`, () => {
        const late = faults.takesTagsAtSet === true;
        const values = late ? server.snapshot([tag.genre(key), EVERY_ANSWER]) : snapshot;
        server.entries.set(key, { value, snapshot: values });
      }),
    invalidate: async (tags) => {
      const succeeds = () => {
        server.invalidate(tags);
        return true;
      };
      const fails = () => {
        left.failedBumps--;
        held.kept = [...held.kept, ...tags];
        return false;
      };
      const outcomes = left.failedBumps > 0 ? [succeeds, fails] : [succeeds];
      const isDone = await schedule.call(pod, "invalidates", ...outcomes);
      if (isSlow) await schedule.call(pod, "hears of the invalidation", () => undefined);
      return isDone;
    },
    close: async () => {},
  };
  return faults.cache?.(cache, server) ?? cache;
}
