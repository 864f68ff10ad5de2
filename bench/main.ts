/**
 * `npm run bench [-- section …]`: measures what the README and the decisions claim, each figure beside its limit and
 * its rivals from the same run. Sections are the keys of SECTIONS; all of them by default. Exit 1 where a limit is
 * missed, or a section could not be measured.
 *
 * `--report` writes what was measured into docs/performance.md, with its pictures.
 *
 * Needs the real films (MOVIE_STORE_REAL_DATA) and keeps its stores in MOVIE_STORE_BENCH_DATA (default bench/data,
 * some 6 GB, three times that while `rebuild` is at work). `-- --films 32608` leaves the million out, `--lines 1000000`
 * makes the long file of `ingest` longer.
 *
 * TEST_MYSQL_URL, TEST_REDIS_URL and TEST_S3_ENDPOINT (versions and notifications) name servers; those that they don't
 * name are started from PATH. The MySQL server should have a buffer pool of 2 GB (`innodb_buffer_pool_size`) and as much
 * redo log, and nothing else to do. Its stores are databases named `movie_store_bench_…`, kept for later runs; a million
 * films are some 12 GB there and take ten minutes and more. So a server that is started for this run, whose stores go
 * with it, is measured with the real films alone, unless `--films` says otherwise.
 */

import { parseArgs } from "node:util";
import { realFilms } from "./corpus.ts";
import { findBenchServers } from "./found-servers.ts";
import { thisMachine } from "./machine.ts";
import { DOCS, recordSection, requirePlaces, writePage } from "./performance-page.ts";
import { type Figure, printFigures } from "./report.ts";
import { SECTIONS } from "./sections.ts";

const MANY_FILMS = 1_000_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    films: { type: "string", multiple: true },
    lines: { type: "string", default: "200000" },
    report: { type: "boolean", default: false },
  },
});

const unknown = positionals.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) {
  console.error(`no section ${unknown.join(", ")}; there are ${Object.keys(SECTIONS).join(", ")}`);
  process.exit(2);
}
const wanted = Object.entries(SECTIONS).filter(
  ([name]) => positionals.length === 0 || positionals.includes(name),
);
if (values.report) {
  const places = wanted.map(([name]) => name);
  requirePlaces(DOCS, places);
}
const real = await realFilms();
if (real === undefined) process.exit(2);

const names = new Set(wanted.flatMap(([, { needs, uses }]) => [...needs, ...uses]));
const servers = await findBenchServers([...names], process.env);
const sizes = values.films?.map(Number).toSorted((a, b) => a - b) ?? [real.length, MANY_FILMS];
const setting = {
  real,
  sizes,
  mysqlSizes: servers.mysqlIsOurs && values.films === undefined ? [real.length] : sizes,
  lines: Number(values.lines),
  servers: servers.urls,
};
const all: Figure[] = [];
const failed: string[] = [];
try {
  for (const [name, { needs, measure }] of wanted) {
    const missing = needs.filter((server) => servers.urls[server] === undefined);
    if (missing.length > 0) {
      console.error(`${name} is left out: no ${missing.join(", ")}`);
      continue;
    }
    const startedMs = performance.now();
    try {
      const figures = await measure(setting);
      all.push(...figures);
      if (values.report) await record(name, figures);
    } catch (error) {
      console.error(error);
      failed.push(name);
    }
    console.error(`${name}: ${Math.round((performance.now() - startedMs) / 1_000)} s`);
  }
} finally {
  await servers.stop();
}
if (values.report) writePage(DOCS);
const allMet = printFigures(all);
if (failed.length > 0) console.error(`not measured, see above: ${failed.join(", ")}`);
process.exitCode = allMet && failed.length === 0 ? 0 : 1;

async function record(section: string, figures: readonly Figure[]): Promise<void> {
  const today = new Date().toISOString().slice(0, "2026-11-25".length);
  const machine = await thisMachine(servers.urls.mysql, servers.urls.redis);
  recordSection(DOCS, section, { machine, figures }, today);
}
