/**
 * Invalidations that failed or may have failed, kept until a later one has replaced them. The calls are numbered in
 * the order in which they began: one that began later was sent after everything that an earlier one stands for.
 */

/** Some 100 bytes each. */
const MAX_TAGS = 10_000;

export class PendingInvalidations {
  /** Tags with the last call that failed for them. */
  readonly #tags = new Map<string, number>();
  /** The last failed call whose tags were too many to keep: until it is replaced, every tag is pending. */
  #all = 0;
  #calls = 0;

  /** The number of a call that begins now. */
  begin(): number {
    return ++this.#calls;
  }

  failed(call: number, tags: readonly string[]): void {
    for (const tag of tags) this.#tags.set(tag, Math.max(call, this.#tags.get(tag) ?? 0));
    if (this.#tags.size <= MAX_TAGS) return;
    this.#tags.clear();
    this.#all = this.#calls;
  }

  succeeded(call: number, tags: readonly string[]): void {
    for (const tag of tags) if ((this.#tags.get(tag) ?? 0) <= call) this.#tags.delete(tag);
  }

  allSucceeded(call: number): void {
    if (this.#all <= call) this.#all = 0;
    this.succeeded(call, this.tags);
  }

  includes(tags: readonly string[]): boolean {
    return this.isAll || (this.#tags.size > 0 && tags.some((tag) => this.#tags.has(tag)));
  }

  get isAll(): boolean {
    return this.#all > 0;
  }

  get tags(): readonly string[] {
    return [...this.#tags.keys()];
  }
}
