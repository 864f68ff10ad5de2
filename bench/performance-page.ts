/**
 * `docs/performance.md`: prose by hand, and between the marks `<!-- bench:section -->` and `<!-- /bench:section -->`
 * the figures, made from `docs/performance/<section>.json`. A run replaces the figures that it measured.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { barChart } from "./bar-chart.ts";
import { isSameMachine, type Machine } from "./machine.ts";
import type { Figure } from "./report.ts";

export const DOCS = resolve(import.meta.dirname, "../docs");

interface RecordedFigure extends Figure {
  /** The day, as `2026-11-25`. */
  readonly measured: string;
}

interface Recorded {
  readonly machine: Machine;
  readonly figures: readonly RecordedFigure[];
}

type Sections = ReadonlyMap<string, Recorded>;

/** Sections whose amounts are drawn, with what the picture is called. */
const CHARTS: Readonly<Record<string, { readonly title: string; readonly limitMs?: number }>> = {
  http: { title: "Cached answers at saturation, requests a second" },
  latency: { title: "Cached answers at 2,000 requests a second, milliseconds" },
  "miss-rate": { title: "Answers without a cache at saturation, requests a second" },
  misses: { title: "SQLite without a cache at 200 requests a second, milliseconds", limitMs: 5 },
  pages: { title: "SQLite, one search after the other, milliseconds", limitMs: 5 },
  "mysql-pages": { title: "MySQL, one search after the other, milliseconds", limitMs: 5 },
  suggest: { title: "Suggestions from SQLite, one after the other, milliseconds", limitMs: 5 },
  "mysql-suggest": { title: "Suggestions from MySQL, one after the other, milliseconds", limitMs: 5 },
  "mysql-misses": { title: "MySQL without a cache at 200 requests a second, milliseconds", limitMs: 5 },
};

/** A section with more is named in one line. */
const MISSED_EACH = 5;

export function readSections(docs: string): Sections {
  const folder = join(docs, "performance");
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return new Map(
    files.map((file) => [
      file.slice(0, -".json".length),
      JSON.parse(readFileSync(join(folder, file), "utf8")) as Recorded,
    ]),
  );
}

/** Figures of earlier runs stay where they were not measured again on the same machine. */
export function recordSection(
  docs: string,
  section: string,
  { machine, figures }: { readonly machine: Machine; readonly figures: readonly Figure[] },
  today: string,
): void {
  const before = readSections(docs).get(section);
  const measured = new Set(figures.map(({ name }) => name));
  const kept =
    before !== undefined && isSameMachine(before.machine, machine)
      ? before.figures.filter(({ name }) => !measured.has(name))
      : [];
  const recorded: Recorded = {
    machine: { ...before?.machine, ...machine },
    figures: [...kept, ...figures.map((figure) => ({ ...figure, measured: today }))],
  };
  mkdirSync(join(docs, "performance"), { recursive: true });
  writeFileSync(join(docs, "performance", `${section}.json`), `${JSON.stringify(recorded, null, 2)}\n`);
}

/** Writes the pictures, and the page anew. */
export function writePage(docs: string): void {
  const sections = readSections(docs);
  for (const [section, svg] of charts(sections)) writeFileSync(join(docs, chartPath(section)), svg);
  const page = join(docs, "performance.md");
  writeFileSync(page, renderedPage(readFileSync(page, "utf8"), sections));
}

export function charts(sections: Sections): ReadonlyMap<string, string> {
  const drawn = new Map<string, string>();
  for (const [section, { figures }] of sections) {
    const chart = CHARTS[section];
    const rows = figures.flatMap(({ name, amounts }) =>
      amounts === undefined ? [] : [{ label: name, amounts }],
    );
    if (chart === undefined || rows.length === 0) continue;
    const { title, limitMs } = chart;
    // A section with both rates and latencies is drawn by what it begins with.
    const alike = rows.filter(({ amounts }) => Object.keys(amounts).join() === namesOf(rows[0]?.amounts));
    const limit = limitMs === undefined ? {} : { limit: { label: `p99 < ${limitMs} ms`, amount: limitMs } };
    drawn.set(section, barChart({ title, rows: alike, ...limit }));
  }
  return drawn;
}

export function renderedPage(page: string, sections: Sections): string {
  let rendered = withBlock(page, "missed", missedBlock(sections));
  for (const [section, recorded] of sections)
    rendered = withBlock(rendered, section, sectionBlock(section, recorded));
  return rendered;
}

/** @throws Error for a section without a place in the page: better before it was measured than after. */
export function requirePlaces(docs: string, sections: readonly string[]): void {
  const page = readFileSync(join(docs, "performance.md"), "utf8");
  for (const section of sections) placeOf(page, section);
}

function withBlock(page: string, name: string, content: string): string {
  const { from, to } = placeOf(page, name);
  return `${page.slice(0, from)}\n\n${content}\n\n${page.slice(to)}`;
}

function placeOf(page: string, name: string): { readonly from: number; readonly to: number } {
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`docs/performance.md has no place for ${name}: ${begin} … ${end}`);
  return { from: from + begin.length, to };
}

function sectionBlock(section: string, { machine, figures }: Recorded): string {
  const chart = CHARTS[section];
  const picture =
    chart !== undefined && figures.some(({ amounts }) => amounts !== undefined)
      ? `![${chart.title}](${chartPath(section)})\n\n`
      : "";
  const rows = figures.map(
    ({ name, value, limit, met, measured }) =>
      `| ${name} | ${value} | ${limit ?? ""} | ${limit === undefined ? "" : met === true ? "met" : "**missed**"} | ${measured} |`,
  );
  return `${picture}| measured | figure | limit | | day |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n\n${described(machine)}`;
}

function missedBlock(sections: Sections): string {
  const rows = [...sections].flatMap(([section, { figures }]) => {
    const missed = figures.filter(({ met }) => met === false);
    if (missed.length > MISSED_EACH) {
      const limited = figures.filter(({ limit }) => limit !== undefined);
      return [`| \`${section}\` | ${missed.length} of ${limited.length} limits | see its table | |`];
    }
    return missed.map(({ name, value, limit }) => `| \`${section}\` | ${name} | ${value} | ${limit} |`);
  });
  if (rows.length === 0) return "None.";
  return `| section | measured | figure | limit |\n| --- | --- | --- | --- |\n${rows.join("\n")}`;
}

function described(machine: Machine): string {
  return `On: ${Object.values(machine).join("; ")}.`;
}

function chartPath(section: string): string {
  return `images/performance-${section}.svg`;
}

function namesOf(amounts: Readonly<Record<string, number>> | undefined): string {
  return Object.keys(amounts ?? {}).join();
}
