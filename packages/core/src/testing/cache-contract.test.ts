import { describe, test } from "vitest";
import { MemoryCache } from "../memory/cache.ts";
import { cacheContract } from "./cache-contract.ts";

describe("the memory cache keeps the contract", () => {
  const cases = cacheContract(async (clock) => ({ cache: new MemoryCache({ clock }) }), {
    clock: true,
    near: true,
  });
  for (const each of cases) test(each.name, () => each.run());
});
