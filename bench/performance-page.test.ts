import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  charts,
  DOCS,
  readSections,
  recordSection,
  renderedPage,
  requirePlaces,
} from "./performance-page.ts";
import { SECTIONS } from "./sections.ts";

const MACHINE = { processor: "2 cores of a kind", memory: "24 GB of memory", node: "Node 24" };
const FAST = { name: "fast", value: "1 ms", limit: "< 5 ms", met: true };
const SLOW = { name: "slow", value: "9 ms", limit: "< 5 ms", met: false };

describe("the page in docs", () => {
  const sections = readSections(DOCS);

  test("has the figures that were recorded", () => {
    expect(sections.size).toBeGreaterThan(0);
    const page = readFileSync(join(DOCS, "performance.md"), "utf8");
    expect(renderedPage(page, sections)).toBe(page);
  });

  test("has a place for each section that can be measured", () => {
    expect(() => requirePlaces(DOCS, Object.keys(SECTIONS))).not.toThrow();
  });

  test("has pictures of the figures that were recorded", () => {
    for (const [section, svg] of charts(sections)) {
      expect(readFileSync(join(DOCS, "images", `performance-${section}.svg`), "utf8")).toBe(svg);
    }
  });
});

describe("recording", () => {
  let docs: string;

  beforeEach(async () => {
    docs = await mkdtemp(join(tmpdir(), "movie-store-bench-"));
  });
  afterEach(() => rm(docs, { recursive: true }));

  const recorded = () =>
    readSections(docs)
      .get("http")
      ?.figures.map(({ name, measured }) => [name, measured]);

  test("keeps what was not measured again", () => {
    recordSection(docs, "http", { machine: MACHINE, figures: [FAST, SLOW] }, "2026-01-01");
    recordSection(docs, "http", { machine: MACHINE, figures: [SLOW] }, "2026-01-02");
    expect(recorded()).toEqual([
      ["fast", "2026-01-01"],
      ["slow", "2026-01-02"],
    ]);
  });

  test("forgets the figures of another machine", () => {
    recordSection(docs, "http", { machine: MACHINE, figures: [FAST, SLOW] }, "2026-01-01");
    const other = { ...MACHINE, processor: "64 cores" };
    recordSection(docs, "http", { machine: other, figures: [SLOW] }, "2026-01-02");
    expect(recorded()).toEqual([["slow", "2026-01-02"]]);
  });

  test("what is missed stands at the top, and in its table", () => {
    recordSection(docs, "http", { machine: MACHINE, figures: [FAST, SLOW] }, "2026-01-01");
    const page = "<!-- bench:missed -->\n<!-- /bench:missed -->\n<!-- bench:http --><!-- /bench:http -->";
    const [missed, tables] = renderedPage(page, readSections(docs)).split("<!-- /bench:missed -->");
    expect(missed).toContain("| `http` | slow | 9 ms | < 5 ms |");
    expect(missed).not.toContain("fast");
    expect(tables).toContain("| slow | 9 ms | < 5 ms | **missed** | 2026-01-01 |");
    expect(tables).toContain("| fast | 1 ms | < 5 ms | met | 2026-01-01 |");
  });

  test("a section that misses many limits has one line at the top", () => {
    const figures = [FAST, ...Array.from({ length: 6 }, (_, at) => ({ ...SLOW, name: `slow ${at}` }))];
    recordSection(docs, "http", { machine: MACHINE, figures }, "2026-01-01");
    const page = "<!-- bench:missed -->\n<!-- /bench:missed -->\n<!-- bench:http --><!-- /bench:http -->";
    const [missed] = renderedPage(page, readSections(docs)).split("<!-- /bench:missed -->");
    expect(missed).toContain("| `http` | 6 of 7 limits | see its table | |");
    expect(missed).not.toContain("slow");
  });

  test("a section without a place in the page is an error", () => {
    recordSection(docs, "http", { machine: MACHINE, figures: [FAST] }, "2026-01-01");
    const page = "<!-- bench:missed --><!-- /bench:missed -->";
    expect(() => renderedPage(page, readSections(docs))).toThrow("no place for http");
  });
});
