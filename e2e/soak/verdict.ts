/** Whether something that was sampled again and again has grown. */

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

export interface Growth {
  /** What a quarter of the values lie below, of the first quarter of the points and of the last: most noise only adds. */
  readonly from: number;
  readonly to: number;
  /** The median of the slopes between all pairs of points (Theil and Sen), which a few outliers do not move. */
  readonly perHour: number;
}

const HOUR_MS = 3_600_000;

/** @param points in the order of time, four or more. */
export function growthOf(points: readonly Point[]): Growth {
  const quarter = Math.floor(points.length / 4);
  if (quarter === 0) throw new Error(`${points.length} samples are too few to tell a growth`);
  const values = points.map(({ value }) => value);
  const slopes = points.flatMap((one, at) =>
    points.slice(at + 1).map((other) => (other.value - one.value) / (other.atMs - one.atMs)),
  );
  return {
    from: quantile(values.slice(0, quarter), 0.25),
    to: quantile(values.slice(-quarter), 0.25),
    perHour: quantile(slopes, 0.5) * HOUR_MS,
  };
}

/** Whether it stays within a share and a slack of where it was, and does not climb either. */
export function isFlat({ from, to, perHour }: Growth, share: number, slack: number): boolean {
  const allowed = from * share + slack;
  return to - from <= allowed && perHour <= 2 * allowed;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}
