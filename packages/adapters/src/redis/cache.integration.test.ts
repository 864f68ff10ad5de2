import { cacheContract } from "@movie-store/core/testing";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { RedisCache } from "./index.ts";
import { cached, fill, OpenedCaches, PATIENT } from "./testing/opened-caches.ts";
import { REDIS_PROGRAMS, RedisProcess } from "./testing/redis-process.ts";

const redisUrl = inject("redisUrl");

function keepsTheContract(url: () => string) {
  const cases = cacheContract(
    async (clock) => {
      const opened = new OpenedCaches();
      const open = async () => (await opened.open(url(), { clock })).cache;
      return { cache: await open(), openAnother: open, close: () => opened.closeAndRemove(url()) };
    },
    { clock: true, shared: true },
  );
  for (const each of cases) test(each.name, () => each.run(), 30_000);
}

for (const program of REDIS_PROGRAMS) {
  describe(`with a ${program} of its own, the cache keeps the contract`, () => {
    let server: RedisProcess;
    beforeAll(async () => {
      server = await RedisProcess.start([], program);
    });
    afterAll(() => server.remove());
    keepsTheContract(() => server.url);
  });
}

describe.skipIf(redisUrl === undefined)("with a Redis that others use too", () => {
  const url = redisUrl ?? "";
  let opened: OpenedCaches;
  let cache: RedisCache;
  let operator: Redis;

  beforeEach(async () => {
    opened = new OpenedCaches();
    ({ cache } = await opened.open(url));
    operator = new Redis(url);
  });
  afterEach(async () => {
    await opened.closeAndRemove(url);
    operator.disconnect();
  });

  const keysNow = () => operator.keys(`${opened.prefix}:*`);

  /** The commands that Redis gets during `work`, without the heartbeats. */
  async function commandsDuring(work: () => Promise<unknown>): Promise<readonly string[]> {
    const monitor = await operator.monitor();
    const commands: string[][] = [];
    const ended = new Promise<void>((end) => {
      monitor.on("monitor", (_time: string, args: string[]) => {
        if (args.includes(`${opened.prefix}:end`)) end();
        else commands.push(args);
      });
    });
    await work();
    await operator.get(`${opened.prefix}:end`);
    await ended;
    monitor.disconnect();
    return commands
      .filter((args) => args.some((arg) => arg.startsWith(opened.prefix)))
      .map(([name]) => `${name}`);
  }

  describe("the cache keeps the contract", () => keepsTheContract(() => url));

  test("a hit is one command, with one tag and with two hundred", async () => {
    const many = Array.from({ length: 200 }, (_, at) => `tag ${at}`);
    for (const tags of [["a"], many]) {
      await fill(cache, `film ${tags.length}`, tags, "Heat");
      const commands = await commandsDuring(async () => {
        expect(await cached(cache, `film ${tags.length}`, tags)).toBe("Heat");
      });
      expect(commands).toEqual(["mget"]);
    }
  });

  test("a miss whose tags have values is one command, too", async () => {
    await fill(cache, "film", ["a", "b"], "Heat");
    expect(await commandsDuring(() => cache.get("other", ["b", "a"]))).toEqual(["mget"]);
  });

  test("a miss gives values to the tags that have none, each once, and to no other", async () => {
    await fill(cache, "film", ["a"], "Heat");
    const commands = await commandsDuring(() => cache.get("other", ["a", "b", "c", "b"]));
    expect(commands).toEqual(["mget", "set", "set", "mget"]);
    expect(await cached(cache, "film", ["a"])).toBe("Heat");
  });

  test("an invalidation is told after it is done, in the same round trip", async () => {
    expect(await commandsDuring(() => cache.invalidate(["a", "b"]))).toEqual(["del", "publish"]);
  });

  test("a process that has only just begun can invalidate", async () => {
    await fill(cache, "film", ["a"], "Heat");
    const newcomer = RedisCache.open({ ...PATIENT, url, prefix: opened.prefix });
    expect(await newcomer.invalidate(["a"])).toBe(true);
    await newcomer.close();
    expect(await cached(cache, "film", ["a"])).toBeUndefined();
  });

  test("what was missed without Redis is not set", async () => {
    const { cache: closed } = await opened.open(url);
    await closed.close();
    const lookup = await closed.get("film", ["a"]);
    if (lookup.hit) throw new Error("a hit in a closed cache");
    await cache.set("film", "Heat", lookup.snapshot, 60_000);
    expect(await keysNow()).toEqual([]);
  });

  test("misses at the same time have the same snapshot, in every process", async () => {
    const { cache: another } = await opened.open(url);
    const lookups = await Promise.all(
      Array.from({ length: 40 }, (_, at) => (at % 2 ? cache : another).get("film", ["a", "b"])),
    );
    const snapshots = new Set(lookups.map((lookup) => (lookup.hit ? "a hit" : lookup.snapshot)));
    expect(snapshots.size).toBe(1);
  });

  test("invalidating tags that nobody has asked for leaves nothing behind", async () => {
    await cache.invalidate(Array.from({ length: 2_500 }, (_, at) => `tag ${at}`));
    expect(await keysNow()).toEqual([]);
  });

  test("thousands of tags are invalidated", async () => {
    const tags = Array.from({ length: 2_500 }, (_, at) => `tag ${at}`);
    for (const tag of [tags[0], tags[999], tags[1_000], tags[2_499]] as string[])
      await fill(cache, tag, [tag], tag);
    expect(await cache.invalidate(tags)).toBe(true);
    for (const tag of [tags[0], tags[999], tags[1_000], tags[2_499]] as string[]) {
      expect(await cached(cache, tag, [tag])).toBeUndefined();
    }
  });

  test("losing any one key, or all of them, costs misses and nothing else", async () => {
    await fill(cache, "film", ["a", "b"], "Heat");
    const keys = await keysNow();
    expect(keys).toHaveLength(4);
    for (const lost of [...keys.map((key) => [key]), keys]) {
      await operator.del(...lost);
      expect(await cached(cache, "film", ["a", "b"]), `without ${lost}`).toBeUndefined();
      await fill(cache, "film", ["a", "b"], "Heat");
      expect(await cached(cache, "film", ["a", "b"])).toBe("Heat");
    }
  });

  test("an answer does not come back with a tag that was lost and made again", async () => {
    const early = await cache.get("film", ["a"]);
    await operator.del(...(await keysNow()));
    const late = await cache.get("film", ["a"]);
    if (early.hit || late.hit) throw new Error("a hit in an empty cache");
    await cache.set("film", "old", early.snapshot, 60_000);
    expect(await cached(cache, "film", ["a"])).toBeUndefined();
  });

  test("only the epoch has no end", async () => {
    await fill(cache, "film", ["a"], "Heat");
    const endless: string[] = [];
    for (const key of await keysNow()) if ((await operator.pttl(key)) < 0) endless.push(key);
    expect(endless).toEqual([`${opened.prefix}:1:epoch`]);
  });

  test("an entry that is not as it was written is a miss", async () => {
    await fill(cache, "film", ["a"], "Heat");
    const [key] = (await keysNow()).filter((name) => name.includes(":entry"));
    for (const damaged of ["", " ", "\n", "Heat", "9999999999999 \nHeat", "99999999999999 x.y z\nHeat"]) {
      await operator.set(`${key}`, damaged);
      expect(await cached(cache, "film", ["a"]), JSON.stringify(damaged)).toBeUndefined();
    }
    await operator.del(`${key}`);
    await operator.rpush(`${key}`, "a list");
    expect(await cached(cache, "film", ["a"])).toBeUndefined();
  });

  test("answers over a mebibyte, and those that UTF-8 can't say, are not kept", async () => {
    await fill(cache, "large", ["a"], "é".repeat(524_288));
    expect(await cached(cache, "large", ["a"])).toHaveLength(524_288);
    await fill(cache, "too large", ["a"], `${"é".repeat(524_288)}.`);
    expect(await cached(cache, "too large", ["a"])).toBeUndefined();
    await fill(cache, "lone", ["a"], "\ud83c");
    expect(await cached(cache, "lone", ["a"])).toBeUndefined();
  });

  test("stores with other prefixes share nothing", async () => {
    const { cache: another } = await opened.open(url, { prefix: `${opened.prefix}x` });
    await fill(cache, "film", ["a"], "Heat");
    expect(await cached(another, "film", ["a"])).toBeUndefined();
    await another.invalidate(["a"]);
    expect(await cached(cache, "film", ["a"])).toBe("Heat");
  });
});
