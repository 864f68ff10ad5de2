/**
 * Twice as many searches as the store can read, none of them in a cache: who is let in is served about as fast as
 * ever, as many as there would be without the others, and who is not is refused at once.
 */

import type { Film } from "./corpus.ts";
import { startServer } from "./measured-server.ts";
import { mySqlUrl } from "./mysql-store.ts";
import { offeredOutcomes } from "./offered-latency.ts";
import type { Outcome } from "./open-loop.ts";
import { type Figure, percentile } from "./report.ts";
import { saturate } from "./saturation.ts";
import { searchMix } from "./search-mix.ts";

const URLS = 20_000;
const SECONDS = 8;
/** The first second of a flood may be a burst, which is waited out. */
const BURST_SECONDS = 1;
const ROUNDS = 3;
/** As many as are read at once: nobody is refused then, and nobody is idle. */
const CONNECTIONS = 10;
const MOST_TIMES_AS_SLOW = 8;
const LEAST_OF_CAPACITY = 0.8;

interface Round {
  readonly capacity: number;
  readonly calmP99: number;
  readonly acceptedP99: number;
  readonly refusedP99: number;
  /** Answers a second. */
  readonly goodput: number;
  /** Of all requests. */
  readonly refusedShare: number;
  readonly calmRefusedShare: number;
}

export async function measureOverload(
  server: string,
  real: readonly Film[],
  size: number,
): Promise<readonly Figure[]> {
  const urls = searchMix(real, URLS);
  await using api = await startServer("api", [await mySqlUrl(server, real, size), "none"]);
  await saturate(api.url, urls, SECONDS, CONNECTIONS);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measureRound(api.url, urls));
  return figuresOf(`${size.toLocaleString("en")} films`, rounds);
}

async function measureRound(base: string, urls: readonly string[]): Promise<Round> {
  const capacity = await saturate(base, urls, SECONDS, CONNECTIONS);
  const offer = (times: number) =>
    offeredOutcomes({ base, urls, perSecond: Math.round(capacity * times), seconds: SECONDS });
  const calm = await offer(0.5);
  const perSecond = Math.round(capacity * 2);
  const flooded = (await offer(2)).slice(perSecond * BURST_SECONDS);
  const [accepted, refused] = [msOf(flooded, 200), msOf(flooded, 503)];
  if (accepted.length + refused.length < flooded.length) throw new Error("neither served nor refused");
  return {
    capacity,
    calmP99: percentile(msOf(calm, 200), 0.99),
    acceptedP99: percentile(accepted, 0.99),
    refusedP99: percentile(refused, 0.99),
    goodput: accepted.length / (SECONDS - BURST_SECONDS),
    refusedShare: refused.length / flooded.length,
    calmRefusedShare: msOf(calm, 503).length / calm.length,
  };
}

function msOf(outcomes: readonly Outcome[], wanted: number): readonly number[] {
  return outcomes.flatMap(({ ms, status }) => (status === wanted ? [ms] : []));
}

function figuresOf(on: string, rounds: readonly Round[]): readonly Figure[] {
  const median = (of: (round: Round) => number) => percentile(rounds.map(of), 0.5);
  const slower = median(({ acceptedP99, calmP99 }) => acceptedP99 / calmP99);
  const share = median(({ goodput, capacity }) => goodput / capacity);
  const ms = (of: (round: Round) => number) => `p99 ${median(of).toFixed(1)} ms`;
  return [
    { name: `${on}, capacity`, value: `${Math.round(median((each) => each.capacity))} requests/s` },
    { name: `${on}, at half of it`, value: ms(({ calmP99 }) => calmP99) },
    {
      name: `${on}, at half of it, who is refused`,
      value: `${(100 * median(({ calmRefusedShare }) => calmRefusedShare)).toFixed(2)} %`,
      limit: "<= 0.1 %",
      met: median(({ calmRefusedShare }) => calmRefusedShare) <= 0.001,
    },
    {
      name: `${on}, at twice of it, who is served`,
      value: `${ms(({ acceptedP99 }) => acceptedP99)}, ${slower.toFixed(1)} times that at half`,
      limit: `<= ${MOST_TIMES_AS_SLOW} times`,
      met: slower <= MOST_TIMES_AS_SLOW,
    },
    {
      name: `${on}, at twice of it, answers`,
      value: `${share.toFixed(2)} of the capacity`,
      limit: `>= ${LEAST_OF_CAPACITY}`,
      met: share >= LEAST_OF_CAPACITY,
    },
    {
      name: `${on}, at twice of it, who is refused`,
      value: `${(100 * median(({ refusedShare }) => refusedShare)).toFixed(0)} %, ${ms(({ refusedP99 }) => refusedP99)}`,
    },
  ];
}
