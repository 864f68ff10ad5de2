export { RedisCache, type RedisCacheOptions } from "./cache.ts";
export { RedisInvalidationChannel } from "./invalidation-channel.ts";
export type { RedisEvent, RedisOptions } from "./options.ts";
