/** Films by decade, for the bars of the year filter. */

export interface Decade {
  /** Its first year. */
  readonly from: number;
  readonly films: number;
}

/** @returns every decade from the first to the last that has a film, the empty ones between them too. */
export function decadesOf(
  years: readonly { readonly value: string | number; readonly films: number }[],
): readonly Decade[] {
  const films = new Map<number, number>();
  for (const { value, films: count } of years) {
    const from = Math.floor(Number(value) / 10) * 10;
    films.set(from, (films.get(from) ?? 0) + count);
  }
  if (films.size === 0) return [];
  const [first, last] = [Math.min(...films.keys()), Math.max(...films.keys())];
  return Array.from({ length: (last - first) / 10 + 1 }, (_, at) => {
    const from = first + 10 * at;
    return { from, films: films.get(from) ?? 0 };
  });
}
