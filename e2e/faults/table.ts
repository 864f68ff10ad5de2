/** The outcome of a run, as a table of Markdown. */

import type { Tally } from "./tally.ts";

const HEAD = [
  "fault",
  "requests",
  "refused (503)",
  "without service",
  "without writes",
  "slowest answer",
  "stalest answer",
  "acknowledged",
  "lost",
];

export interface Row {
  readonly fault: string;
  readonly tally: Tally;
  /** Updates that were acknowledged, and are not in the log, or are there twice. */
  readonly lost: number;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ fault, tally, lost }) => [
    fault,
    tally.requests,
    [...tally.refusals].map(([code, count]) => `${count} ${code}`).join(", ") || "none",
    ...[tally.longestGapMs, tally.longestWithoutWriteMs, tally.slowestMs, tally.stalestMs].map(seconds),
    tally.acknowledged,
    lost,
  ]);
  return [HEAD, HEAD.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
