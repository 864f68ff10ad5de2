/** Contract suites for the ports of `@movie-store/core`, and what tests of adapters need besides. */

export {
  ContractFailure,
  expectEqual,
  expectError,
  expectFailure,
  expectSequence,
  expectThat,
} from "./assertions.ts";
export {
  type CacheCapabilities,
  type CacheOpener,
  cacheContract,
  type OpenedCache,
} from "./cache-contract.ts";
export { type CaseFailure, type ContractCase, forSeeds, runContract } from "./contract.ts";
export { filmCorpus } from "./film-corpus.ts";
export { foldInMemory, plainDecide, submissionOf, type UpdateOptions, update } from "./films.ts";
export { GENERATED_START_MS, type GeneratedUpdatesOptions, generatedUpdates } from "./generated-updates.ts";
export { movieRepositoryContract } from "./movie-repository-contract.ts";
export { nastyStrings } from "./nasty-strings.ts";
export { Random } from "./random.ts";
export type { OpenedRepository, RepositoryCapabilities, RepositoryOpener } from "./repository-case.ts";
export { SharedMemory, SharedMemoryChannel } from "./shared-memory.ts";
export {
  type OpenedSource,
  type SourceCapabilities,
  type SourceOpener,
  updateSourceContract,
} from "./update-source-contract.ts";
