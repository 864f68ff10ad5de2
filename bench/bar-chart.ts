/** A chart of bars as SVG, for figures that have amounts: a row for each figure, larger amounts behind smaller ones. */

interface Bars {
  readonly title: string;
  readonly rows: readonly Row[];
  /** Drawn as a line across all rows. */
  readonly limit?: { readonly label: string; readonly amount: number };
}

interface Row {
  readonly label: string;
  /** In ascending order, such as p50, p99, p99.9; the same names in every row. */
  readonly amounts: Readonly<Record<string, number>>;
}

const WIDTH = 900;
const LABELS = 380;
const BARS = 400;
const ROW = 22;
const TOP = 58;
/** From the smallest amount to the largest; told apart by those who see no colours as well. */
const COLOURS = ["#0b3d62", "#3f8ec7", "#b5d6ee"];

export function barChart({ title, rows, limit }: Bars): string {
  const largest = Math.max(...rows.flatMap(({ amounts }) => Object.values(amounts)), limit?.amount ?? 0);
  const x = (amount: number) => LABELS + (BARS * amount) / largest;
  const height = TOP + ROW * rows.length + 12;
  const names = Object.keys(rows[0]?.amounts ?? {});
  const legend = names.map((name, at) => {
    const left = LABELS + 110 * at;
    return `<rect x="${left}" y="30" width="12" height="12" fill="${COLOURS[at]}"/>${text(left + 18, 41, name)}`;
  });
  const bars = rows.map(({ label, amounts }, at) => {
    const top = TOP + ROW * at;
    const drawn = names.map((name, shade) => ({ amount: amounts[name] ?? 0, fill: COLOURS[shade] }));
    const rects = drawn
      .reverse()
      .map(
        ({ amount, fill }) =>
          `<rect x="${LABELS}" y="${top}" width="${(x(amount) - LABELS).toFixed(1)}" height="15" fill="${fill}"/>`,
      );
    const told = names.map((name) => shortened(amounts[name] ?? 0)).join(" / ");
    const end = x(Math.max(...Object.values(amounts)));
    return `${text(LABELS - 8, top + 12, label, "end")}${rects.join("")}${text(end + 6, top + 12, told)}`;
  });
  const line =
    limit === undefined
      ? ""
      : `<path d="M${x(limit.amount).toFixed(1)} ${TOP - 6}V${height - 8}" stroke="#b3261e" stroke-dasharray="4 3"/>${text(x(limit.amount) + 4, TOP - 4, limit.label)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}" font-family="sans-serif" font-size="12" fill="#1f2328">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="12" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>
${[...legend, ...bars, line].join("\n")}
</svg>
`;
}

function text(x: number, y: number, content: string, anchor = "start"): string {
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function shortened(amount: number): string {
  return amount >= 100 ? Math.round(amount).toLocaleString("en") : amount.toFixed(amount >= 10 ? 1 : 2);
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
