/**
 * `npm run bench [-- section …]`: measures what the README and the decisions claim, each figure beside its limit and
 * its rivals from the same run. Sections are the keys of MEASUREMENTS; all of them by default that the servers named
 * by TEST_MYSQL_URL, TEST_REDIS_URL and TEST_S3_ENDPOINT (versions and notifications) allow. Exit 1 where a limit is
 * missed.
 *
 * `--report` writes what was measured into docs/performance.md, with its pictures.
 *
 * Needs the real films (MOVIE_STORE_REAL_DATA) and keeps its stores in MOVIE_STORE_BENCH_DATA (default bench/data,
 * some 6 GB). `-- --films 32608` leaves the million out, `--lines 1000000` makes the long file of `ingest` longer.
 *
 * The MySQL server should have a buffer pool of 2 GB (`innodb_buffer_pool_size`) and as much redo log, and nothing else
 * to do. Its stores are databases named `movie_store_bench_…`, kept for later runs; a million films are some 12 GB there
 * and take ten minutes and more.
 */

import { parseArgs } from "node:util";
import { realFilms } from "./corpus.ts";
import { measureMySqlCorrectness, measureSqliteCorrectness } from "./correctness.ts";
import { measureNearTags, measureRedisTags } from "./correctness-reads.ts";
import { measureExplorer } from "./explorer.ts";
import { measureFreshness } from "./freshness.ts";
import { measureHttp, measureLatency } from "./http.ts";
import { measureIngest } from "./ingest.ts";
import { thisMachine } from "./machine.ts";
import { measureMemory } from "./memory.ts";
import { measureMisses, measureMissRates } from "./misses.ts";
import { measureMySqlIngest } from "./mysql-ingest.ts";
import { measureMySqlPages } from "./mysql-pages.ts";
import { measurePages } from "./pages.ts";
import { DOCS, recordSection, requirePlaces, writePage } from "./performance-page.ts";
import { type Figure, printFigures } from "./report.ts";
import { measureSuggest } from "./suggest.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    films: { type: "string", multiple: true },
    lines: { type: "string", default: "200000" },
    report: { type: "boolean", default: false },
  },
});

const real = await realFilms();
if (real === undefined) process.exit(2);
const mysql = process.env["TEST_MYSQL_URL"];
const [redis, s3] = [process.env["TEST_REDIS_URL"], process.env["TEST_S3_ENDPOINT"]];
const sizes = (values.films ?? [String(real.length), "1000000"]).map(Number);

type Measurement = () => Promise<readonly Figure[]>;

const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  http: () => measureHttp(real, redis),
  latency: () => measureLatency(real, redis),
  misses: () => measureMisses(real, sizes),
  pages: () => measurePages(real, sizes),
  suggest: () => measureSuggest(mysql, real, sizes),
  ingest: () => measureIngest(real, Number(values.lines)),
  correctness: () => measureSqliteCorrectness(real),
  "tags-at-reads": async () => [
    ...(await measureNearTags()),
    ...(redis === undefined ? [] : await measureRedisTags(redis)),
  ],
  memory: () => measureMemory(mysql, real, sizes),
  explorer: measureExplorer,
  ...(mysql === undefined ? {} : onMySql(mysql)),
};

function onMySql(server: string): Readonly<Record<string, Measurement>> {
  return {
    "miss-rate": () => measureMissRates(real ?? [], server),
    "mysql-misses": () => measureMisses(real ?? [], sizes, server),
    "mysql-pages": () => measureMySqlPages(server, real ?? [], sizes),
    "mysql-ingest": () => measureMySqlIngest(server, real ?? [], Math.max(...sizes)),
    ...(redis === undefined
      ? {}
      : { "mysql-correctness": () => measureMySqlCorrectness(server, redis, real ?? []) }),
    ...(redis === undefined || s3 === undefined
      ? {}
      : { freshness: () => measureFreshness({ mysql: server, redis, s3 }) }),
  };
}

const sections = positionals.length === 0 ? Object.keys(MEASUREMENTS) : positionals;
if (values.report) requirePlaces(DOCS, sections);
const all: Figure[] = [];
for (const section of sections) {
  const measure = MEASUREMENTS[section];
  if (measure === undefined) {
    console.error(`no section ${section}: ${Object.keys(MEASUREMENTS).join(", ")}`);
    console.error("mysql-…, miss-rate and freshness need the servers that bench/main.ts names");
    process.exit(2);
  }
  const figures = await measure();
  all.push(...figures);
  if (values.report) {
    const today = new Date().toISOString().slice(0, "2026-11-25".length);
    recordSection(DOCS, section, { machine: await thisMachine(mysql, redis), figures }, today);
  }
}
if (values.report) writePage(DOCS);
process.exitCode = printFigures(all) ? 0 : 1;
