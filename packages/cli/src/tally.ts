/** Counts what became of objects, and says it. */

import type { Receipt, RejectionCode, Verdict } from "@movie-store/core";
import { count, counted } from "./terminal.ts";

export class Tally {
  readonly #verdicts: Record<Verdict, number> = { accepted: 0, duplicate: 0, superseded: 0, rejected: 0 };
  readonly #codes = new Map<RejectionCode, number>();

  add(receipts: readonly Receipt[]): void {
    for (const { verdict, rejection } of receipts) {
      this.#verdicts[verdict]++;
      if (verdict === "rejected" && rejection !== undefined)
        this.#codes.set(rejection.code, (this.#codes.get(rejection.code) ?? 0) + 1);
    }
  }

  get objects(): number {
    return Object.values(this.#verdicts).reduce((sum, some) => sum + some, 0);
  }

  count(verdict: Verdict): number {
    return this.#verdicts[verdict];
  }

  /** `3 objects: 2 accepted, 0 duplicate, 0 superseded, 1 rejected` */
  get text(): string {
    const verdicts = Object.entries(this.#verdicts).map(([verdict, some]) => `${count(some)} ${verdict}`);
    return `${counted(this.objects, "object")}: ${verdicts.join(", ")}`;
  }

  /** `2 bad-field, 1 bad-json`, most frequent first. */
  get rejections(): string {
    return [...this.#codes]
      .sort(([a, some], [b, more]) => more - some || (a < b ? -1 : 1))
      .map(([code, some]) => `${count(some)} ${code}`)
      .join(", ");
  }
}

/** ` in 9.8 s (3,327/s)` */
export function pace(objects: number, ms: number): string {
  const seconds = ms / 1_000;
  return ` in ${seconds.toFixed(1)} s (${count(Math.round(objects / Math.max(seconds, 0.001)))}/s)`;
}
