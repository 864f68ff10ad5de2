/**
 * Runs of the whole system by chance: two processes of the API, two ingest functions, and everything that can go wrong.
 *
 * `MOVIE_STORE_SIMULATION_RUNS` sets how many; `MOVIE_STORE_SIMULATION_SEED` is the seed of the first, which the others
 * count on from: a run that went wrong is repeated by its seed and one run.
 */

import { describe, expect, it } from "vitest";
import { type Run, randomRun } from "./run.ts";
import { shrunk, storyOf } from "./shrink.ts";

const runs = Number(process.env["MOVIE_STORE_SIMULATION_RUNS"] ?? 300);
const firstSeed = Number(process.env["MOVIE_STORE_SIMULATION_SEED"] ?? Date.now() % 1_000_000);
/** From so many on everything that can happen has to happen. */
const MANY = 100;

describe(`${runs} simulated runs, from seed ${firstSeed}`, () => {
  it("keep every promise at every step, and at rest", { timeout: 60_000 + 1_000 * runs }, async () => {
    const happened = new Set<string>();
    let steps = 0;
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
      const run = await randomRun(seed);
      if (run.violation !== undefined) expect.fail(storyOf(await shrunk(run)));
      for (const what of whatHappened(run)) happened.add(what);
      steps += run.steps.length;
    }
    process.stdout.write(`${runs} runs of ${steps} steps, from seed ${firstSeed}\n`);
    if (runs < MANY) return;
    // A simulation in which hardly anything happens would prove hardly anything.
    for (const what of EVERYTHING) expect(happened).toContain(what);
  });

  it("are the same for the same seed", async () => {
    expect(await randomRun(firstSeed)).toMatchObject({ story: (await randomRun(firstSeed)).story });
  });
});

const EVERYTHING = [
  ...["given up", "stray", "late reply", "crash", "out of time", "cut off", "silence", "forget"],
  ...["replicate", "fail over", "delete", "repeat", "mend", "told", "follow"],
  ...["from l1", "from l2", "from db", "refuses", "change"],
];

function* whatHappened({ kinds, story }: Run): Iterable<string> {
  yield* kinds;
  for (const line of story) yield* line.match(/from (l1|l2|db)|refuses|change(?= \d)/g) ?? [];
}
