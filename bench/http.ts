/**
 * Cached answers under load: this API, with answers in its process and in Redis alone, beside a bare `node:http` and a
 * bare Koa with router that return the same bytes from memory, and a textbook's Express with Redis. Each server has
 * one core to itself, the load generator the other, which it shares with Redis.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Film } from "./corpus.ts";
import { startServer } from "./measured-server.ts";
import { latencyFigure, offeredLatency } from "./offered-latency.ts";
import type { Figure } from "./report.ts";
import { saturate } from "./saturation.ts";
import { scaledStore } from "./scaled-store.ts";
import { searchMix } from "./search-mix.ts";

const URLS = 200;
const SECONDS = 6;
const ROUNDS = 3;
/** For the fixed rate, which every server here can answer with a core to spare. */
const OFFERED = { perSecond: 2_000, seconds: 12 };
/** Shares of the rivals' rates that answers of the API reach at least. */
const LIMIT_OF_HTTP = 0.8;
const LIMIT_OF_KOA = 0.6;
const LIMIT_OF_TEXTBOOK = 1.3;

interface Contestant {
  readonly name: string;
  readonly server: string;
  readonly args: readonly string[];
  /** The same in each measurement: what is held against another's. */
  readonly is: "http" | "koa" | "textbook" | "near" | "far";
}

/** Rates at saturation. */
export function measureHttp(real: readonly Film[], redis: string | undefined): Promise<readonly Figure[]> {
  return withContestants(real, redis, async (contestants, urls) => {
    const rates = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const contestant of contestants) {
        await using server = await startServer(contestant.server, contestant.args);
        await saturate(server.url, urls, 2);
        rates.set(contestant.is, [
          ...(rates.get(contestant.is) ?? []),
          await saturate(server.url, urls, SECONDS),
        ]);
      }
    }
    return rateFigures(contestants, rates);
  });
}

/** Latencies at one rate for all, in an open loop. */
export function measureLatency(real: readonly Film[], redis: string | undefined): Promise<readonly Figure[]> {
  return withContestants(real, redis, async (contestants, urls) => {
    const figures: Figure[] = [];
    for (const { name, server: program, args } of contestants) {
      await using server = await startServer(program, args);
      await offeredLatency({ base: server.url, urls, ...OFFERED, seconds: 3 });
      const times = await offeredLatency({ base: server.url, urls, ...OFFERED });
      figures.push(latencyFigure(`${name}, at ${OFFERED.perSecond.toLocaleString("en")} requests/s`, times));
    }
    return figures;
  });
}

async function withContestants(
  real: readonly Film[],
  redis: string | undefined,
  measure: (contestants: readonly Contestant[], urls: readonly string[]) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
  try {
    const urls = searchMix(real, URLS);
    const database = await scaledStore(real, real.length);
    const answers = join(folder, "answers.json");
    {
      await using api = await startServer("api", [database, "none"]);
      await saveAnswers(api.url, urls, answers);
    }
    const contestants: Contestant[] = [
      { is: "http", name: "bare node:http", server: "bare-http", args: [answers] },
      { is: "koa", name: "bare Koa with router", server: "bare-koa", args: [answers] },
      { is: "near", name: "API, answer in its process", server: "api", args: [database, "near"] },
    ];
    if (redis === undefined) console.error("no Redis: TEST_REDIS_URL, for the textbook and answers in Redis");
    else {
      contestants.push(
        {
          is: "textbook",
          name: "textbook, Express and Redis",
          server: "textbook-cached",
          args: [answers, redis],
        },
        { is: "far", name: "API, answer in Redis alone", server: "api", args: [database, redis] },
      );
    }
    return await measure(contestants, urls);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rateFigures(
  contestants: readonly Contestant[],
  rates: ReadonlyMap<string, readonly number[]>,
): readonly Figure[] {
  const median = (is: Contestant["is"]) =>
    (rates.get(is) ?? []).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  const share = (name: string, of: number, limit: number): Figure => ({
    name,
    value: of.toFixed(2),
    limit: `>= ${limit}`,
    met: of >= limit,
  });
  const figures: Figure[] = contestants.map(({ is, name }) => ({
    name,
    value: `${Math.round(median(is)).toLocaleString("en")} requests/s`,
    amounts: { "requests/s": median(is) },
  }));
  figures.push(
    share("API, answer in its process, of bare node:http", median("near") / median("http"), LIMIT_OF_HTTP),
    share("API, answer in its process, of bare Koa", median("near") / median("koa"), LIMIT_OF_KOA),
  );
  if (rates.has("textbook")) {
    const times = median("far") / median("textbook");
    figures.push(share("API, answer in Redis alone, of the textbook", times, LIMIT_OF_TEXTBOOK));
  }
  return figures;
}

async function saveAnswers(base: string, urls: readonly string[], path: string): Promise<void> {
  const answers: Record<string, string> = {};
  for (const url of urls) {
    const response = await fetch(base + url);
    if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
    answers[url] = await response.text();
  }
  writeFileSync(path, JSON.stringify(answers));
}
