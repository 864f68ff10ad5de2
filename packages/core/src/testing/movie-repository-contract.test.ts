import { describe, test } from "vitest";
import { MemoryMovieRepository } from "../memory/movie-repository.ts";
import { movieRepositoryContract } from "./movie-repository-contract.ts";

describe("the memory repository keeps the contract", () => {
  for (const each of movieRepositoryContract(async () => ({ repository: new MemoryMovieRepository() }))) {
    test(each.name, () => each.run());
  }
});
