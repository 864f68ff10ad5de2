/** Takes in updates as the function of the queue does: each again until it is acknowledged. */

import { setTimeout as pause } from "node:timers/promises";
import { isRetryable, type MovieStore } from "@movie-store/core";
import type { Random } from "@movie-store/core/testing";
import { type Ledger, statement } from "./ledger.ts";
import type { Tally } from "./tally.ts";

const BETWEEN_MS = 25;
const BEFORE_ANOTHER_TRY_MS = 50;

export interface WriterOptions {
  readonly store: MovieStore;
  /** Those that only this writer writes. */
  readonly films: readonly number[];
  readonly random: Random;
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly isOver: () => boolean;
}

export async function writeOn(options: WriterOptions): Promise<void> {
  while (!options.isOver()) {
    await write(options.random.pick(options.films), options);
    await pause(BETWEEN_MS);
  }
}

/** The next update of a film, until it is acknowledged or all is over. */
export async function write(
  film: number,
  { store, ledger, tally, isOver }: Omit<WriterOptions, "films" | "random">,
): Promise<void> {
  const n = ledger.begin(film);
  const object = {
    bucket: "films",
    key: `providers/acme/${film}.json`,
    versionId: `version-${n}`,
    eventTimeMs: Date.UTC(2026, 0, 1) + n,
    bytes: new TextEncoder().encode(JSON.stringify(statement(film, n))),
  };
  do {
    try {
      const { updateId, verdict } = await store.ingest(object);
      // An attempt whose reply was lost has taken it in.
      if (verdict !== "accepted" && verdict !== "duplicate")
        tally.violations.add(`film ${film}, ${n}: ${verdict}`);
      ledger.acknowledge(film, updateId);
      tally.acknowledged++;
      return;
    } catch (error) {
      tally.attemptsFailed++;
      if (!isRetryable(error)) tally.violations.add(`a writer: ${error}`);
      await pause(BEFORE_ANOTHER_TRY_MS);
    }
  } while (!isOver());
}
