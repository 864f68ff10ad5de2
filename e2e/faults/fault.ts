/** What breaks, for how long, and what may be seen of it. */

import { setTimeout as lasting } from "node:timers/promises";
import type { Random } from "@movie-store/core/testing";
import type { Tally } from "./tally.ts";
import type { TcpProxy } from "./tcp-proxy.ts";
import type { World } from "./world.ts";

export interface Fault {
  readonly name: string;
  /** Whether readers may be refused: they need MySQL for what no cache has, and never need Redis. */
  readonly mayRefuse: boolean;
  /** From the writers too, so that nobody can tell the caches what was committed in the moment before. */
  readonly takesMysqlAway?: true;
  /** Why it can't be tried on this machine. */
  readonly impossible?: string;
  /** What it needs, before it begins and while all is well. */
  readonly prepare?: (world: World) => Promise<void>;
  /** Lasts as long as the fault does. */
  readonly happen: (world: World, random: Random, tally: Tally) => Promise<void>;
}

export const LASTS_MS = 2_000;

/** Some faults only show when they begin at the wrong moment: each lasts a little longer or shorter. */
export async function last(random: Random, ms = LASTS_MS): Promise<void> {
  await lasting(ms * 0.9 + random.integer(ms / 5));
}

/** Something is imposed on proxies, and they are healed again. */
export function onTheWay(
  ways: (world: World) => readonly TcpProxy[],
  impose: (proxy: TcpProxy, random: Random) => void,
  ms = LASTS_MS,
): Fault["happen"] {
  return async (world, random) => {
    for (const proxy of ways(world)) impose(proxy, random);
    await last(random, ms);
    for (const proxy of ways(world)) await proxy.heal();
  };
}

/** All connections, again and again. */
export function resets(ways: (world: World) => readonly TcpProxy[], times = 15): Fault["happen"] {
  return async (world, random) => {
    for (let time = 0; time < times; time++) {
      for (const proxy of ways(world)) proxy.reset();
      await last(random, LASTS_MS / times);
    }
  };
}

export const latency = (ms: number) => (proxy: TcpProxy) =>
  proxy.impose({ toServer: { latencyMs: ms }, toClient: { latencyMs: ms } });
export const blackHole = (proxy: TcpProxy) => proxy.blackHole();
export const cutReplies = (proxy: TcpProxy, random: Random) =>
  proxy.impose({ toClient: { cutAfterBytes: 200 + random.integer(4_000) } });
export const refuse = (proxy: TcpProxy) => {
  proxy.refuse();
  proxy.reset();
};
