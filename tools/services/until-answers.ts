import { setTimeout as sleep } from "node:timers/promises";

const DEADLINE_MS = 120_000;
const PING_EVERY_MS = 50;

/**
 * Resolves when a server that was just started answers.
 *
 * @param check is called before each try, and throws when waiting has become useless.
 * @throws Error after two minutes, with the last failure as its cause.
 */
export async function untilAnswers(ping: () => Promise<unknown>, check: () => void): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    check();
    try {
      await ping();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw new Error("it does not answer", { cause: error });
      await sleep(PING_EVERY_MS);
    }
  }
}
