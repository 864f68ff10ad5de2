/** Work on many things at once, but not on all of them. */

/**
 * Calls `work` for each item, at most `limit` calls at a time.
 *
 * @returns the results in the order of the items. If a call fails, no further one is begun, and the first failure is
 * thrown once those under way have ended.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const failures: unknown[] = [];
  // The workers share one iterator: each takes the next item when it is done with its last.
  const rest = items.entries();
  const worker = async () => {
    for (const [at, item] of rest) {
      try {
        results[at] = await work(item);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}

/** The items in groups of `size`, the last one smaller. */
export async function* groupsOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
