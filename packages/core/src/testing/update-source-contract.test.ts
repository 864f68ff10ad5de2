import { describe, test } from "vitest";
import { MemoryUpdateSource } from "../memory/update-source.ts";
import { updateSourceContract } from "./update-source-contract.ts";

describe("the memory source keeps the contract", () => {
  const cases = updateSourceContract(async () => {
    const source = new MemoryUpdateSource({ bucket: "films" });
    return {
      source,
      bucket: "films",
      put: async (key, bytes) => void source.put(key, bytes),
      remove: async (key) => source.delete(key),
    };
  });
  for (const each of cases) test(each.name, () => each.run());
});
