/**
 * `npm run bench [-- section …]`: measures what the README and the decisions claim, each figure beside its limit from
 * the same run. Sections: `http`, `pages`, `ingest`, `explorer`; where TEST_MYSQL_URL names a server, `mysql-pages` and
 * `mysql-ingest`; with TEST_REDIS_URL and TEST_S3_ENDPOINT (versions and notifications) besides, `freshness`. All of
 * them by default. Exit 1 where a limit is missed.
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
import { measureExplorer } from "./explorer.ts";
import { measureFreshness } from "./freshness.ts";
import { measureHttp } from "./http.ts";
import { measureIngest } from "./ingest.ts";
import { measureMySqlIngest } from "./mysql-ingest.ts";
import { measureMySqlPages } from "./mysql-pages.ts";
import { measurePages } from "./pages.ts";
import type { Figure } from "./report.ts";
import { printFigures } from "./report.ts";
import { measureSuggest } from "./suggest.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { films: { type: "string", multiple: true }, lines: { type: "string", default: "200000" } },
});

const real = await realFilms();
if (real === undefined) process.exit(2);
const mysql = process.env["TEST_MYSQL_URL"];
const [redis, s3] = [process.env["TEST_REDIS_URL"], process.env["TEST_S3_ENDPOINT"]];
const SECTIONS = [
  "http",
  "pages",
  "suggest",
  "ingest",
  "explorer",
  ...(mysql === undefined ? [] : ["mysql-pages", "mysql-ingest"]),
  ...(mysql === undefined || redis === undefined || s3 === undefined ? [] : ["freshness"]),
];
const sections = positionals.length === 0 ? SECTIONS : positionals;
const sizes = (values.films ?? [String(real.length), "1000000"]).map(Number);
const figures: Figure[] = [];
if (sections.includes("http")) figures.push(...(await measureHttp(real)));
if (sections.includes("pages")) figures.push(...(await measurePages(real, sizes)));
if (sections.includes("suggest")) figures.push(...(await measureSuggest(mysql, real, sizes)));
if (sections.includes("ingest")) figures.push(...(await measureIngest(real, Number(values.lines))));
if (sections.includes("explorer")) figures.push(...(await measureExplorer()));
if (mysql === undefined) {
  if (sections.some((section) => section.startsWith("mysql-"))) {
    console.error(
      "no MySQL: set TEST_MYSQL_URL to mysql://user:password@host:port of a user who may create databases",
    );
    process.exit(2);
  }
} else {
  if (sections.includes("mysql-pages")) figures.push(...(await measureMySqlPages(mysql, real, sizes)));
  if (sections.includes("mysql-ingest")) {
    figures.push(...(await measureMySqlIngest(mysql, real, Math.max(...sizes))));
  }
}
if (sections.includes("freshness")) {
  if (mysql === undefined || redis === undefined || s3 === undefined) {
    console.error("freshness needs TEST_MYSQL_URL, TEST_REDIS_URL and TEST_S3_ENDPOINT");
    process.exit(2);
  }
  figures.push(...(await measureFreshness({ mysql, redis, s3 })));
}
process.exitCode = printFigures(figures) ? 0 : 1;
