/** What the clients were answered. */

/** The only refusal that this load may meet: each process gives so many exports at a time, and no more. */
const MAY_REFUSE = "/v1/export";

export class Answers {
  readonly byStatus = new Map<number, number>();
  /** What should not have been, as many of it as one wants to read. */
  readonly faults = new Set<string>();
  /** Visits of clients that went before they had an answer. */
  abandoned = 0;

  take(status: number, path: string): void {
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1);
    if (status < 500 || (status === 503 && path === MAY_REFUSE)) return;
    if (this.faults.size < 20) this.faults.add(`${status} for ${path}`);
  }

  get total(): number {
    return [...this.byStatus.values()].reduce((sum, count) => sum + count, 0);
  }
}
