/** One measured figure, and what it is held against. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  /** What it should be; absent where the figure is only told. */
  readonly limit?: string;
  readonly met?: boolean;
  /** What is drawn, in ascending order: `p50`, `p99`, or `requests/s`. */
  readonly amounts?: Readonly<Record<string, number>>;
}

/** Prints a table. @returns whether every limit was met. */
export function printFigures(figures: readonly Figure[]): boolean {
  const width = Math.max(...figures.map(({ name }) => name.length));
  for (const { name, value, limit, met } of figures) {
    const verdict = limit === undefined ? "" : `  ${met === true ? "ok" : "MISSED"} (${limit})`;
    console.log(`${name.padEnd(width)}  ${value}${verdict}`);
  }
  return figures.every(({ met }) => met !== false);
}

/** The value below which a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
