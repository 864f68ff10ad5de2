/** What a soak has shown, as a table, and what of it should not have been. */

import type { Answers } from "./answers.ts";
import { type Growth, growthOf, isFlat } from "./verdict.ts";
import type { Sample } from "./watched-api.ts";

/** What was held at one moment. */
export interface Moment {
  /** Since the start. */
  readonly atMs: number;
  readonly apis: readonly Sample[];
  readonly mysqlConnections: number;
  readonly redisClients: number;
}

/** A moment without clients. */
export type Rest = Omit<Moment, "atMs">;

export interface Soak {
  readonly moments: readonly Moment[];
  readonly before: Rest;
  readonly after: Rest;
  readonly answers: Answers;
  readonly updates: number;
  /** What processes said of themselves that is worse than a warning. */
  readonly errors: readonly string[];
  readonly exits: readonly (number | null)[];
}

/** Until then caches fill, and code is compiled. */
const WARM_UP = 1 / 3;
const MB = 1_000_000;
/** A process has at most so many connections to MySQL: 10 for reads, and one for writes. */
const MYSQL_CONNECTIONS = 11;

export function judge(soak: Soak): { readonly table: string; readonly faults: readonly string[] } {
  const { moments, before, after, answers, updates } = soak;
  const warm = moments.slice(Math.ceil(moments.length * WARM_UP));
  const faults: string[] = [...answers.faults, ...soak.errors];
  const rows: string[] = [];

  before.apis.forEach((rest, at) => {
    const name = `process ${at + 1}`;
    const growth = (value: (sample: Sample) => number) =>
      growthOf(warm.map(({ atMs, apis }) => ({ atMs, value: value(apis[at] as Sample) })));
    const heap = growth(({ heapBytes }) => heapBytes);
    const rss = growth(({ rssBytes }) => rssBytes);
    rows.push(row(`${name}, memory in use after a collection`, inMb(heap)));
    rows.push(row(`${name}, resident memory`, inMb(rss)));
    if (!isFlat(heap, 0.05, 2 * MB)) faults.push(`${name}: memory in use grows: ${inMb(heap)}`);
    if (!isFlat(rss, 0.1, 10 * MB)) faults.push(`${name}: resident memory grows: ${inMb(rss)}`);

    const left = after.apis[at] as Sample;
    const most = Math.max(...moments.map(({ apis }) => apis[at]?.sockets ?? 0));
    rows.push(row(`${name}, sockets`, `${rest.sockets} before, ${most} at most, ${left.sockets} after`));
    rows.push(row(`${name}, descriptors`, `${rest.descriptors} before, ${left.descriptors} after`));
    for (const [kind, count] of Object.entries(left.resources)) {
      const had = rest.resources[kind] ?? 0;
      // A pool that was busy may keep more connections than one that was not, until they are used or given up.
      const slack = kind === "TCPSocketWrap" ? MYSQL_CONNECTIONS : 0;
      if (count > had + slack) faults.push(`${name}: ${had} of ${kind} before, ${count} after`);
    }
    for (const warning of left.warnings) faults.push(`${name}: ${warning}`);
    if (soak.exits[at] !== 0) faults.push(`${name} ended with ${soak.exits[at]}`);
  });

  for (const [name, held, most] of [
    ["connections to MySQL", "mysqlConnections", (soak.exits.length + 1) * MYSQL_CONNECTIONS],
    ["clients of Redis", "redisClients", before.redisClients],
  ] as const) {
    const highest = Math.max(...moments.map((moment) => moment[held]));
    rows.push(row(name, `${before[held]} before, ${highest} at most, ${after[held]} after`));
    if (highest > most) faults.push(`${highest} ${name}, ${most} are all there should be`);
  }
  const statuses = [...answers.byStatus].sort(([one], [other]) => one - other);
  rows.push(row("answers", statuses.map(([status, count]) => `${count} × ${status}`).join(", ")));
  rows.push(row("visits without an answer", `${answers.abandoned}`));
  rows.push(row("updates", `${updates}`));
  const minutes = Math.round((moments.at(-1)?.atMs ?? 0) / 60_000);
  return { table: [`| in ${minutes} minutes | |`, "| --- | --- |", ...rows].join("\n"), faults };
}

function row(name: string, value: string): string {
  return `| ${name} | ${value} |`;
}

function inMb({ from, to, perHour }: Growth): string {
  const [was, is, slope] = [from, to, perHour].map((bytes) => (bytes / MB).toFixed(1));
  return `${was} MB, then ${is} MB (${slope} MB an hour)`;
}
