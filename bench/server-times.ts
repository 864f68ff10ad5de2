/** How long requests took by the API's own clock: from its histogram at `/metrics`, so within the buckets of that. */

const BUCKET = /^movie_store_http_request_duration_seconds_bucket\{(.*)\} (\d+)$/gm;

/** By their upper bounds in seconds, the requests that took no longer. */
type Buckets = ReadonlyMap<number, number>;

/** @returns what `work` gives, and the times of the searches that ended meanwhile. */
export async function timesInServer<T>(
  base: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly percentileMs: (share: number) => number }> {
  const before = await bucketsOf(base);
  const result = await work();
  const after = await bucketsOf(base);
  const counts = new Map([...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]));
  return { result, percentileMs: (share) => percentileSeconds(counts, share) * 1_000 };
}

async function bucketsOf(base: string): Promise<Buckets> {
  const answer = await fetch(`${base}/metrics`);
  return readBuckets(await answer.text(), "/v1/movies");
}

/** @returns the buckets of a route, of all layers together. */
export function readBuckets(metrics: string, route: string): Buckets {
  const buckets = new Map<number, number>();
  for (const [, labels = "", count] of metrics.matchAll(BUCKET)) {
    if (!labels.includes(`route="${route}"`)) continue;
    const bound = Number(/le="([^"]+)"/.exec(labels)?.[1]?.replace("+Inf", "Infinity"));
    buckets.set(bound, (buckets.get(bound) ?? 0) + Number(count));
  }
  return buckets;
}

/** As if the requests of a bucket were spread evenly over it, as Prometheus reckons. */
export function percentileSeconds(buckets: Buckets, share: number): number {
  const wanted = share * (buckets.get(Number.POSITIVE_INFINITY) ?? 0);
  let [lower, below] = [0, 0];
  for (const [bound, count] of [...buckets].toSorted(([a], [b]) => a - b)) {
    if (count >= wanted) {
      if (bound === Number.POSITIVE_INFINITY) return lower;
      return lower + ((bound - lower) * (wanted - below)) / (count - below);
    }
    [lower, below] = [bound, count];
  }
  return Number.NaN;
}
