/** What can be measured, by the names under which it is asked for and stands in docs/performance.md. */

import type { Film } from "./corpus.ts";
import { measureMySqlCorrectness, measureSqliteCorrectness } from "./correctness.ts";
import { measureNearTags, measureRedisTags } from "./correctness-reads.ts";
import { measureExplorer } from "./explorer.ts";
import type { ServerName } from "./found-servers.ts";
import { measureFreshness } from "./freshness.ts";
import { measureHttp, measureLatency } from "./http.ts";
import { measureIngest } from "./ingest.ts";
import { measureMemory } from "./memory.ts";
import { measureMissRates } from "./miss-rates.ts";
import { measureMisses } from "./misses.ts";
import { measureMySqlIngest } from "./mysql-ingest.ts";
import { measureMySqlPages } from "./mysql-pages.ts";
import { measureOverload } from "./overload.ts";
import { measurePages } from "./pages.ts";
import { measureMySqlPlans, measurePlans } from "./plans.ts";
import { measureMySqlRebuild, measureRebuild } from "./rebuild.ts";
import type { Figure } from "./report.ts";
import { measureSuggest } from "./suggest.ts";

interface Setting {
  readonly real: readonly Film[];
  /** Numbers of films, in ascending order. */
  readonly sizes: readonly number[];
  readonly mysqlSizes: readonly number[];
  /** Of the long file of `ingest`. */
  readonly lines: number;
  readonly servers: Readonly<Partial<Record<ServerName, string>>>;
}

interface Section {
  /** Without these it can't be measured. */
  readonly needs: readonly ServerName[];
  /** Without these a part of it is left out. */
  readonly uses: readonly ServerName[];
  readonly measure: (setting: Setting) => Promise<readonly Figure[]>;
}

const largest = (sizes: readonly number[]) => Math.max(...sizes);

export const SECTIONS: Readonly<Record<string, Section>> = {
  http: using(["redis"], ({ real, servers }) => measureHttp(real, servers.redis)),
  latency: using(["redis"], ({ real, servers }) => measureLatency(real, servers.redis)),
  "miss-rate": onMySql((mysql, { real, mysqlSizes }) => measureMissRates(real, mysql, mysqlSizes)),
  misses: using([], ({ real, sizes }) => measureMisses(real, sizes)),
  "mysql-misses": onMySql((mysql, { real, mysqlSizes }) => measureMisses(real, mysqlSizes, mysql)),
  overload: onMySql((mysql, { real, mysqlSizes }) => measureOverload(mysql, real, largest(mysqlSizes))),
  pages: using([], ({ real, sizes }) => measurePages(real, sizes)),
  "mysql-pages": onMySql((mysql, { real, mysqlSizes }) => measureMySqlPages(mysql, real, mysqlSizes)),
  plans: using([], ({ real, sizes }) => measurePlans(real, largest(sizes))),
  "mysql-plans": onMySql((mysql, { real, mysqlSizes }) =>
    measureMySqlPlans(mysql, real, largest(mysqlSizes)),
  ),
  suggest: using([], ({ real, sizes }) => measureSuggest(real, sizes)),
  "mysql-suggest": onMySql((mysql, { real, mysqlSizes }) => measureSuggest(real, mysqlSizes, mysql)),
  ingest: using([], ({ real, lines }) => measureIngest(real, lines)),
  "mysql-ingest": onMySql((mysql, { real, mysqlSizes }) =>
    measureMySqlIngest(mysql, real, largest(mysqlSizes)),
  ),
  rebuild: using([], ({ real, sizes }) => measureRebuild(real, sizes)),
  "mysql-rebuild": onMySql((mysql, { real, mysqlSizes }) => measureMySqlRebuild(mysql, real, mysqlSizes)),
  correctness: using([], ({ real }) => measureSqliteCorrectness(real)),
  "mysql-correctness": needing(["mysql", "redis"], ([mysql, redis], { real }) =>
    measureMySqlCorrectness(mysql, redis, real),
  ),
  "tags-at-reads": using(["redis"], async ({ servers: { redis } }) => [
    ...(await measureNearTags()),
    ...(redis === undefined ? [] : await measureRedisTags(redis)),
  ]),
  memory: using(["mysql"], ({ real, mysqlSizes, servers }) => measureMemory(servers.mysql, real, mysqlSizes)),
  explorer: using([], measureExplorer),
  freshness: needing(["mysql", "redis", "s3"], ([mysql, redis, s3]) =>
    measureFreshness({ mysql, redis, s3 }),
  ),
};

function using(uses: readonly ServerName[], measure: Section["measure"]): Section {
  return { needs: [], uses, measure };
}

function onMySql(measure: (mysql: string, setting: Setting) => ReturnType<Section["measure"]>): Section {
  return needing(["mysql"], ([mysql], setting) => measure(mysql, setting));
}

type Urls<Names extends readonly ServerName[]> = { readonly [At in keyof Names]: string };

function needing<const Names extends readonly ServerName[]>(
  needs: Names,
  measure: (urls: Urls<Names>, setting: Setting) => ReturnType<Section["measure"]>,
): Section {
  return {
    needs,
    uses: [],
    measure: (setting) => measure(needs.map((name) => setting.servers[name]) as Urls<Names>, setting),
  };
}
