/** The contract of the MovieRepository port. */

import { appendCases } from "./append-cases.ts";
import type { ContractCase } from "./contract.ts";
import { filmStateCases } from "./film-state-cases.ts";
import { findCases } from "./find-cases.ts";
import { followCases } from "./follow-cases.ts";
import { numberingCases } from "./numbering-cases.ts";
import { pageCases } from "./page-cases.ts";
import { rebuildCases } from "./rebuild-cases.ts";
import { type RepositoryCapabilities, type RepositoryOpener, repositoryCase } from "./repository-case.ts";
import { suggestionCases } from "./suggestion-cases.ts";

/**
 * Every promise of {@link MovieRepository}, as cases. An adapter that passes them all can stand in for any other.
 *
 * @param open gives a repository on an empty store of its own, at every call.
 * @param capabilities what the adapter can do beyond the port; cases that need more are left out.
 *
 * @example
 * ```ts
 * import { test } from "vitest";
 * import { MemoryMovieRepository } from "@movie-store/core";
 * import { movieRepositoryContract } from "@movie-store/core/testing";
 *
 * for (const each of movieRepositoryContract(async () => ({ repository: new MemoryMovieRepository() }))) {
 *   test(each.name, () => each.run());
 * }
 * ```
 */
export function movieRepositoryContract(
  open: RepositoryOpener,
  capabilities: RepositoryCapabilities = {},
): readonly ContractCase[] {
  const define = repositoryCase(open);
  return [
    ...appendCases(define),
    ...numberingCases(define, capabilities),
    ...followCases(define, capabilities),
    ...filmStateCases(define),
    ...findCases(define),
    ...suggestionCases(define),
    ...pageCases(define),
    ...rebuildCases(define),
  ];
}
