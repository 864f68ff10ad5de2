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

export interface Outcome {
  readonly ms: number;
  readonly status: number;
}

/**
 * @returns milliseconds of each request, in the order in which they were due.
 * @throws Error for an answer that is no 200.
 */
export async function offerLoad(load: OfferedLoad): Promise<readonly number[]> {
  const outcomes = await outcomesOf(load, (path, status) => {
    if (status !== 200) throw new Error(`${path}: ${status}`);
  });
  return outcomes.map(({ ms }) => ms);
}

/**
 * @param check what it throws ends the load.
 * @returns the outcome of each request, in the order in which they were due.
 */
export async function outcomesOf(
  { base, urls, perSecond, seconds }: OfferedLoad,
  check: (path: string, status: number) => void = () => {},
): Promise<readonly Outcome[]> {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(base);
  const answers: Promise<Outcome>[] = [];
  let failure: Error | undefined;
  const startMs = performance.now();
  for (let at = 0; at < perSecond * seconds && failure === undefined; at++) {
    const dueMs = startMs + (at * 1_000) / perSecond;
    await until(dueMs);
    const path = urls[at % urls.length] as string;
    const answer = statusOf({ hostname, port, agent, path }, check).then(
      (status) => ({ ms: performance.now() - dueMs, status }),
      (error: Error) => {
        failure ??= error;
        return { ms: Number.NaN, status: 0 };
      },
    );
    answers.push(answer);
  }
  const outcomes = await Promise.all(answers);
  agent.destroy();
  if (failure !== undefined) throw failure;
  return outcomes;
}

async function until(dueMs: number): Promise<void> {
  for (let left = dueMs - performance.now(); left > 0; left = dueMs - performance.now()) {
    await (left > LOOKING_MS ? delay(left - LOOKING_MS) : nextTurn());
  }
}

/** Takes the path as it is: a URL would write some of its characters anew. */
function statusOf(
  options: RequestOptions & { readonly path: string },
  check: (path: string, status: number) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(options, (response) => {
      const status = response.statusCode ?? 0;
      try {
        check(options.path, status);
      } catch (error) {
        reject(error);
      }
      response
        .once("error", reject)
        .once("end", () => resolve(status))
        .resume();
    });
    request.once("error", reject);
  });
}
