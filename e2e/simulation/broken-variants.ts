/** Systems as they are often built, each of which the simulation has to find out. */

import {
  type Cache,
  LayeredCache,
  MemoryCache,
  type MovieRepository,
  type ReceivedObject,
  type UpdateSource,
} from "@movie-store/core";
import type { Variant } from "./variant.ts";

/** The tag by which the store drops every answer. */
const EVERY_ANSWER = "*";

/** The same, but for some of its methods. */
function replacing<T extends object>(inner: T, methods: Partial<T>): T {
  return new Proxy(inner, {
    get: (target, name) => {
      if (name in methods) return methods[name as keyof T];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

function invalidatesBeforeCommit(inner: MovieRepository, cache: Cache): MovieRepository {
  return replacing(inner, {
    append: async (batch, decide, options) => {
      await cache.invalidate([EVERY_ANSWER]);
      const receipts = await inner.append(batch, decide, options);
      await inner.markFollowed(Math.max(0, ...receipts.flatMap(({ changes }) => changes)));
      return receipts;
    },
  });
}

function marksWhenRead(inner: MovieRepository): MovieRepository {
  return replacing(inner, {
    changes: async (page) => {
      const changes = await inner.changes(page);
      await inner.markFollowed(changes.at(-1)?.number ?? 0);
      return changes;
    },
  });
}

/** Of several changes, only the last is told. */
function skipsChanges(inner: MovieRepository): MovieRepository {
  return replacing(inner, { changes: async (page) => (await inner.changes(page)).slice(-1) });
}

function hidesImagesBefore(inner: MovieRepository): MovieRepository {
  return replacing(inner, {
    changes: async (page) => (await inner.changes(page)).map((change) => ({ ...change, before: undefined })),
  });
}

/** An entry gets the values that its tags have when it is set. */
function takesTagsAtSet(inner: Cache): Cache {
  const tagsOfKeys = new Map<string, readonly string[]>();
  return replacing(inner, {
    get: (key, tags) => {
      tagsOfKeys.set(key, tags);
      return inner.get(key, tags);
    },
    set: async (key, value, _, ttlMs) => {
      const now = await inner.get(`now:${key}`, tagsOfKeys.get(key) ?? []);
      if (!now.hit) await inner.set(key, value, now.snapshot, ttlMs);
    },
  });
}

/** So requests share reads that began before a change and after it. */
function hasOneSnapshot(inner: Cache): Cache {
  return replacing(inner, {
    get: async (key, tags) => {
      const lookup = await inner.get(key, tags);
      return lookup.hit ? lookup : { hit: false, snapshot: "" };
    },
    set: async () => {},
  });
}

function alwaysSaysDone(inner: Cache): Cache {
  return replacing(inner, { invalidate: async (tags) => (await inner.invalidate(tags)) || true });
}

class NeverCleared extends MemoryCache {
  override clear(): void {}
}

class NeverOld extends MemoryCache {
  override set(key: string, value: string, snapshot: string): Promise<void> {
    return super.set(key, value, snapshot, 60_000);
  }
}

class NeverTold extends MemoryCache {
  override async invalidate(): Promise<boolean> {
    return true;
  }
}

function withNear(Near: typeof MemoryCache): NonNullable<Variant["layers"]> {
  return (parts) => new LayeredCache({ ...parts, near: new Near({ clock: parts.clock ?? Date.now }) });
}

/** @param change is given a new number for each delivery. */
function reading(
  change: (object: ReceivedObject, number: number) => ReceivedObject,
): NonNullable<Variant["source"]> {
  let deliveries = 0;
  return (inner: UpdateSource) =>
    replacing(inner, { read: async (address) => change(await inner.read(address), ++deliveries) });
}

const isNewVersion = reading((object, number) => ({ ...object, versionId: `delivery ${number}` }));
const isNewest = reading(({ sequencer: _, ...object }, number) => ({ ...object, eventTimeMs: number }));

/** @property rule which of them is broken by it. */
export const BROKEN: readonly { readonly what: string; readonly variant: Variant; readonly rule: string }[] =
  [
    {
      what: "invalidation before the commit only",
      variant: { repository: invalidatesBeforeCommit },
      rule: "answers",
    },
    {
      what: "changes marked as followed when they are read",
      variant: { repository: marksWhenRead },
      rule: "answers",
    },
    { what: "a follower that skips changes", variant: { repository: skipsChanges }, rule: "answers" },
    { what: "a feed without the images before", variant: { repository: hidesImagesBefore }, rule: "answers" },
    {
      what: "entries with the values that their tags have when they are set",
      variant: { cache: takesTagsAtSet },
      rule: "answers",
    },
    { what: "one snapshot for all lookups", variant: { cache: hasOneSnapshot }, rule: "answers" },
    { what: "a cache that says done of what is not", variant: { cache: alwaysSaysDone }, rule: "answers" },
    {
      what: "a near cache that is kept at a gap",
      variant: { layers: withNear(NeverCleared) },
      rule: "answers",
    },
    { what: "a near cache without a limit of age", variant: { layers: withNear(NeverOld) }, rule: "answers" },
    { what: "a near cache that is not told", variant: { layers: withNear(NeverTold) }, rule: "answers" },
    { what: "no relay", variant: { hasNoRelay: true }, rule: "answers" },
    { what: "a fail-over without a new epoch", variant: { hasNoEpoch: true }, rule: "answers" },
    {
      what: "messages acknowledged before the commit",
      variant: { acknowledges: "before" },
      rule: "acknowledged",
    },
    {
      what: "messages acknowledged whatever became of them",
      variant: { acknowledges: "everything" },
      rule: "acknowledged",
    },
    { what: "deliveries that are not recognised", variant: { source: isNewVersion }, rule: "log" },
    { what: "updates in the order of their deliveries", variant: { source: isNewest }, rule: "films" },
  ];
