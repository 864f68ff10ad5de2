/**
 * Requests at a fixed rate, whatever becomes of them: each is sent when it is due and not when the one before was
 * answered, and its time counts from when it was due. A server that stands still for a second is so blamed for every
 * request of that second, where a generator that waits for answers would see one slow request (Tene, "How NOT to
 * measure latency": coordinated omission).
 */

import { Agent, get, type RequestOptions } from "node:http";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

export interface OfferedLoad {
  readonly base: string;
  /** Asked for in turn. */
  readonly urls: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

/** Timers are up to a millisecond late and more, so the last of a wait is spent looking at the clock. */
const LOOKING_MS = 2;

/** @returns milliseconds of each request, in the order in which they were due. */
export async function offerLoad({ base, urls, perSecond, seconds }: OfferedLoad): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(base);
  const answers: Promise<number>[] = [];
  let failure: Error | undefined;
  const startMs = performance.now();
  for (let at = 0; at < perSecond * seconds && failure === undefined; at++) {
    const dueMs = startMs + (at * 1_000) / perSecond;
    await until(dueMs);
    const answer = answered({ hostname, port, agent, path: urls[at % urls.length] as string }).then(
      () => performance.now() - dueMs,
      (error: Error) => {
        failure ??= error;
        return Number.NaN;
      },
    );
    answers.push(answer);
  }
  const times = await Promise.all(answers);
  agent.destroy();
  if (failure !== undefined) throw failure;
  return times;
}

async function until(dueMs: number): Promise<void> {
  for (let left = dueMs - performance.now(); left > 0; left = dueMs - performance.now()) {
    await (left > LOOKING_MS ? delay(left - LOOKING_MS) : nextTurn());
  }
}

/** Takes the path as it is: a URL would write some of its characters anew. */
function answered(options: RequestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(options, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${options.path}: ${response.statusCode}`));
      response.once("error", reject).once("end", resolve).resume();
    });
    request.once("error", reject);
  });
}
