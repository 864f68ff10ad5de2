/** What readers and writers met while a fault lasted, and until all was well again. */

export class Tally {
  requests = 0;
  /** Requests that were answered with films. */
  served = 0;
  acknowledged = 0;
  /** Attempts of writers that failed, and were made again. */
  attemptsFailed = 0;
  slowestMs = 0;
  stalestMs = 0;
  /** Longest time in which no request was answered with films. */
  longestGapMs = 0;
  /** Longest time in which no update was acknowledged. */
  longestWithoutWriteMs = 0;
  /** Refusals by their code, such as `unavailable`. */
  readonly refusals = new Map<string, number>();
  /** What must never be, whatever happens. */
  readonly violations = new Set<string>();
  #lastServedMs = performance.now();
  #lastAcknowledgedMs = performance.now();

  serve(stalenessMs: number): void {
    this.served++;
    this.stalestMs = Math.max(this.stalestMs, stalenessMs);
    this.gap();
    this.#lastServedMs = performance.now();
  }

  acknowledge(): void {
    this.acknowledged++;
    this.gap();
    this.#lastAcknowledgedMs = performance.now();
  }

  /** Takes account of the time since the last answer, and since the last acknowledgement. */
  gap(): void {
    const nowMs = performance.now();
    this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastServedMs);
    this.longestWithoutWriteMs = Math.max(this.longestWithoutWriteMs, nowMs - this.#lastAcknowledgedMs);
  }

  refuse(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }
}
