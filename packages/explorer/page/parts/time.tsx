/** Times and lengths of time, as people write them. */

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** @param at ISO 8601 */
export function Moment({ at, precise = false }: { readonly at: string; readonly precise?: boolean }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={MOMENT.format(date)}>
      {(precise ? MOMENT : DAY).format(date)}
    </time>
  );
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** Such as `12 ms`, `1.4 s` or `3 d`. */
export function duration(ms: number): string {
  for (const [unit, length] of UNITS) {
    if (ms < length) continue;
    const number = ms / length;
    return `${number < 10 ? Number(number.toFixed(1)) : Math.round(number)} ${unit}`;
  }
  return ms < 1 ? "under 1 ms" : `${Math.round(ms)} ms`;
}
