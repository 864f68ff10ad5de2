/** A handler that is made again when a secret has changed: environments live longer than passwords. */

import type { Handler } from "./create-handler.ts";
import { type Environment, namesSecrets, type ReadSecret, withSecrets } from "./secrets.ts";

export interface RenewingOptions {
  readonly environment: Environment;
  readonly readSecret: ReadSecret;
  /** Makes a handler for an environment that has its passwords. */
  readonly open: (environment: Environment) => Opened;
  /** Milliseconds; default: the time of day, which goes on while Lambda keeps the environment frozen. */
  readonly clock?: () => number;
}

interface Opened {
  readonly handler: Handler;
  readonly close: () => Promise<void>;
}

/** For so long a password is taken to hold. Messages that meet a wrong one come again. */
export const SECRETS_HOLD_MS = 5 * 60_000;

/** @throws whatever reading the secrets or opening does. */
export async function renewingHandler(options: RenewingOptions): Promise<Handler> {
  const { environment, readSecret, open, clock = Date.now } = options;
  const watches = namesSecrets(environment);
  const read = () => (watches ? withSecrets(environment, readSecret) : Promise.resolve(environment));
  let known = await read();
  let opened = open(known);
  let readAtMs = clock();

  async function renew(): Promise<void> {
    // Secrets Manager may be away for a while: what is known may still hold.
    const now = await read().catch(() => known);
    if (!areEqual(now, known)) {
      await opened.close();
      opened = open(now);
      known = now;
    }
    // Not before: where opening fails, the next call tries again.
    readAtMs = clock();
  }

  return async (event, context) => {
    if (watches && clock() - readAtMs >= SECRETS_HOLD_MS) await renew();
    return opened.handler(event, context);
  };
}

function areEqual(a: Environment, b: Environment): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
