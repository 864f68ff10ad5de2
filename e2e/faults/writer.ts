/** Takes in updates as a queue has them taken in: each again until it is acknowledged, and some out of order. */

import { setTimeout as pause } from "node:timers/promises";
import { isRetryable, type Receipt, type ReceivedObject } from "@movie-store/core";
import type { Random } from "@movie-store/core/testing";
import { type Ledger, statement } from "./ledger.ts";
import type { Tally } from "./tally.ts";

const BETWEEN_MS = 25;
const BEFORE_ANOTHER_TRY_MS = 50;
const OUT_OF_ORDER_PERCENT = 15;
/** Objects are dated in whole seconds. */
const APART_MS = 1_000;

/** A `MovieStore`, or what stands before one. */
export interface Ingest {
  ingest(object: ReceivedObject): Promise<Pick<Receipt, "updateId" | "verdict">>;
}

export interface WriterOptions {
  readonly store: Ingest;
  /** Those that only this writer writes. */
  readonly films: readonly number[];
  readonly random: Random;
  readonly ledger: Ledger;
  readonly tally: Tally;
  readonly isOver: () => boolean;
  /** By how much each object is longer than it needs to be; default 0. */
  readonly padding?: () => number;
}

type WriteOptions = Omit<WriterOptions, "films" | "random">;

export async function writeOn(options: WriterOptions): Promise<void> {
  const { random, films, isOver } = options;
  while (!isOver()) {
    const film = random.pick(films);
    if (random.chance(OUT_OF_ORDER_PERCENT)) await writeOutOfOrder(film, options);
    else await write(film, options);
    await pause(BETWEEN_MS);
  }
}

/** The next update of a film, until it is acknowledged or all is over. */
export async function write(film: number, options: WriteOptions): Promise<void> {
  const updateId = await taken(film, options.ledger.begin(film), options);
  if (updateId !== undefined) acknowledge(film, [updateId], performance.now(), options);
}

/** The next two, the later one first. */
async function writeOutOfOrder(film: number, options: WriteOptions): Promise<void> {
  const [earlier, later] = [options.ledger.begin(film), options.ledger.begin(film)];
  const laterId = await taken(film, later, options);
  const atMs = performance.now();
  const earlierId = laterId === undefined ? undefined : await taken(film, earlier, options);
  if (earlierId !== undefined) acknowledge(film, [earlierId, laterId as string], atMs, options);
}

function acknowledge(
  film: number,
  updateIds: readonly string[],
  atMs: number,
  { ledger, tally }: WriteOptions,
): void {
  for (const updateId of updateIds) {
    ledger.acknowledge(film, updateId, atMs);
    tally.acknowledge();
  }
}

/** @returns its id, or undefined when all was over before. */
async function taken(
  film: number,
  n: number,
  { store, tally, isOver, padding = () => 0 }: WriteOptions,
): Promise<string | undefined> {
  const text = JSON.stringify(statement(film, n)) + " ".repeat(padding());
  const object = {
    bucket: "films",
    key: `providers/acme/${film}.json`,
    versionId: `version-${n}`,
    eventTimeMs: Date.UTC(2026, 0, 1) + n * APART_MS,
    bytes: new TextEncoder().encode(text),
  };
  do {
    try {
      const { updateId, verdict } = await store.ingest(object);
      if (verdict === "rejected") tally.violations.add(`film ${film}, ${n}: ${verdict}`);
      return updateId;
    } catch (error) {
      tally.attemptsFailed++;
      if (!isRetryable(error)) tally.violations.add(`a writer: ${error}`);
      await pause(BEFORE_ANOTHER_TRY_MS);
    }
  } while (!isOver());
  return undefined;
}
