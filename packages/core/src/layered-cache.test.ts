import { describe, test } from "vitest";
import { LayeredCache, MAX_NEAR_AGE_MS } from "./layered-cache.ts";
import { MemoryCache } from "./memory/cache.ts";
import { cacheContract } from "./testing/cache-contract.ts";
import { layeredCacheCases } from "./testing/layered-cache-cases.ts";
import { SharedMemory } from "./testing/shared-memory.ts";

const capabilities = { clock: true, shared: true, near: true, visibleWithinMs: MAX_NEAR_AGE_MS };

function opener(tell?: SharedMemory["tell"]) {
  return async (clock: () => number) => {
    const server = new SharedMemory({ clock });
    if (tell !== undefined) server.tell = tell;
    const open = () =>
      new LayeredCache({
        near: new MemoryCache({ clock }),
        far: server.open(),
        channel: server.openChannel(),
        clock,
      });
    return { cache: open(), openAnother: async () => open() };
  };
}

describe("two layers keep the contract of a cache", () => {
  for (const each of cacheContract(opener(), capabilities)) test(each.name, () => each.run());
});

describe("two layers keep it also where every message is lost", () => {
  for (const each of cacheContract(
    opener(() => {}),
    capabilities,
  ))
    test(each.name, () => each.run());
});

describe("two layers keep it also where every message is late", () => {
  const late = async (deliver: () => void) => {
    for (let turn = 0; turn < 5; turn++) await undefined;
    deliver();
  };
  for (const each of cacheContract(
    opener((deliver) => void late(deliver)),
    capabilities,
  ))
    test(each.name, () => each.run());
});

describe("LayeredCache", () => {
  for (const each of layeredCacheCases((options) => new LayeredCache(options)))
    test(each.name, () => each.run());
});

describe("the shared memory of tests keeps the contract", () => {
  const open = async (clock: () => number) => {
    const server = new SharedMemory({ clock });
    return { cache: server.open(), openAnother: async () => server.open() };
  };
  for (const each of cacheContract(open, { clock: true, shared: true })) test(each.name, () => each.run());
});
