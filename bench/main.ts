/**
 * `npm run bench [-- section …]`: measures what the README and the decisions claim, each figure beside its limit from
 * the same run. Sections: `http`, `pages`, `ingest`; all of them by default. Exit 1 where a limit is missed.
 *
 * Needs the real films (MOVIE_STORE_REAL_DATA) and keeps its stores in MOVIE_STORE_BENCH_DATA (default bench/data,
 * some 6 GB). `-- --films 32608` leaves the million out, `--lines 1000000` makes the long file of `ingest` longer.
 */

import { parseArgs } from "node:util";
import { realFilms } from "./corpus.ts";
import { measureHttp } from "./http.ts";
import { measureIngest } from "./ingest.ts";
import { measurePages } from "./pages.ts";
import type { Figure } from "./report.ts";
import { printFigures } from "./report.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { films: { type: "string", multiple: true }, lines: { type: "string", default: "200000" } },
});

const real = await realFilms();
if (real === undefined) process.exit(2);
const sections = positionals.length === 0 ? ["http", "pages", "ingest"] : positionals;
const figures: Figure[] = [];
if (sections.includes("http")) figures.push(...(await measureHttp(real)));
if (sections.includes("pages")) {
  const sizes = (values.films ?? [String(real.length), "1000000"]).map(Number);
  figures.push(...(await measurePages(real, sizes)));
}
if (sections.includes("ingest")) figures.push(...(await measureIngest(real, Number(values.lines))));
process.exitCode = printFigures(figures) ? 0 : 1;
