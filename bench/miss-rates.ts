/**
 * Answers that no cache has at saturation, beside a textbook's Express with joins: the four kinds of search that it has
 * as well. How much of the rate is left where there are thirty times as many films.
 */

import type { Film } from "./corpus.ts";
import { startServer } from "./measured-server.ts";
import { mySqlUrl } from "./mysql-store.ts";
import { latencyFigure, offeredLatency } from "./offered-latency.ts";
import { type Figure, percentile } from "./report.ts";
import { saturate } from "./saturation.ts";
import { storeInMemory } from "./scaled-store.ts";
import { searchMix } from "./search-mix.ts";
import { textbookStore } from "./textbook-store.ts";

const MIX = 2_000;
const SECONDS = 5;
/** As many as each of them reads at once: nobody is refused then, and nobody is idle. */
const CONNECTIONS = 10;
const ROUNDS = 3;
const PER_SECOND = 200;
/** For who can't give as many answers as the others are asked for. */
const FEW_PER_SECOND = 5;
const LATENCY_SECONDS = 10;
const LIMIT_OF_TEXTBOOK = 5;
/** From 32,608 films to a million. */
const LIMIT_LEFT = 0.5;

interface Contestant {
  readonly name: string;
  readonly server: string;
  readonly args: readonly string[];
}

interface Measured {
  /** Requests a second. */
  readonly rate: number;
  readonly latency: Figure;
}

/** @param sizes in ascending order. */
export async function measureMissRates(
  real: readonly Film[],
  mysql: string,
  sizes: readonly number[],
): Promise<readonly Figure[]> {
  const urls = searchMix(real, MIX);
  const figures: Figure[] = [];
  const first = new Map<string, number>();
  for (const size of sizes) {
    const contestants = [
      {
        name: "textbook, Express and joins on MySQL",
        server: "textbook-joins",
        args: [await textbookStore(mysql, real, size)],
      },
      { name: "API on MySQL", server: "api", args: [await mySqlUrl(mysql, real, size), "none"] },
      { name: "API on SQLite", server: "api", args: [await storeInMemory(real, size), "none"] },
    ];
    const films = `${size.toLocaleString("en")} films`;
    const measured = await measureInTurn(contestants, urls, films);
    const rival = measured[0]?.rate ?? Number.NaN;
    for (const [at, { name }] of contestants.entries()) {
      const { rate } = measured[at] as Measured;
      figures.push(rateFigure(`${name}, ${films}`, rate, at === 0 ? undefined : rate / rival));
      const before = first.get(name);
      if (before === undefined) first.set(name, rate);
      else
        figures.push(
          leftFigure(`${name}, ${films} of ${sizes[0]?.toLocaleString("en")}`, rate / before, at > 0),
        );
    }
    figures.push(...measured.map(({ latency }) => latency));
  }
  return figures;
}

async function measureInTurn(
  contestants: readonly Contestant[],
  urls: readonly string[],
  films: string,
): Promise<readonly Measured[]> {
  const rates = contestants.map((): number[] => []);
  const latencies: Figure[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, { name, server: program, args }] of contestants.entries()) {
      await using server = await startServer(program, args);
      await saturate(server.url, urls, 2, CONNECTIONS);
      const rate = await saturate(server.url, urls, SECONDS, CONNECTIONS);
      rates[at]?.push(rate);
      if (round < ROUNDS - 1) continue;
      const perSecond = rate > PER_SECOND ? PER_SECOND : FEW_PER_SECOND;
      const times = await offeredLatency({ base: server.url, urls, perSecond, seconds: LATENCY_SECONDS });
      latencies.push(latencyFigure(`${name}, ${films}, at ${perSecond} requests/s`, times));
    }
  }
  return latencies.map((latency, at) => ({ rate: percentile(rates[at] ?? [], 0.5), latency }));
}

/** @param times of the textbook's rate; `undefined` for the textbook. */
function rateFigure(name: string, rate: number, times: number | undefined): Figure {
  const value = `${Math.round(rate).toLocaleString("en")} requests/s`;
  const amounts = { "requests/s": rate };
  if (times === undefined) return { name, value, amounts };
  return {
    name,
    value: `${value}, ${times.toFixed(1)} times the textbook`,
    limit: `>= ${LIMIT_OF_TEXTBOOK} times`,
    met: times >= LIMIT_OF_TEXTBOOK,
    amounts,
  };
}

function leftFigure(name: string, left: number, isLimited: boolean): Figure {
  const figure = { name, value: `${left.toFixed(2)} of the rate` };
  return isLimited ? { ...figure, limit: `> ${LIMIT_LEFT}`, met: left > LIMIT_LEFT } : figure;
}
