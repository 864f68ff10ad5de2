/** What has been measured of the parts, for the models to reckon with. */

/** Milliseconds that the one writer needs for a batch, by its size (docs/decisions/0012-writers-take-turns.md). */
const WRITER_MS: readonly (readonly [size: number, ms: number])[] = [
  [1, 6],
  [10, 13],
  [100, 75],
  [5_000, 2_500],
];

/** Between measured sizes the time grows as a power of the size. */
export function writerMs(size: number): number {
  const next = Math.max(
    1,
    WRITER_MS.findIndex(([measured]) => size <= measured),
  );
  const [[fromSize, fromMs], [toSize, toMs]] = [WRITER_MS[next - 1], WRITER_MS[next]] as [
    [number, number],
    [number, number],
  ];
  const share = Math.log(size / fromSize) / Math.log(toSize / fromSize);
  return fromMs * (toMs / fromMs) ** share;
}
