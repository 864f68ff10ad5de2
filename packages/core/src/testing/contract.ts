/** A contract suite is data: a list of cases that any test runner can run, or none. */

import { ContractFailure, describeError } from "./assertions.ts";
import { Random } from "./random.ts";

/** One promise of a port. */
export interface ContractCase {
  /** A sentence about the behaviour. */
  readonly name: string;
  /** Opens a fresh adapter, tries it and closes it. Rejects with a message that says what the adapter does wrong. */
  run(): Promise<void>;
}

export interface CaseFailure {
  readonly name: string;
  readonly message: string;
}

/**
 * Runs a suite without a test runner.
 *
 * @returns the cases that failed; empty for an adapter that keeps the contract.
 *
 * @example
 * ```ts
 * import { MemoryCache } from "@movie-store/core";
 * import { cacheContract, runContract } from "@movie-store/core/testing";
 *
 * const failures = await runContract(cacheContract(async () => ({ cache: new MemoryCache() })));
 * for (const { name, message } of failures) console.log(`${name}: ${message}`);
 * ```
 */
export async function runContract(cases: readonly ContractCase[]): Promise<readonly CaseFailure[]> {
  const failures: CaseFailure[] = [];
  for (const each of cases) {
    try {
      await each.run();
    } catch (error) {
      failures.push({ name: each.name, message: describeError(error) });
    }
  }
  return failures;
}

/**
 * A case that opens an adapter of its own and closes it, whatever happens in between.
 *
 * @param close what to do with what `open` gave.
 */
export function caseOf<Opened>(
  name: string,
  open: () => Promise<Opened>,
  close: (opened: Opened) => Promise<void>,
  body: (opened: Opened) => Promise<void>,
): ContractCase {
  return {
    name,
    async run() {
      const opened = await stage("open() failed, before the case could begin", open);
      try {
        await body(opened);
      } catch (error) {
        // What went wrong first says more than a close that fails because of it.
        await close(opened).catch(() => {});
        throw error;
      }
      await stage("the case passed, but closing failed", () => close(opened));
    },
  };
}

/** Runs `body` with a generator for each seed; a failure tells the seed. */
export async function forSeeds(
  seeds: readonly number[],
  body: (random: Random) => Promise<void>,
): Promise<void> {
  for (const seed of seeds) await stage(`seed ${seed}`, () => body(new Random(seed)));
}

/**
 * Waits until all are done, also when one has failed, so that nothing runs on into the closing of the adapter; then
 * throws the first failure.
 */
export async function allDone<T>(running: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(running);
  return Promise.all(running);
}

async function stage<T>(name: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const message = error instanceof ContractFailure ? error.message : describeError(error);
    throw new ContractFailure(`${name}: ${message}`, { cause: error });
  }
}
