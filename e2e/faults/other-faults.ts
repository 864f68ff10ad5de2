/** What can be wrong with those who ask, with clocks, and with the function. */

import { expect } from "vitest";
import { type Fault, LASTS_MS, last } from "./fault.ts";
import { SlowClients } from "./slow-clients.ts";

const KILLS = 4;
const GRACE_SECONDS = 1;
const HOUR_MS = 3_600_000;

export const OTHER_FAULTS: readonly Fault[] = [
  {
    name: "the function is killed, again and again",
    mayRefuse: false,
    happen: async ({ writers }, random) => {
      for (let times = 0; times < KILLS; times++) {
        await last(random, LASTS_MS / 3);
        await writers[1].kill();
      }
    },
  },
  {
    name: "clocks are set an hour ahead, then two back, then right",
    mayRefuse: false,
    happen: async (world, random) => {
      for (const errorMs of [HOUR_MS, -HOUR_MS, 0]) {
        for (const { pid } of world.apis) process.kill(pid, "SIGUSR2");
        // The other way round, so that nobody agrees.
        world.clockErrorMs = -errorMs;
        await last(random, LASTS_MS / 2);
      }
    },
  },
  {
    name: "clients that say nothing, half of it, or read nothing",
    mayRefuse: false,
    happen: async (world, random) => {
      const another = await world.startApi({ SHUTDOWN_GRACE_SECONDS: `${GRACE_SECONDS}` });
      const clients = await Promise.all([...world.apis, another].map(({ url }) => SlowClients.open(url)));
      await last(random, LASTS_MS / 2);
      const ended = another.stop();
      try {
        await expect.poll(() => another.hasEnded, { timeout: 10 * GRACE_SECONDS * 1_000 }).toBe(true);
      } finally {
        for (const each of clients) each.close();
      }
      expect(await ended).toBe(0);
    },
  },
];
