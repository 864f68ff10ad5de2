/** How the cases of the MovieRepository contract come to a repository. */

import type { MovieRepository } from "../movie-repository.ts";
import { expectThat } from "./assertions.ts";
import { type ContractCase, caseOf } from "./contract.ts";

/** A repository on an empty store. */
export interface OpenedRepository {
  readonly repository: MovieRepository;
  /** With the capability `shared`: another repository on the same store, as another process would open it. */
  readonly openAnother?: () => Promise<MovieRepository>;
  /** Called once when the case is over, whether or not it has closed the repository; default: closes it. */
  readonly close?: () => Promise<void>;
}

export type RepositoryOpener = () => Promise<OpenedRepository>;

export interface RepositoryCapabilities {
  /** Several repositories can be open on one store, and what one has written outlives its closing. */
  readonly shared?: boolean;
}

/** Makes a case from a name and from what it does with a repository on an empty store. */
export type DefineCase = (
  name: string,
  body: (repository: MovieRepository, opened: OpenedRepository) => Promise<void>,
) => ContractCase;

export function repositoryCase(open: RepositoryOpener): DefineCase {
  return (name, body) =>
    caseOf(
      name,
      open,
      async ({ repository, close }) => (close === undefined ? repository.close() : close()),
      async (opened) => {
        const version = await opened.repository.version();
        expectThat(
          version === 0,
          `open() has to give an empty store of its own at every call; this one is at version ${version}`,
        );
        await body(opened.repository, opened);
      },
    );
}
