/**
 * Answers that no cache has, over HTTP: at 200 requests a second of all kinds in turn, in an open loop, and at
 * saturation beside a textbook's Express with joins. The server has one core, the load generator and MySQL the other.
 */

import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FindParameters } from "@movie-store/core";
import type { Film } from "./corpus.ts";
import { startServer } from "./measured-server.ts";
import { filledMySqlStore } from "./mysql-store.ts";
import { latencyFigure, offeredLatency } from "./offered-latency.ts";
import { questionsByKind } from "./query-kinds.ts";
import type { Figure } from "./report.ts";
import { saturate } from "./saturation.ts";
import { scaledStore } from "./scaled-store.ts";
import { searchMix } from "./search-mix.ts";
import { textbookStore } from "./textbook-store.ts";

const PER_SECOND = 200;
const QUESTIONS_A_KIND = 400;
const WARM_UP_A_KIND = 100;
const LIMIT_MS = 5;
const MIX = 2_000;
const SECONDS = 5;
const ROUNDS = 3;
const LIMIT_OF_TEXTBOOK = 5;

/** @param mysql whose stores are asked instead of SQLite's. */
export async function measureMisses(
  real: readonly Film[],
  sizes: readonly number[],
  mysql?: string,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [await machineAlone(mysql === undefined ? "SQLite" : "MySQL")];
  for (const size of sizes) {
    const where = mysql === undefined ? await sqliteInMemory(real, size) : await mysqlUrl(mysql, real, size);
    await using server = await startServer("api", [where, "none"]);
    const on = `${mysql === undefined ? "SQLite" : "MySQL"}, ${size.toLocaleString("en")} films`;
    figures.push(...(await latenciesByKind(server.url, on, questionsByKind(real, size, QUESTIONS_A_KIND))));
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
    kinds.map((kind) => urlOf(questions.get(kind)?.[at] ?? {})),
  ).flat();
  // Warm: code is compiled, and pages that every search of a kind reads are in memory. What is measured are others.
  const warmUp = urls.slice(0, WARM_UP_A_KIND * kinds.length);
  const measured = urls.slice(warmUp.length);
  await offeredLatency({ base, urls: warmUp, perSecond: PER_SECOND, seconds: warmUp.length / PER_SECOND });
  const load = { base, urls: measured, perSecond: PER_SECOND, seconds: measured.length / PER_SECOND };
  const times = await offeredLatency(load);
  const figures = kinds.map((kind, place) =>
    latencyFigure(
      `${on}, ${kind}`,
      times.filter((_, at) => at % kinds.length === place),
      LIMIT_MS,
    ),
  );
  return [latencyFigure(`${on}, all kinds`, times, LIMIT_MS), ...figures];
}

/** The four simple kinds of search, which the rival has as well. */
export async function measureMissRates(real: readonly Film[], mysql: string): Promise<readonly Figure[]> {
  const urls = searchMix(real, MIX);
  const textbook = await textbookStore(mysql, real);
  const contestants = [
    { name: "textbook, Express and joins on MySQL", server: "textbook-joins", args: [textbook] },
    { name: "API on MySQL", server: "api", args: [await mysqlUrl(mysql, real, real.length), "none"] },
    { name: "API on SQLite", server: "api", args: [await sqliteInMemory(real, real.length), "none"] },
  ];
  const rates = contestants.map((): number[] => []);
  const latencies: Figure[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, { name, server: program, args }] of contestants.entries()) {
      await using server = await startServer(program, args);
      await saturate(server.url, urls, 2);
      rates[at]?.push(await saturate(server.url, urls, SECONDS));
      if (round > 0) continue;
      const times = await offeredLatency({ base: server.url, urls, perSecond: PER_SECOND, seconds: 10 });
      latencies.push(latencyFigure(`${name}, four kinds at ${PER_SECOND} requests/s`, times));
    }
  }
  const medians = rates.map((each) => each.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0);
  const [rival = 0] = medians;
  const figures = contestants.map(({ name }, at): Figure => {
    const rate = medians[at] ?? 0;
    const told = { name, amounts: { "requests/s": rate } };
    const value = `${Math.round(rate).toLocaleString("en")} requests/s`;
    if (at === 0) return { ...told, value };
    const times = rate / rival;
    const limit = `>= ${LIMIT_OF_TEXTBOOK} times`;
    return {
      ...told,
      value: `${value}, ${times.toFixed(1)} times the textbook`,
      limit,
      met: times >= LIMIT_OF_TEXTBOOK,
    };
  });
  return [...figures, ...latencies];
}

async function sqliteInMemory(real: readonly Film[], size: number): Promise<string> {
  const path = await scaledStore(real, size);
  for await (const _ of createReadStream(path, { highWaterMark: 8_388_608 })); // see pages.ts
  return path;
}

async function mysqlUrl(server: string, real: readonly Film[], size: number): Promise<string> {
  const { repository } = await filledMySqlStore(server, real, size);
  await repository.close();
  return Object.assign(new URL(server), { pathname: `/movie_store_bench_${size}` }).href;
}

function urlOf(question: FindParameters): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(question)) {
    for (const each of Array.isArray(value) ? value : [value]) parameters.append(name, String(each));
  }
  return `/v1/movies?${parameters}`;
}
