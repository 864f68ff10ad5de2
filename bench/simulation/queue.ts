/** How long updates wait for the one writer of a database. */

import { randomNumbers } from "../corpus.ts";
import { percentile } from "../report.ts";
import { secondsToNext } from "./chance.ts";
import { writerMs } from "./service-times.ts";

export interface QueueLoad {
  readonly updatesPerSecond: number;
  /** Functions that take from the queue; each waits with its batch for the writer. */
  readonly functions: number;
  /** The most that a function takes at once. */
  readonly maxBatch: number;
  /** How many times as long as measured a batch takes. */
  readonly slowness: number;
}

export interface QueueDelay {
  readonly meanBatch: number;
  /** From the queue to the commit. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How much of its time the writer is at work. */
  readonly busy: number;
}

const SECONDS = 120;

/** @returns `undefined` where more comes than is ever taken in. */
export function simulateQueue(load: QueueLoad, seed = 1): QueueDelay | undefined {
  const { updatesPerSecond, functions, maxBatch, slowness } = load;
  if (updatesPerSecond >= (maxBatch / (writerMs(maxBatch) * slowness)) * 1_000) return undefined;
  const arrivals = arrivalTimes(updatesPerSecond, seed);
  const freeAt = new Array<number>(functions).fill(0);
  const delays: number[] = [];
  let [writerFreeAt, batches, busyMs] = [0, 0, 0];
  for (let at = 0; at < arrivals.length; ) {
    const who = freeAt.indexOf(Math.min(...freeAt));
    const takenAt = Math.max(freeAt[who] as number, arrivals[at] as number);
    let end = at + 1;
    while (end - at < maxBatch && (arrivals[end] ?? Number.POSITIVE_INFINITY) <= takenAt) end++;
    const workMs = writerMs(end - at) * slowness;
    writerFreeAt = Math.max(takenAt, writerFreeAt) + workMs;
    freeAt[who] = writerFreeAt;
    for (; at < end; at++) delays.push(writerFreeAt - (arrivals[at] as number));
    batches++;
    busyMs += workMs;
  }
  return {
    meanBatch: arrivals.length / batches,
    p50Ms: percentile(delays, 0.5),
    p99Ms: percentile(delays, 0.99),
    busy: busyMs / writerFreeAt,
  };
}

/** In milliseconds, with gaps of chance. */
function arrivalTimes(perSecond: number, seed: number): readonly number[] {
  const random = randomNumbers(seed);
  const times: number[] = [];
  for (let at = 0; at < SECONDS; at += secondsToNext(perSecond, random)) times.push(at * 1_000);
  return times;
}
