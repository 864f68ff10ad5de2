/** Takes in one object and is killed at a step of it: `writer.ts <step> <mysql url> <redis url> <prefix> <object as JSON>`. */

import { MySqlMovieRepository } from "@movie-store/adapters/mysql";
import { RedisCache } from "@movie-store/adapters/redis";
import { type Cache, type Decide, type MovieRepository, MovieStore } from "@movie-store/core";

/** In the order in which they are reached. */
export const STEPS = [
  "before the transaction",
  "inside the transaction",
  "after the commit",
  "after the changes are read",
  "before the tags are new",
  "after the tags are new",
  "after the mark",
] as const;
type Step = (typeof STEPS)[number];

const dies = (step: Step) => {
  if (step === process.argv[2]) process.kill(process.pid, "SIGKILL");
};

/** The part, with something done before and after the calls of some methods. */
function watched<T extends object>(
  part: T,
  hooks: Readonly<
    Record<string, { before?: (args: unknown[]) => unknown[]; after?: () => void } | undefined>
  >,
): T {
  return new Proxy(part, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      const hook = hooks[String(name)];
      return (...args: unknown[]) => {
        const result = value.apply(target, hook?.before?.(args) ?? args);
        if (hook?.after === undefined) return result;
        return Promise.resolve(result).then((settled) => {
          hook.after?.();
          return settled;
        });
      };
    },
  });
}

if (import.meta.main) {
  const [, , , mysqlUrl = "", redisUrl = "", prefix = "", object = ""] = process.argv;
  const repository = watched<MovieRepository>(MySqlMovieRepository.open({ url: mysqlUrl }), {
    append: {
      before: ([batch, decide, ...rest]) => {
        dies("before the transaction");
        const dying: Decide = (...input) => {
          const decision = (decide as Decide)(...input);
          dies("inside the transaction");
          return decision;
        };
        return [batch, dying, ...rest];
      },
      after: () => dies("after the commit"),
    },
    changes: { after: () => dies("after the changes are read") },
    markFollowed: { after: () => dies("after the mark") },
  });
  const redis = RedisCache.open({ url: redisUrl, prefix });
  await redis.connected();
  const cache = watched<Cache>(redis, {
    invalidate: {
      before: (args) => {
        dies("before the tags are new");
        return args;
      },
      after: () => dies("after the tags are new"),
    },
  });
  const { text, ...address } = JSON.parse(object);
  const store = new MovieStore({ repository, cache });
  await store.ingest({ ...address, bytes: new TextEncoder().encode(text) });
  await cache.close();
  await repository.close();
}
