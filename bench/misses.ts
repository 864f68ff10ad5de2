/**
 * Answers that no cache has, over HTTP: at 200 requests a second of all kinds in turn, in an open loop. The server has
 * one core, the load generator and MySQL the other.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FindAnswer, FindParameters } from "@movie-store/core";
import type { Film } from "./corpus.ts";
import { startServer } from "./measured-server.ts";
import { mySqlUrl } from "./mysql-store.ts";
import { latencyFigure, offeredLatency, offeredOutcomes } from "./offered-latency.ts";
import type { Outcome } from "./open-loop.ts";
import { questionsByKind } from "./query-kinds.ts";
import type { Figure } from "./report.ts";
import { storeInMemory } from "./scaled-store.ts";
import { timesInServer } from "./server-times.ts";

const PER_SECOND = 200;
const QUESTIONS_A_KIND = 360;
const WARM_UP_A_KIND = 60;
const LIMIT_MS = 5;
/** How who finds the store too busy is answered. */
const REFUSED = 503;

/** @param mysql whose stores are asked instead of SQLite's. */
export async function measureMisses(
  real: readonly Film[],
  sizes: readonly number[],
  mysql?: string,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const size of sizes) {
    const on = `${mysql === undefined ? "SQLite" : "MySQL"}, ${size.toLocaleString("en")} films`;
    const where = mysql === undefined ? await storeInMemory(real, size) : await mySqlUrl(mysql, real, size);
    figures.push(await machineAlone(on));
    await using server = await startServer("api", [where, "none"]);
    const questions = await questionsByKind(real, size, QUESTIONS_A_KIND, async (question) => {
      const answer = await fetch(server.url + pathOf(question));
      return ((await answer.json()) as FindAnswer).page.next;
    });
    figures.push(...(await latenciesByKind(server.url, on, questions)));
  }
  return figures;
}

/** What the machine and the generator add to every time, however fast the server. */
async function machineAlone(before: string): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
  try {
    const answers = join(folder, "answers.json");
    writeFileSync(answers, JSON.stringify({ "/": "{}" }));
    await using server = await startServer("bare-http", [answers]);
    const load = { base: server.url, urls: ["/"], perSecond: PER_SECOND };
    await offeredLatency({ ...load, seconds: 2 });
    const times = await offeredLatency({ ...load, seconds: 20 });
    return latencyFigure(`bare node:http, before ${before}`, times);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The kinds take turns, so that each is measured beside all others. */
async function latenciesByKind(
  base: string,
  on: string,
  questions: ReadonlyMap<string, readonly FindParameters[]>,
): Promise<readonly Figure[]> {
  const kinds = [...questions.keys()];
  const count = Math.min(...[...questions.values()].map((each) => each.length));
  const urls = Array.from({ length: count }, (_, at) =>
    kinds.map((kind) => pathOf(questions.get(kind)?.[at] ?? {})),
  ).flat();
  // Warm: code is compiled, and pages that every search of a kind reads are in memory. What is measured are others.
  const warmUp = urls.slice(0, WARM_UP_A_KIND * kinds.length);
  const measured = urls.slice(warmUp.length);
  // A cold store may refuse some.
  await offeredOutcomes({ base, urls: warmUp, perSecond: PER_SECOND, seconds: warmUp.length / PER_SECOND });
  const load = { base, urls: measured, perSecond: PER_SECOND, seconds: measured.length / PER_SECOND };
  const { result: outcomes, percentileMs } = await timesInServer(base, () => offeredOutcomes(load));
  const wrong = outcomes.find(({ status }) => status !== 200 && status !== REFUSED);
  if (wrong !== undefined) throw new Error(`an answer with status ${wrong.status}`);
  const refused = outcomes.filter(({ status }) => status === REFUSED).length;
  const served = (some: readonly Outcome[]) =>
    some.filter(({ status }) => status === 200).map(({ ms }) => ms);
  const [p50, p99] = [percentileMs(0.5), percentileMs(0.99)];
  const figures = kinds.map((kind, place) =>
    latencyFigure(
      `${on}, ${kind}`,
      served(outcomes.filter((_, at) => at % kinds.length === place)),
      LIMIT_MS,
    ),
  );
  return [
    {
      name: `${on}, refused`,
      value: `${refused} of ${outcomes.length.toLocaleString("en")}`,
      limit: "0",
      met: refused === 0,
    },
    latencyFigure(`${on}, all kinds`, served(outcomes), LIMIT_MS),
    {
      name: `${on}, all kinds, within the server`,
      value: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    },
    ...figures,
  ];
}

function pathOf(question: FindParameters): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(question)) {
    for (const each of Array.isArray(value) ? value : [value]) parameters.append(name, String(each));
  }
  return `/v1/movies?${parameters}`;
}
