/** How many requests a caller may make, in this process. */

import { Problem } from "./problem.ts";

const MINUTE_MS = 60_000;

export interface RateLimitOptions {
  /** 1 or more: so many at once, and so many a minute in the long run. */
  readonly perMinute: number;
  /** Callers that are remembered, some 150 bytes each; the one that has been quiet longest is forgotten. Default 10,000. */
  readonly maxCallers?: number;
  /** Milliseconds that only grow. */
  readonly clock?: () => number;
}

/** Sums of parts of a minute are not exact: a hundredth of a millisecond more or less is nothing to anybody. */
const SLACK_MS = 0.01;

/**
 * A token bucket for each caller. It is full for who is new, and fills up again within a minute.
 *
 * Its headers follow draft-ietf-httpapi-ratelimit-headers-10: `q` requests in a window of `w` seconds, of which `r`
 * are left, and one more in `t` seconds.
 */
export class RateLimit {
  readonly #perMinute: number;
  readonly #maxCallers: number;
  readonly #clock: () => number;
  readonly #policy: string;
  /** When each bucket is full again. The one that has been quiet longest comes first. */
  readonly #fullAtMs = new Map<string, number>();

  constructor({ perMinute, maxCallers = 10_000, clock = () => performance.now() }: RateLimitOptions) {
    this.#perMinute = perMinute;
    this.#maxCallers = maxCallers;
    this.#clock = clock;
    this.#policy = `"minute";q=${perMinute};w=60`;
  }

  /**
   * Takes a token of the caller's.
   *
   * @returns the headers that tell the caller what is left.
   * @throws Problem `rate-limited`.
   */
  take(caller: string): readonly string[] {
    const tokenMs = MINUTE_MS / this.#perMinute;
    const nowMs = this.#clock();
    let missingMs = Math.max(0, (this.#fullAtMs.get(caller) ?? 0) - nowMs);
    const isAllowed = missingMs + tokenMs <= MINUTE_MS + SLACK_MS;
    if (isAllowed) missingMs += tokenMs;
    this.#remember(caller, nowMs + missingMs);
    const left = Math.floor((MINUTE_MS - missingMs + SLACK_MS) / tokenMs);
    const nextMs = missingMs - (MINUTE_MS - (left + 1) * tokenMs);
    const seconds = Math.max(1, Math.ceil((nextMs - SLACK_MS) / 1_000));
    const headers = ["RateLimit", `"minute";r=${left};t=${seconds}`, "RateLimit-Policy", this.#policy];
    if (isAllowed) return headers;
    const detail = `more than ${this.#perMinute} requests a minute; go on in ${seconds} s`;
    throw new Problem("rate-limited", detail, { headers: ["Retry-After", `${seconds}`, ...headers] });
  }

  #remember(caller: string, fullAtMs: number): void {
    this.#fullAtMs.delete(caller);
    this.#fullAtMs.set(caller, fullAtMs);
    const longestQuiet = this.#fullAtMs.keys().next().value;
    if (this.#fullAtMs.size > this.#maxCallers && longestQuiet !== undefined)
      this.#fullAtMs.delete(longestQuiet);
  }
}

/**
 * The part of an address that stands for one caller: of IPv6 the first 64 bits, which is what one household or host is
 * given.
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [left = "", right = ""] = address.replace(/%.*$/, "").split("::");
  const groupsOf = (text: string) => (text === "" ? [] : text.split(":"));
  const [before, after] = [groupsOf(left), groupsOf(right)];
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return `${[...before, ...zeros, ...after].slice(0, 4).join(":")}::/64`;
}
